/* SPDX-License-Identifier: Apache-2.0 */
#include "ops/op.h"
#include "platform/checked.h"
#include "vaccel.h"

/* Deprecated: four demonstrations on arrays of equal length. */

typedef int (*arraycopy_fn)(struct vaccel_session *sess, int a[], int out_a[], size_t len_a);
typedef int (*mmult_fn)(struct vaccel_session *sess, float a[], float b[], float c[], size_t len_a);
typedef int (*parallel_fn)(struct vaccel_session *sess, float a[], float b[], float add_output[],
                           float mult_output[], size_t len_a);
typedef int (*vadd_fn)(struct vaccel_session *sess, float a[], float b[], float c[], size_t len_a,
                       size_t len_b);

/* An int and a float are both four bytes here. */
_Static_assert(sizeof(int) == 4 && sizeof(float) == 4, "arrays of four-byte elements");

static int begin(struct op_call *op, struct vaccel_session *sess, const struct op_spec *spec,
                 bool present, size_t length)
{
    if (!present || !length || length > SIZE_MAX / sizeof(float)) {
        vaccel_error("%s: an array is NULL, or has the senseless length %zu",
                     vaccel_op_type_to_base_str(spec->type), length);
        return VACCEL_EINVAL;
    }
    return op_begin(op, sess, spec);
}

static struct vaccel_arg floats(float *data, size_t length)
{
    return op_value(VACCEL_ARG_FLOAT32_ARRAY, data, length * sizeof(float));
}

int vaccel_fpga_arraycopy(struct vaccel_session *sess, int a[], int out_a[], size_t len_a)
{
    struct op_call op;
    int ret = begin(&op, sess, &op_fpga_arraycopy, a && out_a, len_a);

    if (ret != VACCEL_OK)
        return ret;
    if (op.func) {
        ret = ((arraycopy_fn)op.func)(sess, a, out_a, len_a);
    } else {
        struct vaccel_arg read[] = {op_value(VACCEL_ARG_INT32_ARRAY, a, len_a * sizeof(int))};
        struct vaccel_arg write[] = {op_value(VACCEL_ARG_INT32_ARRAY, out_a, len_a * sizeof(int))};

        ret = op_forward(&op, read, 1, write, 1);
    }
    return op_end(&op, ret);
}

int vaccel_fpga_mmult(struct vaccel_session *sess, float a[], float b[], float c[], size_t len_a)
{
    struct op_call op;
    int ret = begin(&op, sess, &op_fpga_mmult, a && b && c, len_a);

    if (ret != VACCEL_OK)
        return ret;
    if (op.func) {
        ret = ((mmult_fn)op.func)(sess, a, b, c, len_a);
    } else {
        struct vaccel_arg read[] = {floats(a, len_a), floats(b, len_a)};
        struct vaccel_arg write[] = {floats(c, len_a)};

        ret = op_forward(&op, read, 2, write, 1);
    }
    return op_end(&op, ret);
}

int vaccel_fpga_parallel(struct vaccel_session *sess, float a[], float b[], float add_output[],
                         float mult_output[], size_t len_a)
{
    struct op_call op;
    int ret = begin(&op, sess, &op_fpga_parallel, a && b && add_output && mult_output, len_a);

    if (ret != VACCEL_OK)
        return ret;
    if (op.func) {
        ret = ((parallel_fn)op.func)(sess, a, b, add_output, mult_output, len_a);
    } else {
        struct vaccel_arg read[] = {floats(a, len_a), floats(b, len_a)};
        struct vaccel_arg write[] = {floats(add_output, len_a), floats(mult_output, len_a)};

        ret = op_forward(&op, read, 2, write, 2);
    }
    return op_end(&op, ret);
}

int vaccel_fpga_vadd(struct vaccel_session *sess, float a[], float b[], float c[], size_t len_a,
                     size_t len_b)
{
    struct op_call op;
    int ret = begin(&op, sess, &op_fpga_vadd, a && b && c && len_a == len_b, len_a);

    if (ret != VACCEL_OK)
        return ret;
    if (op.func) {
        ret = ((vadd_fn)op.func)(sess, a, b, c, len_a, len_b);
    } else {
        struct vaccel_arg read[] = {floats(a, len_a), floats(b, len_b)};
        struct vaccel_arg write[] = {floats(c, len_a)};

        ret = op_forward(&op, read, 2, write, 1);
    }
    return op_end(&op, ret);
}

/* The length that all arrays have is that of the first. */
static size_t length_of(const struct vaccel_op_call *call)
{
    return call->read[0].size / sizeof(float);
}

static bool count_as_first(const struct vaccel_op_call *call, size_t *count)
{
    *count = length_of(call);
    return true;
}

static int unpack_arraycopy(struct vaccel_session *sess, struct vaccel_op_call *call)
{
    return vaccel_fpga_arraycopy(sess, call->read[0].buf, call->write[0].buf, length_of(call));
}

static int unpack_mmult(struct vaccel_session *sess, struct vaccel_op_call *call)
{
    return vaccel_fpga_mmult(sess, call->read[0].buf, call->read[1].buf, call->write[0].buf,
                             length_of(call));
}

static int unpack_parallel(struct vaccel_session *sess, struct vaccel_op_call *call)
{
    return vaccel_fpga_parallel(sess, call->read[0].buf, call->read[1].buf, call->write[0].buf,
                                call->write[1].buf, length_of(call));
}

static int unpack_vadd(struct vaccel_session *sess, struct vaccel_op_call *call)
{
    return vaccel_fpga_vadd(sess, call->read[0].buf, call->read[1].buf, call->write[0].buf,
                            length_of(call), call->read[1].size / sizeof(float));
}

enum { IN_PLACE = OP_IN_PLACE | OP_ANY_TYPE };

static const struct op_arg ints_in[] = {
    {"a", VACCEL_ARG_INT32_ARRAY, OP_IN, IN_PLACE},
};

static const struct op_arg ints_out[] = {
    {"out_a", VACCEL_ARG_INT32_ARRAY, OP_OUT, IN_PLACE, count_as_first},
};

static const struct op_arg floats_in[] = {
    {"a", VACCEL_ARG_FLOAT32_ARRAY, OP_IN, IN_PLACE},
    {"b", VACCEL_ARG_FLOAT32_ARRAY, OP_IN, IN_PLACE, count_as_first},
};

static const struct op_arg floats_out[] = {
    {"first output", VACCEL_ARG_FLOAT32_ARRAY, OP_OUT, IN_PLACE, count_as_first},
    {"second output", VACCEL_ARG_FLOAT32_ARRAY, OP_OUT, IN_PLACE, count_as_first},
};

const struct op_spec op_fpga_arraycopy = {
    VACCEL_OP_FPGA_ARRAYCOPY, ints_in, 1, ints_out, 1, NULL, unpack_arraycopy,
};

const struct op_spec op_fpga_mmult = {
    VACCEL_OP_FPGA_MMULT, floats_in, 2, floats_out, 1, NULL, unpack_mmult,
};

const struct op_spec op_fpga_parallel = {
    VACCEL_OP_FPGA_PARALLEL, floats_in, 2, floats_out, 2, NULL, unpack_parallel,
};

const struct op_spec op_fpga_vadd = {
    VACCEL_OP_FPGA_VECTORADD, floats_in, 2, floats_out, 1, NULL, unpack_vadd,
};
