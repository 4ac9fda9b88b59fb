/* SPDX-License-Identifier: Apache-2.0 */
#include "ops/tensor_families.h"
#include "platform/checked.h"
#include "platform/text.h"
#include "vaccel.h"

/* Deprecated, as sgemm on tensors. */

typedef int (*torch_sgemm_fn)(struct vaccel_session *sess, struct vaccel_torch_tensor **A,
                              struct vaccel_torch_tensor **B, struct vaccel_torch_tensor **C, int M,
                              int N, int K, struct vaccel_torch_tensor **out);

static int check_matrix(const char *name, struct vaccel_torch_tensor **matrix, int rows,
                        int columns)
{
    size_t bytes;

    if (!matrix || rows < 1 || columns < 1) {
        vaccel_error("TORCH_SGEMM: matrix %s is NULL or has %d x %d elements", name, rows, columns);
        return VACCEL_EINVAL;
    }
    if (tensors_check(&tensor_family_torch, (void *const *)matrix, 1) != VACCEL_OK)
        return VACCEL_EINVAL;
    if (!size_mul((size_t)rows, (size_t)columns, &bytes) ||
        !size_mul(bytes, sizeof(float), &bytes) || (*matrix)->data_type != VACCEL_TORCH_FLOAT ||
        (*matrix)->size < bytes) {
        vaccel_error("TORCH_SGEMM: matrix %s must be %d x %d floats, and has %zu bytes", name, rows,
                     columns, (*matrix)->size);
        return VACCEL_EINVAL;
    }
    return VACCEL_OK;
}

static int forward(const struct op_call *op, void *const inputs[3], const int32_t sizes[3],
                   struct vaccel_torch_tensor **out)
{
    struct vaccel_arg before[] = {op_int32(&sizes[0]), op_int32(&sizes[1]), op_int32(&sizes[2])};
    struct tensor_run run = {
        .family = &tensor_family_torch,
        .before = before,
        .nr_before = 3,
        .inputs = inputs,
        .nr_inputs = 3,
        .outputs = (void **)out,
        .nr_outputs = 1,
    };

    return tensor_run_forward(op, &run);
}

int vaccel_torch_sgemm(struct vaccel_session *sess, struct vaccel_torch_tensor **A,
                       struct vaccel_torch_tensor **B, struct vaccel_torch_tensor **C, int M, int N,
                       int K, struct vaccel_torch_tensor **out)
{
    struct op_call op;
    int ret = tensors_room((void **)out, 1);

    if (ret == VACCEL_OK)
        ret = check_matrix("A", A, M, K);
    if (ret == VACCEL_OK)
        ret = check_matrix("B", B, K, N);
    if (ret == VACCEL_OK)
        ret = check_matrix("C", C, M, N);
    if (ret == VACCEL_OK)
        ret = op_begin(&op, sess, &op_torch_sgemm);
    if (ret != VACCEL_OK)
        return ret;
    if (op.func) {
        ret = ((torch_sgemm_fn)op.func)(sess, A, B, C, M, N, K, out);
    } else {
        void *const inputs[] = {*A, *B, *C};
        const int32_t sizes[] = {M, N, K};

        ret = forward(&op, inputs, sizes, out);
    }
    return op_end(&op, ret);
}

enum { SIZE_M, SIZE_N, SIZE_K, NR_READ };

static int typed(const struct tensor_unpacked *run)
{
    const struct vaccel_arg *read = run->call->read;
    struct vaccel_torch_tensor **inputs = (struct vaccel_torch_tensor **)run->inputs;

    if (run->nr_inputs != 3 || run->nr_outputs != 1) {
        vaccel_error("TORCH_SGEMM takes three tensors and returns one, not %zu and %zu",
                     run->nr_inputs, run->nr_outputs);
        return VACCEL_EINVAL;
    }
    return vaccel_torch_sgemm(run->sess, &inputs[0], &inputs[1], &inputs[2],
                              op_get_int32(&read[SIZE_M]), op_get_int32(&read[SIZE_N]),
                              op_get_int32(&read[SIZE_K]),
                              (struct vaccel_torch_tensor **)run->outputs);
}

static int unpack(struct vaccel_session *sess, struct vaccel_op_call *call)
{
    struct tensor_unpacked run = {.sess = sess, .call = call};

    return tensor_run_unpack(&tensor_family_torch, &run, NR_READ, 0, typed);
}

static const struct op_arg read_args[NR_READ] = {
    [SIZE_M] = {"M", VACCEL_ARG_INT32, OP_IN},
    [SIZE_N] = {"N", VACCEL_ARG_INT32, OP_IN},
    [SIZE_K] = {"K", VACCEL_ARG_INT32, OP_IN},
};

const struct op_spec op_torch_sgemm = {
    .type = VACCEL_OP_TORCH_SGEMM,
    .read = read_args,
    .nr_read = NR_READ,
    .more = tensor_more,
    .unpack = unpack,
};
