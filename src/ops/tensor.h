/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OPS_TENSOR_H
#define OPS_TENSOR_H

#include "vaccel/ops/tf.h"
#include "vaccel/ops/tflite.h"
#include "vaccel/ops/torch.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What the families of tensors share. Their dimensions are signed integers of 32 or 64 bits;
 * @dim_size is the size of one.
 */

/*
 * The bytes of a tensor's data. False for a negative dimension or count, or too many: also if they are only
 * too many without a dimension of 0, as frameworks multiply one after the other, and some end the process.
 */
bool tensor_bytes(int64_t nr_dims, const void *dims, size_t dim_size, size_t element_size,
                  size_t *bytes);

/* A copy of the dimensions, zeros if @dims is NULL. Returns OK, EINVAL (@nr_dims) or ENOMEM. */
int tensor_copy_dims(int64_t nr_dims, const void *dims, size_t dim_size, void **copy);

/* Whether @data and @size are given both or neither, and @holder at all. Returns OK or EINVAL. */
int tensor_check_data(const void *holder, const void *data, size_t size);

/* @size zeroed bytes in *@data, NULL if none. Returns OK or ENOMEM. */
int tensor_allocate_data(size_t size, void **data);

/* Log what is missing; return EINVAL or ENOMEM. */
int tensor_refuse_null(void);
int tensor_refuse_memory(void);

/*
 * Bytes of an element. False if elements have no size of their own in bytes, or for an unknown
 * type.
 */
bool tf_element_size(enum vaccel_tf_data_type type, size_t *size);
bool tflite_element_size(enum vaccel_tflite_data_type type, size_t *size);
bool torch_element_size(enum vaccel_torch_data_type type, size_t *size);

#endif
