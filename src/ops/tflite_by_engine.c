/* SPDX-License-Identifier: Apache-2.0 */
#include "ops/classic_by_engine.h"

static const struct classic_type types[] = {
    {VACCEL_TFLITE_FLOAT32, VACCEL_DATA_FLOAT32},
    {VACCEL_TFLITE_INT32, VACCEL_DATA_INT32},
    {VACCEL_TFLITE_UINT8, VACCEL_DATA_UINT8},
    {VACCEL_TFLITE_INT64, VACCEL_DATA_INT64},
    {VACCEL_TFLITE_STRING, VACCEL_DATA_STRING},
    {VACCEL_TFLITE_BOOL, VACCEL_DATA_BOOL},
    {VACCEL_TFLITE_INT16, VACCEL_DATA_INT16},
    {VACCEL_TFLITE_COMPLEX64, VACCEL_DATA_COMPLEX64},
    {VACCEL_TFLITE_INT8, VACCEL_DATA_INT8},
    {VACCEL_TFLITE_FLOAT16, VACCEL_DATA_FLOAT16},
    {VACCEL_TFLITE_FLOAT64, VACCEL_DATA_FLOAT64},
    {VACCEL_TFLITE_COMPLEX128, VACCEL_DATA_COMPLEX128},
    {VACCEL_TFLITE_UINT64, VACCEL_DATA_UINT64},
    {VACCEL_TFLITE_UINT32, VACCEL_DATA_UINT32},
    {VACCEL_TFLITE_UINT16, VACCEL_DATA_UINT16},
    {0, VACCEL_DATA_UNKNOWN},
};

int tflite_run_by_engine(struct vaccel_session *sess, struct vaccel_resource *model,
                         struct vaccel_tflite_tensor *const *inputs, int nr_inputs,
                         struct vaccel_tflite_tensor **outputs, int nr_outputs, uint8_t *status)
{
    enum { TFLITE_OK, TFLITE_ERROR };
    const struct classic_run run = {
        .family = &tensor_family_tflite,
        .types = types,
        .inputs = (void *const *)inputs,
        .nr_inputs = (size_t)nr_inputs,
        .outputs = (void **)outputs,
        .nr_outputs = (size_t)nr_outputs,
    };
    int ret = classic_run_by_engine(sess, model, &run);

    if (status)
        *status = ret == VACCEL_OK ? TFLITE_OK : TFLITE_ERROR;
    return ret;
}
