/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VACCEL_TENSOR_H
#define VACCEL_TENSOR_H

#include "id.h"

#include <stdint.h>

/*
 * How a tensor is described in the argument list of vaccel_genop(): by one CUSTOM argument with the
 * number VACCEL_TENSOR_DESC_ID, which is this struct, and one BUFFER argument with its elements.
 */
enum { VACCEL_TENSOR_DIMS_MAX = 16, VACCEL_TENSOR_DESC_ID = 0x76000001 };

struct vaccel_tensor_desc {
    vaccel_id_t held;   /* of an output: see output.h; 0 for an input */
    uint64_t size;      /* bytes of the data; of an output that is held: the room it needs */
    uint32_t data_type; /* of the family: vaccel_tf_data_type, _tflite_, _torch_ */
    uint32_t nr_dims;   /* at most VACCEL_TENSOR_DIMS_MAX */
    int64_t dims[16];   /* elements in each dimension, the slowest first; the rest is 0 */
};

#endif
