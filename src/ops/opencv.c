/* SPDX-License-Identifier: Apache-2.0 */
#include "ops/op.h"
#include "vaccel.h"

typedef int (*opencv_fn)(struct vaccel_session *sess, struct vaccel_arg *read, int nr_read,
                         struct vaccel_arg *write, int nr_write);

int vaccel_opencv(struct vaccel_session *sess, struct vaccel_arg *read, int nr_read,
                  struct vaccel_arg *write, int nr_write)
{
    struct op_call op;
    int ret;

    if (nr_read < 1 || !read || nr_write < 0 || (nr_write && !write)) {
        vaccel_error("OPENCV: %d read and %d write arguments: at least one read argument, which "
                     "names the function",
                     nr_read, nr_write);
        return VACCEL_EINVAL;
    }
    ret = op_begin(&op, sess, &op_opencv);
    if (ret != VACCEL_OK)
        return ret;
    if (op.func)
        ret = ((opencv_fn)op.func)(sess, read, nr_read, write, nr_write);
    else
        ret = op_forward(&op, read, (size_t)nr_read, write, (size_t)nr_write);
    return op_end(&op, ret);
}

int vaccel_opencv_unpack(struct vaccel_session *sess, struct vaccel_arg *read, int nr_read,
                         struct vaccel_arg *write, int nr_write)
{
    return vaccel_opencv(sess, read, nr_read, write, nr_write);
}

static int unpack(struct vaccel_session *sess, struct vaccel_op_call *call)
{
    return vaccel_opencv(sess, call->read, (int)call->nr_read, call->write, (int)call->nr_write);
}

const struct op_spec op_opencv = {
    .type = VACCEL_OP_OPENCV,
    .more = op_opaque,
    .unpack = unpack,
};
