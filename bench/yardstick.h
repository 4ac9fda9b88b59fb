/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_YARDSTICK_H
#define BENCH_YARDSTICK_H

/*
 * Functions of another shared library that do nothing, with the signatures of operations: the least
 * that a call through a pointer costs.
 */

#include "vaccel.h"

int yardstick_noop(struct vaccel_session *sess);
int yardstick_sgemm(struct vaccel_session *sess, int64_t m, int64_t n, int64_t k, float alpha,
                    float *a, int64_t lda, float *b, int64_t ldb, float beta, float *c,
                    int64_t ldc);

#endif
