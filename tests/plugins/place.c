/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two operations with other contents than their names promise: they tell where their arguments lie,
 * and one works for as long as its caller says and writes at the end. tests/vhost/ calls them.
 */
#include "vaccel.h"

#include <string.h>
#include <time.h>

static uint64_t last_sgemm[3]; /* addresses of A, B, C */

static void sleep_for(int milliseconds)
{
    struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000L};

    nanosleep(&time, NULL);
}

/* Where the plugin works in place @let_go is the caller's memory, too. */
static void work(int milliseconds, const volatile double *let_go)
{
    if (milliseconds >= 0)
        sleep_for(milliseconds);
    else
        while (*let_go == 0)
            sleep_for(1);
}

/*
 * Writes a mark into @out, works for @milliseconds, or if they are below 0 until the caller writes another
 * number than 0 behind the mark, and then writes the input plus @plus. @from and @to tell where it read and
 * wrote: a double holds any address.
 */
static int minmax(struct vaccel_session *sess, const double *in, int count, int milliseconds,
                  int plus, double *out, double *from, double *to)
{
    (void)sess;
    out[0] = -1;
    work(milliseconds, &out[1]);
    for (int i = 0; i < count; i++)
        out[i] = in[i] + plus;
    *from = (double)(uintptr_t)in;
    *to = (double)(uintptr_t)out;
    return VACCEL_OK;
}

/* Adds A, B and @beta times C, element by element; all have @m times @n. */
static int sgemm(struct vaccel_session *sess, int64_t m, int64_t n, int64_t k, float alpha,
                 float *a, int64_t lda, float *b, int64_t ldb, float beta, float *c, int64_t ldc)
{
    (void)sess, (void)k, (void)alpha, (void)lda, (void)ldb, (void)ldc;
    for (int64_t i = 0; i < m * n; i++)
        c[i] = a[i] + b[i] + (beta != 0 ? beta * c[i] : 0);
    last_sgemm[0] = (uintptr_t)a;
    last_sgemm[1] = (uintptr_t)b;
    last_sgemm[2] = (uintptr_t)c;
    return VACCEL_OK;
}

/* Where the arguments of the last SGEMM were. */
static int last(struct vaccel_session *sess, struct vaccel_arg *read, size_t nr_read,
                struct vaccel_arg *write, size_t nr_write)
{
    (void)sess, (void)read, (void)nr_read;
    if (nr_write != 1 || write[0].size != sizeof(last_sgemm))
        return VACCEL_EINVAL;
    memcpy(write[0].buf, last_sgemm, sizeof(last_sgemm));
    return VACCEL_OK;
}

static struct vaccel_op ops[] = {
    VACCEL_OP_INIT(minmax_op, VACCEL_OP_MINMAX, minmax),
    VACCEL_OP_INIT(sgemm_op, VACCEL_OP_BLAS_SGEMM, sgemm),
};

static const struct vaccel_named_op named_ops[] = {
    VACCEL_NAMED_OP_INIT("place.last", last),
};

static int init(void)
{
    int ret = vaccel_plugin_register_ops(ops, sizeof(ops) / sizeof(ops[0]));

    return ret ? ret
               : vaccel_plugin_register_named_ops(named_ops,
                                                  sizeof(named_ops) / sizeof(named_ops[0]));
}

static int fini(void)
{
    return VACCEL_OK;
}

VACCEL_PLUGIN(.name = "place", .version = "1.0", .vaccel_version = VACCEL_VERSION,
              .type = VACCEL_PLUGIN_SOFTWARE, .init = init, .fini = fini)
