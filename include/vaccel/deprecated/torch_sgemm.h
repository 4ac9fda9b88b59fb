/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VACCEL_DEPRECATED_TORCH_SGEMM_H
#define VACCEL_DEPRECATED_TORCH_SGEMM_H

#include "../ops/torch.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Product and sum of matrices as tensors, a * b + c. New code calls vaccel_sgemm().
 * @a, @b, @c  pointers to tensors of FLOAT: @m x @k, @k x @n and @m x @n
 * @out        receives the result, @m x @n; the caller's, for vaccel_torch_tensor_delete()
 * Returns EINVAL, ESESS, ENOTSUP, or what the plugin returned. Plugins have the same signature.
 */
int vaccel_torch_sgemm(struct vaccel_session *sess, struct vaccel_torch_tensor **a,
                       struct vaccel_torch_tensor **b, struct vaccel_torch_tensor **c, int m, int n,
                       int k, struct vaccel_torch_tensor **out) __attribute__((deprecated));

#ifdef __cplusplus
}
#endif

#endif
