/* SPDX-License-Identifier: Apache-2.0 */
#include "types.h"

enum { BFLOAT16 = 19 }; /* younger than the classic calls, which have no name for it */

static const enum vaccel_data_type types[] = {
    [VACCEL_TFLITE_FLOAT32] = VACCEL_DATA_FLOAT32,
    [VACCEL_TFLITE_INT32] = VACCEL_DATA_INT32,
    [VACCEL_TFLITE_UINT8] = VACCEL_DATA_UINT8,
    [VACCEL_TFLITE_INT64] = VACCEL_DATA_INT64,
    [VACCEL_TFLITE_STRING] = VACCEL_DATA_STRING,
    [VACCEL_TFLITE_BOOL] = VACCEL_DATA_BOOL,
    [VACCEL_TFLITE_INT16] = VACCEL_DATA_INT16,
    [VACCEL_TFLITE_COMPLEX64] = VACCEL_DATA_COMPLEX64,
    [VACCEL_TFLITE_INT8] = VACCEL_DATA_INT8,
    [VACCEL_TFLITE_FLOAT16] = VACCEL_DATA_FLOAT16,
    [VACCEL_TFLITE_FLOAT64] = VACCEL_DATA_FLOAT64,
    [VACCEL_TFLITE_COMPLEX128] = VACCEL_DATA_COMPLEX128,
    [VACCEL_TFLITE_UINT64] = VACCEL_DATA_UINT64,
    [VACCEL_TFLITE_UINT32] = VACCEL_DATA_UINT32,
    [VACCEL_TFLITE_UINT16] = VACCEL_DATA_UINT16,
    [BFLOAT16] = VACCEL_DATA_BFLOAT16,
};

enum vaccel_data_type type_of(int number)
{
    if (number < 0 || (size_t)number >= sizeof(types) / sizeof(types[0]))
        return VACCEL_DATA_UNKNOWN;
    return types[number];
}
