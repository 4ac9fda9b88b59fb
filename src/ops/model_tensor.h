/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OPS_MODEL_TENSOR_H
#define OPS_MODEL_TENSOR_H

#include "vaccel/tensor.h"

#include <stdbool.h>

/* Whether type, dimensions, size and, of strings, the data suit each other. */
bool model_tensor_fits(enum vaccel_data_type type, uint32_t nr_dims, const int64_t *dims,
                       const void *data, size_t size);

/* Room for what it says in words. */
enum { MODEL_TENSOR_TEXT = 160 };
void model_tensor_text(char *text, size_t size, enum vaccel_data_type type, uint32_t nr_dims,
                       const int64_t *dims);

/* Drop what is held of them: these are then of size 0. */
void model_tensors_drop(struct vaccel_session *sess, struct vaccel_tensor *tensors, size_t count);

#endif
