/* SPDX-License-Identifier: Apache-2.0 */
#include "noop.h"

int noop_sgemm(struct vaccel_session *sess, int64_t m, int64_t n, int64_t k, float alpha, float *a,
               int64_t lda, float *b, int64_t ldb, float beta, float *c, int64_t ldc)
{
    (void)sess, (void)m, (void)n, (void)k, (void)alpha, (void)a;
    (void)lda, (void)b, (void)ldb, (void)beta, (void)c, (void)ldc;
    return VACCEL_OK;
}

int noop_minmax(struct vaccel_session *sess, const double *indata, int ndata, int low_threshold,
                int high_threshold, double *outdata, double *min, double *max)
{
    (void)sess, (void)low_threshold, (void)high_threshold;
    memmove(outdata, indata, (size_t)ndata * sizeof(*indata));
    *min = -1.0;
    *max = 10000.0;
    return VACCEL_OK;
}

int noop_arraycopy(struct vaccel_session *sess, int a[], int out_a[], size_t len_a)
{
    (void)sess;
    memmove(out_a, a, len_a * sizeof(*a));
    return VACCEL_OK;
}

int noop_mmult(struct vaccel_session *sess, float a[], float b[], float c[], size_t len_a)
{
    size_t i;

    (void)sess, (void)a, (void)b;
    for (i = 0; i < len_a; i++)
        c[i] = 9.1F;
    return VACCEL_OK;
}

int noop_parallel(struct vaccel_session *sess, float a[], float b[], float add_output[],
                  float mult_output[], size_t len_a)
{
    size_t i;

    (void)sess;
    for (i = 0; i < len_a; i++) {
        add_output[i] = a[i] + b[i];
        mult_output[i] = 1.0F;
    }
    return VACCEL_OK;
}

int noop_vadd(struct vaccel_session *sess, float a[], float b[], float c[], size_t len_a,
              size_t len_b)
{
    size_t i;

    (void)sess;
    if (len_a != len_b) {
        vaccel_error("[noop] fpga_vadd: the arrays have %zu and %zu elements: give them the same "
                     "length",
                     len_a, len_b);
        return VACCEL_EINVAL;
    }
    for (i = 0; i < len_a; i++)
        c[i] = a[i] + b[i];
    return VACCEL_OK;
}
