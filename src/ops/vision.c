/* SPDX-License-Identifier: Apache-2.0 */
#include "ops/op.h"
#include "platform/text.h"
#include "vaccel.h"

/*
 * In general form an output of unknown size is two arguments: its data, whose size after the call
 * is the length, and the number under which it is held. That number is UNWANTED before the call if
 * the output is not wanted.
 */
enum { UNWANTED = -1 };

/* The three shapes of the typed forms. */
typedef int (*lists_fn)(struct vaccel_session *sess, const void *img, size_t len_img,
                        struct vaccel_output *list, struct vaccel_output *picture);
typedef int (*map_fn)(struct vaccel_session *sess, const void *img, size_t len_img,
                      struct vaccel_vision_shape *shape, struct vaccel_output *map,
                      struct vaccel_output *picture);
typedef int (*segment_fn)(struct vaccel_session *sess, const void *img, size_t len_img,
                          struct vaccel_vision_shape *shape, struct vaccel_output *mask,
                          struct vaccel_output *classes, struct vaccel_output *picture);

/* Whatever becomes of the call, an output says afterwards whether it is held. */
static int begin(struct op_call *op, struct vaccel_session *sess, const void *img, size_t len_img,
                 struct vaccel_output *const *outputs, size_t nr_outputs,
                 const struct op_spec *spec)
{
    size_t i;

    for (i = 0; i < nr_outputs; i++)
        if (outputs[i])
            outputs[i]->held = 0;
    if (!img || !len_img) {
        vaccel_error("%s needs a picture of at least one byte",
                     vaccel_op_type_to_base_str(spec->type));
        return VACCEL_EINVAL;
    }
    return op_begin(op, sess, spec);
}

/* @write: where the two arguments go; they point at @out, or at @unwanted. */
static void pack_output(struct vaccel_arg write[2], const struct vaccel_output *out,
                        const int64_t *unwanted)
{
    write[0] = op_bytes(out ? out->data : NULL, out ? out->size : 0);
    write[1] = op_int64(out ? &out->held : unwanted);
}

/*
 * @ret: what the call returned, which is returned. What the other side says is not believed: of a call
 * that went well the caller takes room that he gave for filled.
 */
static int take_size(struct vaccel_output *out, size_t size, int ret)
{
    size_t room = out->size;

    out->size = size;
    if (size <= room || (out->held && (ret != VACCEL_OK || !room)))
        return ret;
    vaccel_error("the other side says that it wrote %zu bytes into room for %zu", size, room);
    out->size = 0;
    out->held = 0;
    return VACCEL_EBACKEND;
}

static int forward(const struct op_call *op, const void *img, size_t len_img,
                   struct vaccel_vision_shape *shape, struct vaccel_output *const *outputs,
                   size_t nr_outputs)
{
    const int64_t unwanted = UNWANTED;
    struct vaccel_arg read[] = {op_bytes(img, len_img)};
    struct vaccel_arg write[1 + 2 * 3];
    size_t before = shape ? 1 : 0;
    size_t i;
    int ret;

    write[0] = op_value(VACCEL_ARG_UINT32_ARRAY, shape, sizeof(*shape));
    for (i = 0; i < nr_outputs; i++)
        pack_output(write + before + 2 * i, outputs[i], &unwanted);
    ret = op_forward(op, read, 1, write, before + 2 * nr_outputs);
    for (i = 0; i < nr_outputs; i++)
        if (outputs[i])
            ret = take_size(outputs[i], write[before + 2 * i].size, ret);
    return ret;
}

static int lists(struct vaccel_session *sess, const void *img, size_t len_img,
                 struct vaccel_output *list, struct vaccel_output *picture,
                 const struct op_spec *spec)
{
    struct vaccel_output *outputs[] = {list, picture};
    struct op_call op;
    int ret = begin(&op, sess, img, len_img, outputs, 2, spec);

    if (ret != VACCEL_OK)
        return ret;
    ret = op.func ? ((lists_fn)op.func)(sess, img, len_img, list, picture)
                  : forward(&op, img, len_img, NULL, outputs, 2);
    return op_end(&op, ret);
}

