/* SPDX-License-Identifier: Apache-2.0 */
#include "noop.h"

#define DUMMY_TAG "This is a dummy classification tag!"
#define DUMMY_NAME "This is a dummy imgname!"

/* Instead of an annotated picture: one black pixel, as PNG. */
static const unsigned char black_pixel[] = {
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48,
    0x44, 0x52, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x00, 0x00, 0x00,
    0x00, 0x3a, 0x7e, 0x9b, 0x55, 0x00, 0x00, 0x00, 0x0a, 0x49, 0x44, 0x41, 0x54, 0x78,
    0xda, 0x63, 0x60, 0x00, 0x00, 0x00, 0x02, 0x00, 0x01, 0xe5, 0x27, 0xde, 0xfc, 0x00,
    0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
};

enum { MAP_SIDE = 2 };

static void put_text(unsigned char *out, size_t size, const char *text)
{
    if (out && size)
        snprintf((char *)out, size, "%s", text);
}

int noop_image_classify(struct vaccel_session *sess, const void *img, unsigned char *out_text,
                        unsigned char *out_imgname, size_t len_img, size_t len_out_text,
                        size_t len_out_imgname)
{
    (void)sess, (void)img, (void)len_img;
    put_text(out_text, len_out_text, DUMMY_TAG);
    put_text(out_imgname, len_out_imgname, DUMMY_NAME);
    return VACCEL_OK;
}

int noop_image_other(struct vaccel_session *sess, const void *img, unsigned char *out_imgname,
                     size_t len_img, size_t len_out_imgname)
{
    (void)sess, (void)img, (void)len_img;
    put_text(out_imgname, len_out_imgname, DUMMY_NAME);
    return VACCEL_OK;
}

static struct vaccel_vision_class dummy_class(void)
{
    return (struct vaccel_vision_class){.score = 1.0F, .label = DUMMY_TAG};
}

/* Deliver a result and the picture that shows it; both, whatever becomes of the first. */
static int put_result(struct vaccel_session *sess, struct vaccel_output *result, const void *data,
                      size_t size, struct vaccel_output *picture)
{
    int ret = vaccel_output_put(sess, result, data, size);
    int ret_picture = vaccel_output_put(sess, picture, black_pixel, sizeof(black_pixel));

    return ret ? ret : ret_picture;
}

int noop_vision_classify(struct vaccel_session *sess, const void *img, size_t len_img,
                         struct vaccel_output *classes, struct vaccel_output *picture)
{
    struct vaccel_vision_class class = dummy_class();

    (void)img, (void)len_img;
    return put_result(sess, classes, &class, sizeof(class), picture);
}

int noop_vision_detect(struct vaccel_session *sess, const void *img, size_t len_img,
                       struct vaccel_output *boxes, struct vaccel_output *picture)
{
    struct vaccel_vision_box box = {.width = 1, .height = 1, .object = dummy_class()};

    (void)img, (void)len_img;
    return put_result(sess, boxes, &box, sizeof(box), picture);
}

int noop_vision_segment(struct vaccel_session *sess, const void *img, size_t len_img,
                        struct vaccel_vision_shape *shape, struct vaccel_output *mask,
                        struct vaccel_output *classes, struct vaccel_output *picture)
{
    static const uint8_t map[MAP_SIDE * MAP_SIDE];
    struct vaccel_vision_class class = dummy_class();
    int ret = vaccel_output_put(sess, mask, map, sizeof(map));
    int ret_result;

    (void)img, (void)len_img;
    if (shape)
        *shape = (struct vaccel_vision_shape){MAP_SIDE, MAP_SIDE};
    ret_result = put_result(sess, classes, &class, sizeof(class), picture);
    return ret ? ret : ret_result;
}

int noop_vision_pose(struct vaccel_session *sess, const void *img, size_t len_img,
                     struct vaccel_output *points, struct vaccel_output *picture)
{
    struct vaccel_vision_point point = {.part = dummy_class()};

    (void)img, (void)len_img;
    return put_result(sess, points, &point, sizeof(point), picture);
}

int noop_vision_depth(struct vaccel_session *sess, const void *img, size_t len_img,
                      struct vaccel_vision_shape *shape, struct vaccel_output *depth,
                      struct vaccel_output *picture)
{
    static const float map[MAP_SIDE * MAP_SIDE] = {1.0F, 2.0F, 3.0F, 4.0F};

    (void)img, (void)len_img;
    if (shape)
        *shape = (struct vaccel_vision_shape){MAP_SIDE, MAP_SIDE};
    return put_result(sess, depth, map, sizeof(map), picture);
}
