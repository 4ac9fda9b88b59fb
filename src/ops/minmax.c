/* SPDX-License-Identifier: Apache-2.0 */
#include "ops/op.h"
#include "vaccel.h"

/* Deprecated. */

typedef int (*minmax_fn)(struct vaccel_session *sess, const double *indata, int ndata,
                         int low_threshold, int high_threshold, double *outdata, double *min,
                         double *max);

static int forward(const struct op_call *op, const double *indata, int32_t ndata, int32_t low,
                   int32_t high, double *outdata, double *min, double *max)
{
    size_t bytes = (size_t)ndata * sizeof(*indata);
    struct vaccel_arg read[] = {
        op_value(VACCEL_ARG_FLOAT64_ARRAY, indata, bytes),
        op_int32(&ndata),
        op_int32(&low),
        op_int32(&high),
    };
    struct vaccel_arg write[] = {
        op_value(VACCEL_ARG_FLOAT64_ARRAY, outdata, bytes),
        op_value(VACCEL_ARG_FLOAT64, min, sizeof(*min)),
        op_value(VACCEL_ARG_FLOAT64, max, sizeof(*max)),
    };

    return op_forward(op, read, 4, write, 3);
}

int vaccel_minmax(struct vaccel_session *sess, const double *indata, int ndata, int low_threshold,
                  int high_threshold, double *outdata, double *min, double *max)
{
    struct op_call op;
    int ret;

    if (!indata || !outdata || !min || !max || ndata < 1) {
        vaccel_error("MINMAX: an array or result is NULL, or there are %d values", ndata);
        return VACCEL_EINVAL;
    }
    ret = op_begin(&op, sess, &op_minmax);
    if (ret != VACCEL_OK)
        return ret;
    if (op.func)
        ret = ((minmax_fn)op.func)(sess, indata, ndata, low_threshold, high_threshold, outdata, min,
                                   max);
    else
        ret = forward(&op, indata, ndata, low_threshold, high_threshold, outdata, min, max);
    return op_end(&op, ret);
}

enum { INDATA, NDATA, LOW, HIGH, NR_READ };
enum { OUTDATA, MIN, MAX, NR_WRITE };

static bool count_data(const struct vaccel_op_call *call, size_t *count)
{
    int32_t ndata = op_get_int32(&call->read[NDATA]);

    *count = (size_t)ndata;
    return ndata > 0;
}

static int unpack(struct vaccel_session *sess, struct vaccel_op_call *call)
{
    const struct vaccel_arg *read = call->read;
    const struct vaccel_arg *write = call->write;

    return vaccel_minmax(sess, read[INDATA].buf, op_get_int32(&read[NDATA]),
                         op_get_int32(&read[LOW]), op_get_int32(&read[HIGH]), write[OUTDATA].buf,
                         write[MIN].buf, write[MAX].buf);
}

static const struct op_arg read_args[NR_READ] = {
    [INDATA] = {"indata", VACCEL_ARG_FLOAT64_ARRAY, OP_IN, OP_IN_PLACE | OP_ANY_TYPE, count_data},
    [NDATA] = {"ndata", VACCEL_ARG_INT32, OP_IN, OP_ANY_TYPE},
    [LOW] = {"low_threshold", VACCEL_ARG_INT32, OP_IN, OP_ANY_TYPE},
    [HIGH] = {"high_threshold", VACCEL_ARG_INT32, OP_IN, OP_ANY_TYPE},
};

static const struct op_arg write_args[NR_WRITE] = {
    [OUTDATA] = {"outdata", VACCEL_ARG_FLOAT64_ARRAY, OP_OUT, OP_IN_PLACE | OP_ANY_TYPE,
                 count_data},
    [MIN] = {"min", VACCEL_ARG_FLOAT64, OP_OUT, OP_ANY_TYPE},
    [MAX] = {"max", VACCEL_ARG_FLOAT64, OP_OUT, OP_ANY_TYPE},
};

const struct op_spec op_minmax = {
    .type = VACCEL_OP_MINMAX,
    .read = read_args,
    .nr_read = NR_READ,
    .write = write_args,
    .nr_write = NR_WRITE,
    .unpack = unpack,
};