int vaccel_vision_classify(struct vaccel_session *sess, const void *img, size_t len_img,
                           struct vaccel_output *classes, struct vaccel_output *picture)
{
    return lists(sess, img, len_img, classes, picture, &op_vision_classify);
}

int vaccel_vision_detect(struct vaccel_session *sess, const void *img, size_t len_img,
                         struct vaccel_output *boxes, struct vaccel_output *picture)
{
    return lists(sess, img, len_img, boxes, picture, &op_vision_detect);
}

int vaccel_vision_pose(struct vaccel_session *sess, const void *img, size_t len_img,
                       struct vaccel_output *points, struct vaccel_output *picture)
{
    return lists(sess, img, len_img, points, picture, &op_vision_pose);
}

int vaccel_vision_segment(struct vaccel_session *sess, const void *img, size_t len_img,
                          struct vaccel_vision_shape *shape, struct vaccel_output *mask,
                          struct vaccel_output *classes, struct vaccel_output *picture)
{
    struct vaccel_output *outputs[] = {mask, classes, picture};
    struct vaccel_vision_shape unwanted;
    struct op_call op;
    int ret = begin(&op, sess, img, len_img, outputs, 3, &op_vision_segment);

    if (ret != VACCEL_OK)
        return ret;
    if (!shape)
        shape = &unwanted;
    ret = op.func ? ((segment_fn)op.func)(sess, img, len_img, shape, mask, classes, picture)
                  : forward(&op, img, len_img, shape, outputs, 3);
    return op_end(&op, ret);
}

int vaccel_vision_depth(struct vaccel_session *sess, const void *img, size_t len_img,
                        struct vaccel_vision_shape *shape, struct vaccel_output *depth,
                        struct vaccel_output *picture)
{
    struct vaccel_output *outputs[] = {depth, picture};
    struct vaccel_vision_shape unwanted;
    struct op_call op;
    int ret = begin(&op, sess, img, len_img, outputs, 2, &op_vision_depth);

    if (ret != VACCEL_OK)
        return ret;
    if (!shape)
        shape = &unwanted;
    ret = op.func ? ((map_fn)op.func)(sess, img, len_img, shape, depth, picture)
                  : forward(&op, img, len_img, shape, outputs, 2);
    return op_end(&op, ret);
}

/* What unpack needs: NULL for an output that is not wanted. */
static struct vaccel_output *output_of(const struct vaccel_arg write[2], struct vaccel_output *out)
{
    *out = (struct vaccel_output){.data = write[0].buf, .size = write[0].size};
    return op_get_int64(&write[1]) == UNWANTED ? NULL : out;
}

/*
 * @ret: what the call returned, which is returned. Whoever made the room sends as many bytes of it
 * as the size says, so what a plugin says is not believed.
 */
static int put_output(struct vaccel_arg write[2], const struct vaccel_output *out, int ret)
{
    size_t room = write[0].size;

    if (!out)
        return ret;
    memcpy(write[1].buf, &out->held, sizeof(out->held));
    if (out->held || out->size <= room) {
        write[0].size = out->size;
        return ret;
    }
    vaccel_error("the plugin says that it wrote %zu bytes into room for %zu, and holds none",
                 out->size, room);
    write[0].size = 0;
    return VACCEL_EBACKEND;
}

static int unpack_lists(struct vaccel_session *sess, struct vaccel_op_call *call, lists_fn typed)
{
    struct vaccel_output room[2];
    struct vaccel_output *list = output_of(&call->write[0], &room[0]);
    struct vaccel_output *picture = output_of(&call->write[2], &room[1]);
    int ret = typed(sess, call->read[0].buf, call->read[0].size, list, picture);

    ret = put_output(&call->write[0], list, ret);
    return put_output(&call->write[2], picture, ret);
}

static int unpack_classify(struct vaccel_session *sess, struct vaccel_op_call *call)
{
    return unpack_lists(sess, call, vaccel_vision_classify);
}

static int unpack_detect(struct vaccel_session *sess, struct vaccel_op_call *call)
{
    return unpack_lists(sess, call, vaccel_vision_detect);
}

