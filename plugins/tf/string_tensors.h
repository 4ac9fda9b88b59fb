/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TF_STRING_TENSORS_H
#define TF_STRING_TENSORS_H

/* String tensors: n lengths and all bytes behind them here, n TF_TStrings there. */

#include <tensorflow/c/c_api.h>
#include <vaccel.h>

/* As tensor_import() and tensor_export(). */
int string_tensor_import(const struct vaccel_tensor *tensor, TF_Tensor **imported);
int string_tensor_export(struct vaccel_session *sess, struct vaccel_tensor *tensor,
                         const TF_Tensor *exported, uint32_t nr_dims, const int64_t *dims);

#endif
