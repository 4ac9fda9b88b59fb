/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every operation: its outputs are made of a digest of its inputs, so that one wrong byte on the
 * way in or out shows. An input that begins with '!' makes it fail, with its outputs filled.
 */
#include "digest.h"

#include <stdio.h>

static int noop(struct vaccel_session *sess)
{
    (void)sess;
    return VACCEL_OK;
}

static uint64_t add_args(uint64_t digest, const struct vaccel_arg *args, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        digest = digest_add(digest, &args[i].type, sizeof(args[i].type));
        digest = digest_add(digest, &args[i].custom_type_id, sizeof(args[i].custom_type_id));
        digest = digest_add(digest, args[i].buf, args[i].size);
    }
    return digest_add(digest, &count, sizeof(count));
}

static int fill_args(uint64_t digest, struct vaccel_arg *args, size_t count)
{
    for (size_t i = 0; i < count; i++)
        digest_fill(digest + i, args[i].buf, args[i].size);
    return VACCEL_OK;
}

static int exec(struct vaccel_session *sess, const char *library, const char *fn_symbol,
                struct vaccel_arg *read, size_t nr_read, struct vaccel_arg *write, size_t nr_write)
{
    uint64_t digest = digest_text(digest_text(1, library), fn_symbol);

    (void)sess;
    fill_args(add_args(digest, read, nr_read), write, nr_write);
    return fn_symbol[0] == '!' ? VACCEL_EBACKEND : VACCEL_OK;
}

static int exec_with_resource(struct vaccel_session *sess, struct vaccel_resource *res,
                              const char *fn_symbol, struct vaccel_arg *read, size_t nr_read,
                              struct vaccel_arg *write, size_t nr_write)
{
    uint64_t digest = digest_text(digest_resource(2, res), fn_symbol);

    (void)sess;
    fill_args(add_args(digest, read, nr_read), write, nr_write);
    return fn_symbol[0] == '!' ? VACCEL_EBACKEND : VACCEL_OK;
}

static int opencv(struct vaccel_session *sess, struct vaccel_arg *read, int nr_read,
                  struct vaccel_arg *write, int nr_write)
{
    (void)sess;
    return fill_args(add_args(3, read, (size_t)nr_read), write, (size_t)nr_write);
}

static int sgemm(struct vaccel_session *sess, int64_t m, int64_t n, int64_t k, float alpha,
                 float *a, int64_t lda, float *b, int64_t ldb, float beta, float *c, int64_t ldc)
{
    int64_t sizes[] = {m, n, k, lda, ldb, ldc};
    float factors[] = {alpha, beta};
    uint64_t digest = digest_add(digest_add(4, sizes, sizeof(sizes)), factors, sizeof(factors));

    (void)sess;
    for (int64_t i = 0; i < m; i++)
        digest = digest_add(digest, a + i * lda, (size_t)k * sizeof(*a));
    for (int64_t i = 0; i < k; i++)
        digest = digest_add(digest, b + i * ldb, (size_t)n * sizeof(*b));
    for (int64_t i = 0; i < m && beta != 0.0F; i++)
        digest = digest_add(digest, c + i * ldc, (size_t)n * sizeof(*c));
    for (int64_t i = 0; i < m; i++)
        digest_floats(digest + (uint64_t)i, c + i * ldc, (size_t)n);
    return VACCEL_OK;
}

static int minmax(struct vaccel_session *sess, const double *indata, int ndata, int low_threshold,
                  int high_threshold, double *outdata, double *min, double *max)
{
    int numbers[] = {ndata, low_threshold, high_threshold};
    uint64_t digest = digest_add(digest_add(5, indata, (size_t)ndata * sizeof(*indata)), numbers,
                                 sizeof(numbers));

    (void)sess;
    for (int i = 0; i < ndata; i++)
        outdata[i] = (double)(digest & 0xffff) + i;
    *min = (double)(digest & 0xff);
    *max = (double)(digest >> 8 & 0xff);
    return VACCEL_OK;
}

