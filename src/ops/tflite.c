/* SPDX-License-Identifier: Apache-2.0 */
#include "ops/tensor_families.h"
#include "platform/text.h"
#include "vaccel.h"

typedef int (*tflite_model_fn)(struct vaccel_session *sess, struct vaccel_resource *model);
typedef int (*tflite_run_fn)(struct vaccel_session *sess, struct vaccel_resource *model,
                             struct vaccel_tflite_tensor *const *inputs, int nr_inputs,
                             struct vaccel_tflite_tensor **outputs, int nr_outputs,
                             uint8_t *status);

enum { MODEL, NR_READ };
enum { STATUS, NR_STATUS };

static int load_or_unload(struct vaccel_session *sess, struct vaccel_resource *model,
                          const struct op_spec *spec)
{
    struct op_call op;
    int ret = op_begin_with_resource(&op, sess, model, spec);

    if (ret != VACCEL_OK)
        return ret;
    ret = op.func ? ((tflite_model_fn)op.func)(sess, model) : op_forward_model(&op);
    return op_end(&op, ret);
}

int vaccel_tflite_model_load(struct vaccel_session *sess, struct vaccel_resource *model)
{
    return load_or_unload(sess, model, &op_tflite_model_load);
}

int vaccel_tflite_model_unload(struct vaccel_session *sess, struct vaccel_resource *model)
{
    return load_or_unload(sess, model, &op_tflite_model_unload);
}

static int run_forward(const struct op_call *op, const struct tensor_run *tensors, uint8_t *status)
{
    struct tensor_run run = *tensors;
    struct vaccel_arg before[] = {op_int64(&op->resource->id)};
    uint8_t code = 0;
    struct vaccel_arg write[] = {op_value(VACCEL_ARG_UINT8, &code, sizeof(code))};
    int ret;

    run.before = before;
    run.nr_before = NR_READ;
    run.status = write;
    run.nr_status = NR_STATUS;
    ret = tensor_run_forward(op, &run);
    if (status)
        *status = code;
    return ret;
}

int vaccel_tflite_model_run(struct vaccel_session *sess, struct vaccel_resource *model,
                            struct vaccel_tflite_tensor *const *inputs, int nr_inputs,
                            struct vaccel_tflite_tensor **outputs, int nr_outputs, uint8_t *status)
{
    struct op_call op;
    int ret = tensors_check(&tensor_family_tflite, (void *const *)inputs, nr_inputs);

    if (ret == VACCEL_OK)
        ret = tensors_room((void **)outputs, nr_outputs);
    if (ret == VACCEL_OK)
        ret = op_begin_with_resource(&op, sess, model, &op_tflite_model_run);
    if (ret != VACCEL_OK)
        return ret;
    if (op.func) {
        ret = ((tflite_run_fn)op.func)(sess, model, inputs, nr_inputs, outputs, nr_outputs, status);
    } else {
        struct tensor_run run = {
            .family = &tensor_family_tflite,
            .inputs = (void *const *)inputs,
            .nr_inputs = (size_t)nr_inputs,
            .outputs = (void **)outputs,
            .nr_outputs = (size_t)nr_outputs,
        };

        ret = run_forward(&op, &run, status);
    }
    return op_end(&op, ret);
}

static int unpack_load(struct vaccel_session *sess, struct vaccel_op_call *call)
{
    return op_unpack_model(sess, call, vaccel_tflite_model_load);
}

static int unpack_unload(struct vaccel_session *sess, struct vaccel_op_call *call)
{
    return op_unpack_model(sess, call, vaccel_tflite_model_unload);
}

static int run_typed(const struct tensor_unpacked *run)
{
    return vaccel_tflite_model_run(
        run->sess, run->model, (struct vaccel_tflite_tensor *const *)run->inputs,
        (int)run->nr_inputs, (struct vaccel_tflite_tensor **)run->outputs, (int)run->nr_outputs,
        run->call->write[STATUS].buf);
}

static int unpack_run(struct vaccel_session *sess, struct vaccel_op_call *call)
{
    return tensor_model_unpack(&tensor_family_tflite, sess, call, NR_READ, NR_STATUS, run_typed);
}

static const struct op_arg read_args[NR_READ] = {
    [MODEL] = {"model", VACCEL_ARG_INT64, OP_IN},
};

static const struct op_arg status_args[NR_STATUS] = {
    [STATUS] = {"status", VACCEL_ARG_UINT8, OP_OUT},
};

const struct op_spec op_tflite_model_load = {
    .type = VACCEL_OP_TFLITE_MODEL_LOAD,
    .read = read_args,
    .nr_read = NR_READ,
    .unpack = unpack_load,
    .has_resource = true,
    .resource_type = VACCEL_RESOURCE_MODEL,
};

const struct op_spec op_tflite_model_unload = {
    .type = VACCEL_OP_TFLITE_MODEL_UNLOAD,
    .read = read_args,
    .nr_read = NR_READ,
    .unpack = unpack_unload,
    .has_resource = true,
    .resource_type = VACCEL_RESOURCE_MODEL,
};

static bool plain_type(uint32_t type)
{
    switch (type) {
    case VACCEL_TFLITE_FLOAT32:
    case VACCEL_TFLITE_FLOAT16:
    case VACCEL_TFLITE_FLOAT64:
    case VACCEL_TFLITE_COMPLEX64:
    case VACCEL_TFLITE_COMPLEX128:
    case VACCEL_TFLITE_UINT8:
    case VACCEL_TFLITE_INT8:
        return true;
    default:
        return false;
    }
}

static bool is_plain(const struct vaccel_op_call *call, size_t i)
{
    return tensor_is_plain(call, i, plain_type);
}

const struct op_spec op_tflite_model_run = {
    .type = VACCEL_OP_TFLITE_MODEL_RUN,
    .read = read_args,
    .nr_read = NR_READ,
    .write = status_args,
    .nr_write = NR_STATUS,
    .more = tensor_more,
    .is_plain = is_plain,
    .unpack = unpack_run,
    .has_resource = true,
    .resource_type = VACCEL_RESOURCE_MODEL,
};
