/* SPDX-License-Identifier: Apache-2.0 */
#include "ops/tensor_families.h"
#include "platform/text.h"
#include "vaccel.h"

typedef int (*torch_load_fn)(struct vaccel_session *sess, struct vaccel_resource *model);
typedef int (*torch_run_fn)(struct vaccel_session *sess, struct vaccel_resource *model,
                            const struct vaccel_torch_buffer *run_options,
                            struct vaccel_torch_tensor *const *inputs, int nr_inputs,
                            struct vaccel_torch_tensor **outputs, int nr_outputs);

enum { MODEL, RUN_OPTIONS, NR_READ };

int vaccel_torch_model_load(struct vaccel_session *sess, struct vaccel_resource *model)
{
    struct op_call op;
    int ret = op_begin_with_resource(&op, sess, model, &op_torch_model_load);

    if (ret != VACCEL_OK)
        return ret;
    ret = op.func ? ((torch_load_fn)op.func)(sess, model) : op_forward_model(&op);
    return op_end(&op, ret);
}

static int run_forward(const struct op_call *op, const struct vaccel_torch_buffer *options,
                       const struct tensor_run *tensors)
{
    struct tensor_run run = *tensors;
    struct vaccel_arg before[] = {
        op_int64(&op->resource->id),
        op_bytes(options ? options->data : NULL, options ? options->size : 0),
    };

    run.before = before;
    run.nr_before = NR_READ;
    return tensor_run_forward(op, &run);
}

int vaccel_torch_model_run(struct vaccel_session *sess, struct vaccel_resource *model,
                           const struct vaccel_torch_buffer *run_options,
                           struct vaccel_torch_tensor *const *inputs, int nr_inputs,
                           struct vaccel_torch_tensor **outputs, int nr_outputs)
{
    struct op_call op;
    int ret = tensors_check(&tensor_family_torch, (void *const *)inputs, nr_inputs);

    if (ret == VACCEL_OK)
        ret = tensors_room((void **)outputs, nr_outputs);
    if (ret == VACCEL_OK)
        ret = op_begin_with_resource(&op, sess, model, &op_torch_model_run);
    if (ret != VACCEL_OK)
        return ret;
    if (op.func) {
        ret = ((torch_run_fn)op.func)(sess, model, run_options, inputs, nr_inputs, outputs,
                                      nr_outputs);
    } else {
        struct tensor_run run = {
            .family = &tensor_family_torch,
            .inputs = (void *const *)inputs,
            .nr_inputs = (size_t)nr_inputs,
            .outputs = (void **)outputs,
            .nr_outputs = (size_t)nr_outputs,
        };

        ret = run_forward(&op, run_options, &run);
    }
    return op_end(&op, ret);
}

static int unpack_load(struct vaccel_session *sess, struct vaccel_op_call *call)
{
    return op_unpack_model(sess, call, vaccel_torch_model_load);
}

static int run_typed(const struct tensor_unpacked *run)
{
    const struct vaccel_arg *options = &run->call->read[RUN_OPTIONS];
    struct vaccel_torch_buffer buffer = {options->buf, options->size};

    return vaccel_torch_model_run(run->sess, run->model, options->size ? &buffer : NULL,
                                  (struct vaccel_torch_tensor *const *)run->inputs,
                                  (int)run->nr_inputs, (struct vaccel_torch_tensor **)run->outputs,
                                  (int)run->nr_outputs);
}

static int unpack_run(struct vaccel_session *sess, struct vaccel_op_call *call)
{
    return tensor_model_unpack(&tensor_family_torch, sess, call, NR_READ, 0, run_typed);
}

static const struct op_arg read_args[NR_READ] = {
    [MODEL] = {"model", VACCEL_ARG_INT64, OP_IN},
    [RUN_OPTIONS] = {"run_options", VACCEL_ARG_BUFFER, OP_IN},
};

const struct op_spec op_torch_model_load = {
    .type = VACCEL_OP_TORCH_MODEL_LOAD,
    .read = read_args,
    .nr_read = 1,
    .unpack = unpack_load,
    .has_resource = true,
    .resource_type = VACCEL_RESOURCE_MODEL,
};

static bool plain_type(uint32_t type)
{
    switch (type) {
    case VACCEL_TORCH_HALF:
    case VACCEL_TORCH_FLOAT:
    case VACCEL_TORCH_BYTE:
    case VACCEL_TORCH_CHAR:
        return true;
    default:
        return false;
    }
}

static bool is_plain(const struct vaccel_op_call *call, size_t i)
{
    return tensor_is_plain(call, i, plain_type);
}

const struct op_spec op_torch_model_run = {
    .type = VACCEL_OP_TORCH_MODEL_RUN,
    .read = read_args,
    .nr_read = NR_READ,
    .more = tensor_more,
    .is_plain = is_plain,
    .unpack = unpack_run,
    .has_resource = true,
    .resource_type = VACCEL_RESOURCE_MODEL,
};