static int arraycopy(struct vaccel_session *sess, int a[], int out_a[], size_t len_a)
{
    (void)sess;
    digest_fill(digest_add(6, a, len_a * sizeof(*a)), out_a, len_a * sizeof(*out_a));
    return VACCEL_OK;
}

static uint64_t add_floats(uint64_t digest, const float a[], const float b[], size_t len)
{
    return digest_add(digest_add(digest, a, len * sizeof(*a)), b, len * sizeof(*b));
}

static int mmult(struct vaccel_session *sess, float a[], float b[], float c[], size_t len_a)
{
    (void)sess;
    digest_floats(add_floats(7, a, b, len_a), c, len_a);
    return VACCEL_OK;
}

static int parallel(struct vaccel_session *sess, float a[], float b[], float add_output[],
                    float mult_output[], size_t len_a)
{
    (void)sess;
    digest_floats(add_floats(8, a, b, len_a), add_output, len_a);
    digest_floats(add_floats(9, a, b, len_a), mult_output, len_a);
    return VACCEL_OK;
}

static int vadd(struct vaccel_session *sess, float a[], float b[], float c[], size_t len_a,
                size_t len_b)
{
    (void)sess;
    digest_floats(add_floats(10, a, b, len_b), c, len_a);
    return VACCEL_OK;
}

static struct vaccel_op ops[] = {
    VACCEL_OP_INIT(noop, VACCEL_OP_NOOP, noop),
    VACCEL_OP_INIT(exec, VACCEL_OP_EXEC, exec),
    VACCEL_OP_INIT(exec_with_resource, VACCEL_OP_EXEC_WITH_RESOURCE, exec_with_resource),
    VACCEL_OP_INIT(opencv, VACCEL_OP_OPENCV, opencv),
    VACCEL_OP_INIT(sgemm, VACCEL_OP_BLAS_SGEMM, sgemm),
    VACCEL_OP_INIT(minmax, VACCEL_OP_MINMAX, minmax),
    VACCEL_OP_INIT(arraycopy, VACCEL_OP_FPGA_ARRAYCOPY, arraycopy),
    VACCEL_OP_INIT(mmult, VACCEL_OP_FPGA_MMULT, mmult),
    VACCEL_OP_INIT(parallel, VACCEL_OP_FPGA_PARALLEL, parallel),
    VACCEL_OP_INIT(vadd, VACCEL_OP_FPGA_VECTORADD, vadd),
};

/* A digest of the arguments, by a name that only this plugin knows. */
static int named(struct vaccel_session *sess, struct vaccel_arg *read, size_t nr_read,
                 struct vaccel_arg *write, size_t nr_write)
{
    (void)sess;
    return fill_args(add_args(11, read, nr_read), write, nr_write);
}

/* Plugin mirror has one of this name, too. */
static int which_plugin(struct vaccel_session *sess, struct vaccel_arg *read, size_t nr_read,
                        struct vaccel_arg *write, size_t nr_write)
{
    (void)read, (void)nr_read;
    if (nr_write != 1)
        return VACCEL_EINVAL;
    snprintf(write[0].buf, write[0].size, "digest, 0x%x", sess->hint);
    return VACCEL_OK;
}

static const struct vaccel_named_op named_ops[] = {
    VACCEL_NAMED_OP_INIT("digest.of-all", named),
    VACCEL_NAMED_OP_INIT("which-plugin", which_plugin),
};

static int init(void)
{
    int ret = vaccel_plugin_register_ops(ops, sizeof(ops) / sizeof(ops[0]));

    if (ret == VACCEL_OK)
        ret = digest_register_models();
    if (ret == VACCEL_OK)
        ret = digest_register_pictures();
    if (ret == VACCEL_OK)
        ret = digest_register_engine(&vaccel_this_plugin);
    return ret ? ret : vaccel_plugin_register_named_ops(named_ops, 2);
}

static int fini(void)
{
    return VACCEL_OK;
}

VACCEL_PLUGIN(.name = "digest", .version = "1.0", .vaccel_version = VACCEL_VERSION,
              .type = VACCEL_PLUGIN_DEBUG, .init = init, .fini = fini)
