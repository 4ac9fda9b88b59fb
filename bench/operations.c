/* SPDX-License-Identifier: Apache-2.0 */
#include "operations.h"
#include "yardstick.h"

enum { SIZE = 2 };

static int (*volatile noop_pointer)(struct vaccel_session *sess) = yardstick_noop;
static int (*volatile sgemm_pointer)(struct vaccel_session *sess, int64_t m, int64_t n, int64_t k,
                                     float alpha, float *a, int64_t lda, float *b, int64_t ldb,
                                     float beta, float *c, int64_t ldc) = yardstick_sgemm;

int call_noop(void *session, size_t calls)
{
    int ret = 0;

    while (calls--)
        ret |= vaccel_noop(session);
    return ret;
}

int call_noop_pointer(void *session, size_t calls)
{
    int ret = 0;

    while (calls--)
        ret |= noop_pointer(session);
    return ret;
}

int call_sgemm(void *session, size_t calls)
{
    float a[SIZE * SIZE] = {1, 2, 3, 4};
    float b[SIZE * SIZE] = {5, 6, 7, 8};
    float c[SIZE * SIZE] = {0};
    int ret = 0;

    while (calls--)
        ret |= vaccel_sgemm(session, SIZE, SIZE, SIZE, 1, a, SIZE, b, SIZE, 0, c, SIZE);
    return ret;
}

int call_sgemm_pointer(void *session, size_t calls)
{
    float a[SIZE * SIZE] = {1, 2, 3, 4};
    float b[SIZE * SIZE] = {5, 6, 7, 8};
    float c[SIZE * SIZE] = {0};
    int ret = 0;

    while (calls--)
        ret |= sgemm_pointer(session, SIZE, SIZE, SIZE, 1, a, SIZE, b, SIZE, 0, c, SIZE);
    return ret;
}
