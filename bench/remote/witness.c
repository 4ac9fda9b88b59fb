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

/* The output says where the first input lies, as if that were its SGEMM's A. */
static int torch_run(struct vaccel_session *sess, struct vaccel_resource *model,
                     const struct vaccel_torch_buffer *run_options,
                     struct vaccel_torch_tensor *const *inputs, int nr_inputs,
                     struct vaccel_torch_tensor **outputs, int nr_outputs)
{
    const struct witness seen = {.a = nr_inputs ? (uintptr_t)inputs[0]->data : 0};
    const int64_t dims[] = {sizeof(seen)};
    int ret;

    (void)sess, (void)model, (void)run_options;
    if (nr_outputs != 1)
        return VACCEL_EINVAL;
    ret = vaccel_torch_tensor_allocate(&outputs[0], 1, dims, VACCEL_TORCH_BYTE, sizeof(seen));
    if (ret == VACCEL_OK)
        memcpy(outputs[0]->data, &seen, sizeof(seen));
    return ret;
}

static struct vaccel_op ops[] = {
    VACCEL_OP_INIT(sgemm, VACCEL_OP_BLAS_SGEMM, sgemm),
    VACCEL_OP_INIT(torch_run, VACCEL_OP_TORCH_MODEL_RUN, torch_run),
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
