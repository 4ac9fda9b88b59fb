/* SPDX-License-Identifier: Apache-2.0 */
#include "digest.h"

enum { SIDE = 3, NR_LISTED = 2 };

static int classify(struct vaccel_session *sess, const void *img, unsigned char *out_text,
                    unsigned char *out_imgname, size_t len_img, size_t len_out_text,
                    size_t len_out_imgname)
{
    uint64_t digest = digest_add(20, img, len_img);

    (void)sess;
    digest_write_text(digest, out_text, len_out_text);
    digest_write_text(digest + 1, out_imgname, len_out_imgname);
    return *(const char *)img == '!' ? VACCEL_EBACKEND : VACCEL_OK;
}

static int write_name(uint64_t digest, const void *img, size_t len_img, unsigned char *out_imgname,
                      size_t len_out_imgname)
{
    digest_write_text(digest_add(digest, img, len_img), out_imgname, len_out_imgname);
    return *(const char *)img == '!' ? VACCEL_EBACKEND : VACCEL_OK;
}

static int detect(struct vaccel_session *sess, const void *img, unsigned char *out_imgname,
                  size_t len_img, size_t len_out_imgname)
{
    (void)sess;
    return write_name(21, img, len_img, out_imgname, len_out_imgname);
}

static int segment(struct vaccel_session *sess, const void *img, unsigned char *out_imgname,
                   size_t len_img, size_t len_out_imgname)
{
    (void)sess;
    return write_name(22, img, len_img, out_imgname, len_out_imgname);
}

static int pose(struct vaccel_session *sess, const void *img, unsigned char *out_imgname,
                size_t len_img, size_t len_out_imgname)
{
    (void)sess;
    return write_name(23, img, len_img, out_imgname, len_out_imgname);
}

static int depth(struct vaccel_session *sess, const void *img, unsigned char *out_imgname,
                 size_t len_img, size_t len_out_imgname)
{
    (void)sess;
    return write_name(24, img, len_img, out_imgname, len_out_imgname);
}

/* Put @size bytes of the digest; the first error counts. */
static int put(struct vaccel_session *sess, struct vaccel_output *out, uint64_t digest, size_t size,
               int ret)
{
    unsigned char bytes[NR_LISTED * sizeof(struct vaccel_vision_box)];
    int own;

    digest_fill(digest, bytes, size);
    own = vaccel_output_put(sess, out, bytes, size);
    return ret ? ret : own;
}

static int put_both(struct vaccel_session *sess, uint64_t digest, const void *img,
                    struct vaccel_output *list, size_t size, struct vaccel_output *picture)
{
    int ret = put(sess, list, digest, size, VACCEL_OK);

    ret = put(sess, picture, digest + 1, 67, ret);
    return *(const char *)img == '!' ? VACCEL_EBACKEND : ret;
}

static int vision_classify(struct vaccel_session *sess, const void *img, size_t len_img,
                           struct vaccel_output *classes, struct vaccel_output *picture)
{
    return put_both(sess, digest_add(25, img, len_img), img, classes,
                    NR_LISTED * sizeof(struct vaccel_vision_class), picture);
}

static int vision_detect(struct vaccel_session *sess, const void *img, size_t len_img,
                         struct vaccel_output *boxes, struct vaccel_output *picture)
{
    return put_both(sess, digest_add(26, img, len_img), img, boxes,
                    NR_LISTED * sizeof(struct vaccel_vision_box), picture);
}

static int vision_pose(struct vaccel_session *sess, const void *img, size_t len_img,
                       struct vaccel_output *points, struct vaccel_output *picture)
{
    return put_both(sess, digest_add(27, img, len_img), img, points,
                    NR_LISTED * sizeof(struct vaccel_vision_point), picture);
}

static int vision_segment(struct vaccel_session *sess, const void *img, size_t len_img,
                          struct vaccel_vision_shape *shape, struct vaccel_output *mask,
                          struct vaccel_output *classes, struct vaccel_output *picture)
{
    uint64_t digest = digest_add(28, img, len_img);
    int ret = put(sess, mask, digest, SIDE * SIDE, VACCEL_OK);
    int both;

    *shape = (struct vaccel_vision_shape){SIDE, SIDE};
    both = put_both(sess, digest + 2, img, classes, sizeof(struct vaccel_vision_class), picture);
    return both == VACCEL_EBACKEND || !ret ? both : ret;
}

static int vision_depth(struct vaccel_session *sess, const void *img, size_t len_img,
                        struct vaccel_vision_shape *shape, struct vaccel_output *map,
                        struct vaccel_output *picture)
{
    *shape = (struct vaccel_vision_shape){SIDE, SIDE};
    return put_both(sess, digest_add(29, img, len_img), img, map, SIDE * SIDE * sizeof(float),
                    picture);
}

static struct vaccel_op ops[] = {
    VACCEL_OP_INIT(classify, VACCEL_OP_IMAGE_CLASSIFY, classify),
    VACCEL_OP_INIT(detect, VACCEL_OP_IMAGE_DETECT, detect),
    VACCEL_OP_INIT(segment, VACCEL_OP_IMAGE_SEGMENT, segment),
    VACCEL_OP_INIT(pose, VACCEL_OP_IMAGE_POSE, pose),
    VACCEL_OP_INIT(depth, VACCEL_OP_IMAGE_DEPTH, depth),
    VACCEL_OP_INIT(vision_classify, VACCEL_OP_VISION_CLASSIFY, vision_classify),
    VACCEL_OP_INIT(vision_detect, VACCEL_OP_VISION_DETECT, vision_detect),
    VACCEL_OP_INIT(vision_segment, VACCEL_OP_VISION_SEGMENT, vision_segment),
    VACCEL_OP_INIT(vision_pose, VACCEL_OP_VISION_POSE, vision_pose),
    VACCEL_OP_INIT(vision_depth, VACCEL_OP_VISION_DEPTH, vision_depth),
};

int digest_register_pictures(void)
{
    return vaccel_plugin_register_ops(ops, sizeof(ops) / sizeof(ops[0]));
}