static int unpack_pose(struct vaccel_session *sess, struct vaccel_op_call *call)
{
    return unpack_lists(sess, call, vaccel_vision_pose);
}

static int unpack_segment(struct vaccel_session *sess, struct vaccel_op_call *call)
{
    struct vaccel_output room[3];
    struct vaccel_output *mask = output_of(&call->write[1], &room[0]);
    struct vaccel_output *classes = output_of(&call->write[3], &room[1]);
    struct vaccel_output *picture = output_of(&call->write[5], &room[2]);
    int ret = vaccel_vision_segment(sess, call->read[0].buf, call->read[0].size, call->write[0].buf,
                                    mask, classes, picture);

    ret = put_output(&call->write[1], mask, ret);
    ret = put_output(&call->write[3], classes, ret);
    return put_output(&call->write[5], picture, ret);
}

static int unpack_depth(struct vaccel_session *sess, struct vaccel_op_call *call)
{
    struct vaccel_output room[2];
    struct vaccel_output *depth = output_of(&call->write[1], &room[0]);
    struct vaccel_output *picture = output_of(&call->write[3], &room[1]);
    int ret = vaccel_vision_depth(sess, call->read[0].buf, call->read[0].size, call->write[0].buf,
                                  depth, picture);

    ret = put_output(&call->write[1], depth, ret);
    return put_output(&call->write[3], picture, ret);
}

static bool count_shape(const struct vaccel_op_call *call, size_t *count)
{
    (void)call;
    *count = 2;
    return true;
}

static const struct op_arg picture_in[] = {
    {"img", VACCEL_ARG_BUFFER, OP_IN},
};

static const struct op_arg list_args[] = {
    {"list", VACCEL_ARG_BUFFER, OP_OUT, OP_WHOLE_SIZE},
    {"list held", VACCEL_ARG_INT64, OP_INOUT},
    {"picture", VACCEL_ARG_BUFFER, OP_OUT, OP_WHOLE_SIZE},
    {"picture held", VACCEL_ARG_INT64, OP_INOUT},
};

static const struct op_arg segment_args[] = {
    {"shape", VACCEL_ARG_UINT32_ARRAY, OP_OUT, 0, count_shape},
    {"mask", VACCEL_ARG_BUFFER, OP_OUT, OP_IN_PLACE | OP_WHOLE_SIZE},
    {"mask held", VACCEL_ARG_INT64, OP_INOUT},
    {"classes", VACCEL_ARG_BUFFER, OP_OUT, OP_WHOLE_SIZE},
    {"classes held", VACCEL_ARG_INT64, OP_INOUT},
    {"picture", VACCEL_ARG_BUFFER, OP_OUT, OP_WHOLE_SIZE},
    {"picture held", VACCEL_ARG_INT64, OP_INOUT},
};

static const struct op_arg depth_args[] = {
    {"shape", VACCEL_ARG_UINT32_ARRAY, OP_OUT, 0, count_shape},
    {"depth", VACCEL_ARG_BUFFER, OP_OUT, OP_IN_PLACE | OP_WHOLE_SIZE},
    {"depth held", VACCEL_ARG_INT64, OP_INOUT},
    {"picture", VACCEL_ARG_BUFFER, OP_OUT, OP_WHOLE_SIZE},
    {"picture held", VACCEL_ARG_INT64, OP_INOUT},
};

const struct op_spec op_vision_classify = {
    VACCEL_OP_VISION_CLASSIFY, picture_in, 1, list_args, 4, NULL, unpack_classify,
};

const struct op_spec op_vision_detect = {
    VACCEL_OP_VISION_DETECT, picture_in, 1, list_args, 4, NULL, unpack_detect,
};

const struct op_spec op_vision_segment = {
    VACCEL_OP_VISION_SEGMENT, picture_in, 1, segment_args, 7, NULL, unpack_segment,
};

const struct op_spec op_vision_pose = {
    VACCEL_OP_VISION_POSE, picture_in, 1, list_args, 4, NULL, unpack_pose,
};

const struct op_spec op_vision_depth = {
    VACCEL_OP_VISION_DEPTH, picture_in, 1, depth_args, 5, NULL, unpack_depth,
};
