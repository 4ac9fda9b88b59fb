/* SPDX-License-Identifier: Apache-2.0 */
#include "ops/op.h"
#include "platform/text.h"
#include "vaccel.h"

/* Loading and unloading models. */

typedef int (*load_fn)(struct vaccel_session *sess, struct vaccel_resource *model,
                       const char *engine);
typedef int (*unload_fn)(struct vaccel_session *sess, struct vaccel_resource *model);

enum { MODEL, ENGINE };

static int load_forward(const struct op_call *op, const char *engine)
{
    struct vaccel_arg read[] = {
        [MODEL] = op_int64(&op->resource->id),
        [ENGINE] = op_text(engine ? engine : ""),
    };

    return op_forward(op, read, 2, NULL, 0);
}

int vaccel_model_load(struct vaccel_session *sess, struct vaccel_resource *model,
                      const char *engine)
{
    struct op_call op;
    int ret = op_begin_with_resource(&op, sess, model, &op_model_load);

    if (ret != VACCEL_OK)
        return ret;
    engine = text_or_null(engine);
    ret = op.func ? ((load_fn)op.func)(sess, model, engine) : load_forward(&op, engine);
    return op_end(&op, ret);
}

int vaccel_model_unload(struct vaccel_session *sess, struct vaccel_resource *model)
{
    struct op_call op;
    int ret = op_begin_with_resource(&op, sess, model, &op_model_unload);

    if (ret != VACCEL_OK)
        return ret;
    ret = op.func ? ((unload_fn)op.func)(sess, model) : op_forward_model(&op);
    return op_end(&op, ret);
}

static int unpack_load(struct vaccel_session *sess, struct vaccel_op_call *call)
{
    const char *engine = call->read[ENGINE].buf;
    struct vaccel_resource *model;
    int ret = op_resource(&call->read[MODEL], &model);

    if (ret != VACCEL_OK)
        return ret;
    ret = vaccel_model_load(sess, model, engine);
    marks_leave();
    return ret;
}

static int unpack_unload(struct vaccel_session *sess, struct vaccel_op_call *call)
{
    return op_unpack_model(sess, call, vaccel_model_unload);
}

static const struct op_arg read_args[] = {
    [MODEL] = {"model", VACCEL_ARG_INT64, OP_IN},
    [ENGINE] = {"engine", VACCEL_ARG_STRING, OP_IN},
};

const struct op_spec op_model_load = {
    .type = VACCEL_OP_MODEL_LOAD,
    .read = read_args,
    .nr_read = 2,
    .unpack = unpack_load,
    .has_resource = true,
    .resource_type = VACCEL_RESOURCE_MODEL,
};

const struct op_spec op_model_unload = {
    .type = VACCEL_OP_MODEL_UNLOAD,
    .read = read_args,
    .nr_read = 1,
    .unpack = unpack_unload,
    .has_resource = true,
    .resource_type = VACCEL_RESOURCE_MODEL,
};
