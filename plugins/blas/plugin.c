/* SPDX-License-Identifier: Apache-2.0 */
#include "vaccel.h"

#include <cblas.h>
#include <math.h>

/* CBLAS may have been built with integers of 32 bits. */
static bool fits(const char *name, int64_t value)
{
    if (value <= INT_MAX)
        return true;
    vaccel_error("[blas] %s is %lld: this BLAS takes at most %d", name, (long long)value, INT_MAX);
    return false;
}

static int sgemm(struct vaccel_session *sess, int64_t m, int64_t n, int64_t k, float alpha,
                 float *a, int64_t lda, float *b, int64_t ldb, float beta, float *c, int64_t ldc)
{
    (void)sess;
    if (!fits("m", m) || !fits("n", n) || !fits("k", k) || !fits("lda", lda) || !fits("ldb", ldb) ||
        !fits("ldc", ldc))
        return VACCEL_EINVAL;
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)m, (int)n, (int)k, alpha, a,
                (int)lda, b, (int)ldb, beta, c, (int)ldc);
    return VACCEL_OK;
}

static int minmax(struct vaccel_session *sess, const double *indata, int ndata, int low_threshold,
                  int high_threshold, double *outdata, double *min, double *max)
{
    double lowest = NAN;
    double highest = NAN;
    double value;
    int kept = 0;
    int i;

    (void)sess;
    for (i = 0; i < ndata; i++) {
        value = indata[i];
        lowest = fmin(lowest, value);
        highest = fmax(highest, value);
        if (value >= low_threshold && value <= high_threshold)
            outdata[kept++] = value;
    }
    while (kept < ndata)
        outdata[kept++] = 0.0;
    *min = lowest;
    *max = highest;
    return VACCEL_OK;
}

static struct vaccel_op ops[] = {
    VACCEL_OP_INIT(sgemm, VACCEL_OP_BLAS_SGEMM, sgemm),
    VACCEL_OP_INIT(minmax, VACCEL_OP_MINMAX, minmax),
};

static int init(void)
{
    return vaccel_plugin_register_ops(ops, sizeof(ops) / sizeof(ops[0]));
}

static int fini(void)
{
    return VACCEL_OK;
}

VACCEL_PLUGIN(.name = "blas", .version = VACCEL_VERSION, .vaccel_version = VACCEL_VERSION,
              .type = VACCEL_PLUGIN_CPU, .init = init, .fini = fini)
