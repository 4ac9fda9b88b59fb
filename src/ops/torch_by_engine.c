/* SPDX-License-Identifier: Apache-2.0 */
#include "ops/classic_by_engine.h"

static const struct classic_type types[] = {
    {VACCEL_TORCH_BYTE, VACCEL_DATA_UINT8},    {VACCEL_TORCH_CHAR, VACCEL_DATA_INT8},
    {VACCEL_TORCH_SHORT, VACCEL_DATA_INT16},   {VACCEL_TORCH_INT, VACCEL_DATA_INT32},
    {VACCEL_TORCH_LONG, VACCEL_DATA_INT64},    {VACCEL_TORCH_HALF, VACCEL_DATA_FLOAT16},
    {VACCEL_TORCH_FLOAT, VACCEL_DATA_FLOAT32}, {0, VACCEL_DATA_UNKNOWN},
};

int torch_run_by_engine(struct vaccel_session *sess, struct vaccel_resource *model,
                        const struct vaccel_torch_buffer *run_options,
                        struct vaccel_torch_tensor *const *inputs, int nr_inputs,
                        struct vaccel_torch_tensor **outputs, int nr_outputs)
{
    const struct classic_run run = {
        .family = &tensor_family_torch,
        .types = types,
        .inputs = (void *const *)inputs,
        .nr_inputs = (size_t)nr_inputs,
        .outputs = (void **)outputs,
        .nr_outputs = (size_t)nr_outputs,
        .options = run_options ? run_options->data : NULL,
        .options_size = run_options ? run_options->size : 0,
    };

    return classic_run_by_engine(sess, model, &run);
}
