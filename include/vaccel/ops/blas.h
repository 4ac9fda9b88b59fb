/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VACCEL_OPS_BLAS_H
#define VACCEL_OPS_BLAS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct vaccel_session;

/*
 * C = alpha * A * B + beta * C in single precision, all matrices in row-major order (the level 3
 * routine SGEMM of the Reference BLAS, without transposition).
 * @m, @n, @k   A is m x k, B is k x n, C is m x n; each at least 0
 * @alpha       factor of the product
 * @a, @lda     A, and the distance of its rows in elements: at least max(1, k)
 * @b, @ldb     B; at least max(1, n)
 * @beta        factor of the old C. If it is 0, C is not read
 * @c, @ldc     C, which must not overlap A or B; at least max(1, n). Padding between rows is kept
 * A must have (m - 1) * lda + k elements, the others accordingly. With m or n 0 nothing is done.
 * Returns EINVAL (NULL, a negative size, a leading dimension too small, a size that
 * overflows), ESESS, ENOTSUP, or what the plugin returned. A plugin's function has the same
 * signature and finds the arguments checked.
 */
int vaccel_sgemm(struct vaccel_session *sess, int64_t m, int64_t n, int64_t k, float alpha,
                 float *a, int64_t lda, float *b, int64_t ldb, float beta, float *c, int64_t ldc);

#ifdef __cplusplus
}
#endif

#endif
