/* SPDX-License-Identifier: Apache-2.0 */
#include "ops/op.h"
#include "platform/text.h"
#include "vaccel.h"

typedef int (*classify_fn)(struct vaccel_session *sess, const void *img, unsigned char *out_text,
                           unsigned char *out_imgname, size_t len_img, size_t len_out_text,
                           size_t len_out_imgname);
typedef int (*image_fn)(struct vaccel_session *sess, const void *img, unsigned char *out_imgname,
                        size_t len_img, size_t len_out_imgname);

static struct vaccel_arg text_room(unsigned char *text, size_t size)
{
    return op_value(VACCEL_ARG_UCHAR_ARRAY, text, text ? size : 0);
}

/* The other side need not have ended it. */
static void end_text(unsigned char *text, size_t size)
{
    if (text)
        text[size - 1] = '\0';
}

static int check_picture(const void *img, size_t len_img)
{
    if (img && len_img)
        return VACCEL_OK;
    vaccel_error("an image operation needs a picture of at least one byte");
    return VACCEL_EINVAL;
}

/* A length without room counts as no room. */
int vaccel_image_classification(struct vaccel_session *sess, const void *img,
                                unsigned char *out_text, unsigned char *out_imgname, size_t len_img,
                                size_t len_out_text, size_t len_out_imgname)
{
    struct op_call op;
    int ret = check_picture(img, len_img);

    if (ret == VACCEL_OK)
        ret = op_begin(&op, sess, &op_image_classify);
    if (ret != VACCEL_OK)
        return ret;
    if (!len_out_text)
        out_text = NULL;
    if (!len_out_imgname)
        out_imgname = NULL;
    if (op.func) {
        ret = ((classify_fn)op.func)(sess, img, out_text, out_imgname, len_img, len_out_text,
                                     len_out_imgname);
    } else {
        struct vaccel_arg read[] = {op_bytes(img, len_img)};
        struct vaccel_arg write[] = {text_room(out_imgname, len_out_imgname),
                                     text_room(out_text, len_out_text)};

        ret = op_forward(&op, read, 1, write, 2);
        end_text(out_imgname, len_out_imgname);
        end_text(out_text, len_out_text);
    }
    return op_end(&op, ret);
}

static int image(struct vaccel_session *sess, const void *img, unsigned char *out_imgname,
                 size_t len_img, size_t len_out_imgname, const struct op_spec *spec)
{
    struct op_call op;
    int ret = check_picture(img, len_img);

    if (ret == VACCEL_OK)
        ret = op_begin(&op, sess, spec);
    if (ret != VACCEL_OK)
        return ret;
    if (!len_out_imgname)
        out_imgname = NULL;
    if (op.func) {
        ret = ((image_fn)op.func)(sess, img, out_imgname, len_img, len_out_imgname);
    } else {
        struct vaccel_arg read[] = {op_bytes(img, len_img)};
        struct vaccel_arg write[] = {text_room(out_imgname, len_out_imgname)};

        ret = op_forward(&op, read, 1, write, 1);
        end_text(out_imgname, len_out_imgname);
    }
    return op_end(&op, ret);
}

int vaccel_image_detection(struct vaccel_session *sess, const void *img, unsigned char *out_imgname,
                           size_t len_img, size_t len_out_imgname)
{
    return image(sess, img, out_imgname, len_img, len_out_imgname, &op_image_detect);
}

int vaccel_image_segmentation(struct vaccel_session *sess, const void *img,
                              unsigned char *out_imgname, size_t len_img, size_t len_out_imgname)
{
    return image(sess, img, out_imgname, len_img, len_out_imgname, &op_image_segment);
}

int vaccel_image_pose(struct vaccel_session *sess, const void *img, unsigned char *out_imgname,
                      size_t len_img, size_t len_out_imgname)
{
    return image(sess, img, out_imgname, len_img, len_out_imgname, &op_image_pose);
}

int vaccel_image_depth(struct vaccel_session *sess, const void *img, unsigned char *out_imgname,
                       size_t len_img, size_t len_out_imgname)
{
    return image(sess, img, out_imgname, len_img, len_out_imgname, &op_image_depth);
}

static int unpack_classify(struct vaccel_session *sess, struct vaccel_op_call *call)
{
    const struct vaccel_arg *name = &call->write[0];
    const struct vaccel_arg *text = &call->write[1];

    return vaccel_image_classification(sess, call->read[0].buf, text->buf, name->buf,
                                       call->read[0].size, text->size, name->size);
}

static int unpack_image(struct vaccel_session *sess, struct vaccel_op_call *call, image_fn typed)
{
    return typed(sess, call->read[0].buf, call->write[0].buf, call->read[0].size,
                 call->write[0].size);
}

static int unpack_detect(struct vaccel_session *sess, struct vaccel_op_call *call)
{
    return unpack_image(sess, call, vaccel_image_detection);
}

static int unpack_segment(struct vaccel_session *sess, struct vaccel_op_call *call)
{
    return unpack_image(sess, call, vaccel_image_segmentation);
}

static int unpack_pose(struct vaccel_session *sess, struct vaccel_op_call *call)
{
    return unpack_image(sess, call, vaccel_image_pose);
}

static int unpack_depth(struct vaccel_session *sess, struct vaccel_op_call *call)
{
    return unpack_image(sess, call, vaccel_image_depth);
}

static const struct op_arg read_args[] = {
    {"img", VACCEL_ARG_BUFFER, OP_IN},
};

static const struct op_arg write_args[] = {
    {"out_imgname", VACCEL_ARG_UCHAR_ARRAY, OP_OUT},
    {"out_text", VACCEL_ARG_UCHAR_ARRAY, OP_OUT},
};

const struct op_spec op_image_classify = {
    VACCEL_OP_IMAGE_CLASSIFY, read_args, 1, write_args, 2, NULL, unpack_classify,
};

const struct op_spec op_image_detect = {
    VACCEL_OP_IMAGE_DETECT, read_args, 1, write_args, 1, NULL, unpack_detect,
};

const struct op_spec op_image_segment = {
    VACCEL_OP_IMAGE_SEGMENT, read_args, 1, write_args, 1, NULL, unpack_segment,
};

const struct op_spec op_image_pose = {
    VACCEL_OP_IMAGE_POSE, read_args, 1, write_args, 1, NULL, unpack_pose,
};

const struct op_spec op_image_depth = {
    VACCEL_OP_IMAGE_DEPTH, read_args, 1, write_args, 1, NULL, unpack_depth,
};
