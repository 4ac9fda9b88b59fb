/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VACCEL_DEPRECATED_TORCH_SGEMM_H
#define VACCEL_DEPRECATED_TORCH_SGEMM_H

#include "../ops/torch.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Product and sum of matrices as tensors, A * B + C. New code calls vaccel_sgemm().
 * @A, @B, @C  pointers to tensors of FLOAT: @M x @K, @K x @N and @M x @N
 * @out        receives the result, @M x @N; the caller's, for vaccel_torch_tensor_delete()
 * Returns EINVAL, ESESS, ENOTSUP, or what the plugin returned. Plugins have the same signature.
 */
int vaccel_torch_sgemm(struct vaccel_session *sess, struct vaccel_torch_tensor **A,
                       struct vaccel_torch_tensor **B, struct vaccel_torch_tensor **C, int M, int N,
                       int K, struct vaccel_torch_tensor **out) __attribute__((deprecated));

#ifdef __cplusplus
}
#endif

#endif
