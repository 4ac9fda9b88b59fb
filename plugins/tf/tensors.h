/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TF_TENSORS_H
#define TF_TENSORS_H

/* Tensors of vAccel and of TensorFlow. */

#include <tensorflow/c/c_api.h>
#include <vaccel.h>

#include <stdatomic.h>

/* How TensorFlow's elements come out; UNKNOWN: not at all. Quantized ones are plain integers. */
enum vaccel_data_type tensor_type(TF_DataType type);

/*
 * TensorFlow's tensor of ours, of type @type, which must suit.
 * @borrowed  NULL: a copy is made. Else the data may be used where they lie, and TensorFlow is one
 *            of the users of the counter until it lets go of them
 * Returns EINVAL (strings that do not fit their data), ENOMEM.
 */
int tensor_import(const struct vaccel_tensor *tensor, TF_DataType type, atomic_int *borrowed,
                  TF_Tensor **imported);

/*
 * A counter of users, which begins with the caller; NULL: no memory. The last one to leave frees it: that may
 * be TensorFlow, after the run.
 */
atomic_int *borrowed_new(void);
/* Leave. Returns whether nobody else is left. */
bool borrowed_leave(atomic_int *borrowed);

/* Deliver TensorFlow's tensor. Returns EBACKEND (a type that we do not have), or as vaccel_tensor_put(). */
int tensor_export(struct vaccel_session *sess, struct vaccel_tensor *tensor,
                  const TF_Tensor *exported);

#endif
