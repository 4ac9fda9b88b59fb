/* SPDX-License-Identifier: Apache-2.0 */
#include "ops/op.h"
#include "platform/checked.h"
#include "vaccel.h"

typedef int (*sgemm_fn)(struct vaccel_session *sess, int64_t m, int64_t n, int64_t k, float alpha,
                        float *a, int64_t lda, float *b, int64_t ldb, float beta, float *c,
                        int64_t ldc);

/* (rows - 1) * ld + columns; nothing if there are no rows or columns. */
static bool matrix_elements(int64_t rows, int64_t columns, int64_t ld, size_t *count)
{
    if (rows < 0 || columns < 0 || ld < 1 || ld < columns)
        return false;
    *count = 0;
    if (!rows || !columns)
        return true;
    return size_mul((size_t)rows - 1, (size_t)ld, count) &&
           size_add(*count, (size_t)columns, count) && *count <= SIZE_MAX / sizeof(float);
}

static int check_matrix(const char *name, int64_t rows, int64_t columns, int64_t ld,
                        const float *data)
{
    size_t count;

    if (!matrix_elements(rows, columns, ld, &count)) {
        vaccel_error(
            "SGEMM: matrix %s cannot be %lld x %lld with rows %lld apart: sizes must not "
            "be negative, rows at least max(1, %lld) apart, and all of it must fit in memory",
            name, (long long)rows, (long long)columns, (long long)ld, (long long)columns);
        return VACCEL_EINVAL;
    }
    if (count && !data) {
        vaccel_error("SGEMM: matrix %s is NULL", name);
        return VACCEL_EINVAL;
    }
    return VACCEL_OK;
}

/* No product of two such sizes overflows: what nearly every call has, seen at a glance. */
static inline bool sizes_plain(int64_t m, int64_t n, int64_t k, int64_t lda, int64_t ldb,
                               int64_t ldc)
{
    return (uint64_t)(m | n | k | lda | ldb | ldc) < (1 << 30) && m && n && k && lda >= k &&
           ldb >= n && ldc >= n;
}

static int check(int64_t m, int64_t n, int64_t k, const float *a, int64_t lda, const float *b,
                 int64_t ldb, const float *c, int64_t ldc)
{
    int ret;

    if (__builtin_expect(a && b && c && sizes_plain(m, n, k, lda, ldb, ldc), 1))
        return VACCEL_OK;
    ret = check_matrix("A", m, k, lda, a);
    if (ret == VACCEL_OK)
        ret = check_matrix("B", k, n, ldb, b);
    return ret == VACCEL_OK ? check_matrix("C", m, n, ldc, c) : ret;
}

static int forward(const struct op_call *op, int64_t m, int64_t n, int64_t k, float alpha, float *a,
                   int64_t lda, float *b, int64_t ldb, float beta, float *c, int64_t ldc)
{
    size_t count_a;
    size_t count_b;
    size_t count_c;

    matrix_elements(m, k, lda, &count_a);
    matrix_elements(k, n, ldb, &count_b);
    matrix_elements(m, n, ldc, &count_c);

    struct vaccel_arg read[] = {
        op_int64(&m),
        op_int64(&n),
        op_int64(&k),
        op_float(&alpha),
        op_value(VACCEL_ARG_FLOAT32_ARRAY, a, count_a * sizeof(*a)),
        op_int64(&lda),
        op_value(VACCEL_ARG_FLOAT32_ARRAY, b, count_b * sizeof(*b)),
        op_int64(&ldb),
        op_float(&beta),
        op_int64(&ldc),
    };
    struct vaccel_arg write[] = {
        op_value(VACCEL_ARG_FLOAT32_ARRAY, c, count_c * sizeof(*c)),
    };

    return op_forward(op, read, 10, write, 1);
}

int vaccel_sgemm(struct vaccel_session *sess, int64_t m, int64_t n, int64_t k, float alpha,
                 float *a, int64_t lda, float *b, int64_t ldb, float beta, float *c, int64_t ldc)
{
    struct op_call op;
    int ret = op_begin(&op, sess, &op_sgemm);

    if (ret != VACCEL_OK)
        return ret;
    ret = check(m, n, k, a, lda, b, ldb, c, ldc);
    if (ret != VACCEL_OK || !m || !n)
        return op_end(&op, ret);
    if (op.func)
        ret = ((sgemm_fn)op.func)(sess, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
    else
        ret = forward(&op, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
    return op_end(&op, ret);
}

enum { M, N, K, ALPHA, A, LDA, B, LDB, BETA, LDC, NR_READ };
enum { C, NR_WRITE };

static bool count_a(const struct vaccel_op_call *call, size_t *count)
{
    return matrix_elements(op_get_int64(&call->read[M]), op_get_int64(&call->read[K]),
                           op_get_int64(&call->read[LDA]), count);
}

static bool count_b(const struct vaccel_op_call *call, size_t *count)
{
    return matrix_elements(op_get_int64(&call->read[K]), op_get_int64(&call->read[N]),
                           op_get_int64(&call->read[LDB]), count);
}

static bool count_c(const struct vaccel_op_call *call, size_t *count)
{
    return matrix_elements(op_get_int64(&call->read[M]), op_get_int64(&call->read[N]),
                           op_get_int64(&call->read[LDC]), count);
}

/* C goes in if its values count, or if there is padding between its rows to keep. */
static bool c_is_read(const struct vaccel_op_call *call)
{
    return op_get_float(&call->read[BETA]) != 0.0f ||
           op_get_int64(&call->read[LDC]) > op_get_int64(&call->read[N]);
}

static int unpack(struct vaccel_session *sess, struct vaccel_op_call *call)
{
    const struct vaccel_arg *read = call->read;

    return vaccel_sgemm(sess, op_get_int64(&read[M]), op_get_int64(&read[N]),
                        op_get_int64(&read[K]), op_get_float(&read[ALPHA]), read[A].buf,
                        op_get_int64(&read[LDA]), read[B].buf, op_get_int64(&read[LDB]),
                        op_get_float(&read[BETA]), call->write[C].buf, op_get_int64(&read[LDC]));
}

static const struct op_arg read_args[NR_READ] = {
    [M] = {"m", VACCEL_ARG_INT64, OP_IN},
    [N] = {"n", VACCEL_ARG_INT64, OP_IN},
    [K] = {"k", VACCEL_ARG_INT64, OP_IN},
    [ALPHA] = {"alpha", VACCEL_ARG_FLOAT32, OP_IN},
    [A] = {"a", VACCEL_ARG_FLOAT32_ARRAY, OP_IN, OP_IN_PLACE, count_a},
    [LDA] = {"lda", VACCEL_ARG_INT64, OP_IN},
    [B] = {"b", VACCEL_ARG_FLOAT32_ARRAY, OP_IN, OP_IN_PLACE, count_b},
    [LDB] = {"ldb", VACCEL_ARG_INT64, OP_IN},
    [BETA] = {"beta", VACCEL_ARG_FLOAT32, OP_IN},
    [LDC] = {"ldc", VACCEL_ARG_INT64, OP_IN},
};

static const struct op_arg write_args[NR_WRITE] = {
    [C] = {"c", VACCEL_ARG_FLOAT32_ARRAY, OP_INOUT, OP_IN_PLACE, count_c, c_is_read},
};

const struct op_spec op_sgemm = {
    .type = VACCEL_OP_BLAS_SGEMM,
    .read = read_args,
    .nr_read = NR_READ,
    .write = write_args,
    .nr_write = NR_WRITE,
    .unpack = unpack,
};
