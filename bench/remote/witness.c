/* SPDX-License-Identifier: Apache-2.0 */
#include "witness.h"
#include "vaccel.h"

/* Through a pointer that the compiler does not know, so that it is done and by a function. */
static void *(*volatile copy_bytes)(void *to, const void *from, size_t size) = memcpy;

static int sgemm(struct vaccel_session *sess, int64_t m, int64_t n, int64_t k, float alpha,
                 float *a, int64_t lda, float *b, int64_t ldb, float beta, float *c, int64_t ldc)
{
    const struct witness seen = {(uintptr_t)a, (uintptr_t)b, (uintptr_t)c};

    (void)sess, (void)k, (void)lda, (void)ldb, (void)beta, (void)ldc;
    if (alpha == WITNESS_COPIES)
        copy_bytes(c, a, (size_t)(m * n) * sizeof(*c));
    memcpy(c, &seen, sizeof(seen));
    return VACCEL_OK;
}

static struct vaccel_op ops[] = {
    VACCEL_OP_INIT(sgemm, VACCEL_OP_BLAS_SGEMM, sgemm),
};

static int init(void)
{
    return vaccel_plugin_register_ops(ops, sizeof(ops) / sizeof(ops[0]));
}

static int fini(void)
{
    return VACCEL_OK;
}

VACCEL_PLUGIN(.name = "witness", .version = VACCEL_VERSION, .vaccel_version = VACCEL_VERSION,
              .type = VACCEL_PLUGIN_DEBUG, .init = init, .fini = fini)
