/* SPDX-License-Identifier: Apache-2.0 */
#include "ops/tensor_families.h"
#include "vaccel.h"

static int unpack_with_tensors(const struct tensor_family *family, struct tensor_unpacked *run,
                               size_t nr_before, size_t nr_status,
                               int (*typed)(const struct tensor_unpacked *run))
{
    struct vaccel_op_call *call = run->call;
    int ret = tensors_from_args(family, call->read + nr_before, run->nr_inputs, run->inputs);

    if (ret != VACCEL_OK)
        return ret;
    ret = typed(run);
    if (ret == VACCEL_OK)
        ret = tensors_to_args(family, run->sess, run->outputs, run->nr_outputs,
                              call->write + nr_status);
    tensors_free(family, run->inputs, run->nr_inputs + run->nr_outputs);
    return ret;
}

int tensor_run_unpack(const struct tensor_family *family, struct tensor_unpacked *run,
                      size_t nr_before, size_t nr_status,
                      int (*typed)(const struct tensor_unpacked *run))
{
    const struct vaccel_op_call *call = run->call;
    int ret;

    run->nr_inputs = (call->nr_read - nr_before) / 2;
    run->nr_outputs = (call->nr_write - nr_status) / 2;
    if ((call->nr_read - nr_before) % 2 || (call->nr_write - nr_status) % 2 || !run->nr_inputs ||
        !run->nr_outputs) {
        vaccel_error("%zu read and %zu write arguments: each tensor is a pair, and there is at "
                     "least one input and one output",
                     call->nr_read, call->nr_write);
        return VACCEL_EINVAL;
    }
    run->inputs = platform_alloc_zeroed((run->nr_inputs + run->nr_outputs) * sizeof(void *));
    if (!run->inputs)
        return VACCEL_ENOMEM;
    run->outputs = run->inputs + run->nr_inputs;
    ret = unpack_with_tensors(family, run, nr_before, nr_status, typed);
    platform_free(run->inputs);
    return ret;
}

int tensor_model_unpack(const struct tensor_family *family, struct vaccel_session *sess,
                        struct vaccel_op_call *call, size_t nr_before, size_t nr_status,
                        int (*typed)(const struct tensor_unpacked *run))
{
    struct tensor_unpacked run = {.sess = sess, .call = call};
    int ret = op_resource(&call->read[0], &run.model);

    if (ret != VACCEL_OK)
        return ret;
    ret = tensor_run_unpack(family, &run, nr_before, nr_status, typed);
    marks_leave();
    return ret;
}
