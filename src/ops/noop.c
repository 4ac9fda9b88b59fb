/* SPDX-License-Identifier: Apache-2.0 */
#include "ops/op.h"
#include "vaccel.h"

typedef int (*noop_fn)(struct vaccel_session *sess);

int vaccel_noop(struct vaccel_session *sess)
{
    struct op_call op;
    int ret = op_begin(&op, sess, &op_noop);

    if (ret != VACCEL_OK)
        return ret;
    ret = op.func ? ((noop_fn)op.func)(sess) : op_forward(&op, NULL, 0, NULL, 0);
    return op_end(&op, ret);
}

static int unpack(struct vaccel_session *sess, struct vaccel_op_call *call)
{
    (void)call;
    return vaccel_noop(sess);
}

const struct op_spec op_noop = {.type = VACCEL_OP_NOOP, .unpack = unpack};
