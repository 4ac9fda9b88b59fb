/* SPDX-License-Identifier: Apache-2.0 */
#include "ops/model_tensor.h"
#include "ops/tensor.h"
#include "platform/checked.h"
#include "platform/text.h"
#include "vaccel.h"

/* Element types, and the tensors of the model calls. */

static const struct {
    const char *name;
    size_t size;
} types[] = {
    [VACCEL_DATA_UNKNOWN] = {"UNKNOWN", 0},
    [VACCEL_DATA_FLOAT32] = {"FLOAT32", 4},
    [VACCEL_DATA_FLOAT64] = {"FLOAT64", 8},
    [VACCEL_DATA_FLOAT16] = {"FLOAT16", 2},
    [VACCEL_DATA_BFLOAT16] = {"BFLOAT16", 2},
    [VACCEL_DATA_FLOAT8_E4M3] = {"FLOAT8_E4M3", 1},
    [VACCEL_DATA_FLOAT8_E5M2] = {"FLOAT8_E5M2", 1},
    [VACCEL_DATA_INT8] = {"INT8", 1},
    [VACCEL_DATA_INT16] = {"INT16", 2},
    [VACCEL_DATA_INT32] = {"INT32", 4},
    [VACCEL_DATA_INT64] = {"INT64", 8},
    [VACCEL_DATA_UINT8] = {"UINT8", 1},
    [VACCEL_DATA_UINT16] = {"UINT16", 2},
    [VACCEL_DATA_UINT32] = {"UINT32", 4},
    [VACCEL_DATA_UINT64] = {"UINT64", 8},
    [VACCEL_DATA_BOOL] = {"BOOL", 1},
    [VACCEL_DATA_COMPLEX64] = {"COMPLEX64", 8},
    [VACCEL_DATA_COMPLEX128] = {"COMPLEX128", 16},
    [VACCEL_DATA_STRING] = {"STRING", 0},
};

static bool is_known(uint32_t type)
{
    return type < sizeof(types) / sizeof(types[0]);
}

size_t vaccel_data_type_size(enum vaccel_data_type type)
{
    return is_known((uint32_t)type) ? types[type].size : 0;
}

const char *vaccel_data_type_name(enum vaccel_data_type type)
{
    return types[is_known((uint32_t)type) ? type : VACCEL_DATA_UNKNOWN].name;
}

/* @count lengths, and behind them as many bytes as they add up to. */
static bool strings_valid(const unsigned char *data, size_t size, size_t count)
{
    uint64_t length;
    size_t lengths;
    size_t left;
    size_t i;

    if (!size_mul(count, sizeof(length), &lengths) || lengths > size)
        return false;
    left = size - lengths;
    for (i = 0; i < count; i++) {
        memcpy(&length, data + i * sizeof(length), sizeof(length));
        if (length > left)
            return false;
        left -= (size_t)length;
    }
    return left == 0;
}

bool model_tensor_fits(enum vaccel_data_type type, uint32_t nr_dims, const int64_t *dims,
                       const void *data, size_t size)
{
    size_t element = vaccel_data_type_size(type);
    size_t needed;

    if (nr_dims > VACCEL_TENSOR_DIMS_MAX || (size && !data) ||
        !tensor_bytes(nr_dims, dims, sizeof(*dims), element ? element : 1, &needed))
        return false;
    if (type == VACCEL_DATA_STRING)
        return strings_valid(data, size, needed);
    return element && needed == size;
}

/* "FLOAT32 of 1 x 28 x 28" */
void model_tensor_text(char *text, size_t size, enum vaccel_data_type type, uint32_t nr_dims,
                       const int64_t *dims)
{
    size_t length;
    uint32_t i;

    text_format(text, size, "%s", vaccel_data_type_name(type));
    for (i = 0; i < nr_dims && i < VACCEL_TENSOR_DIMS_MAX; i++) {
        length = text_length(text);
        text_format(text + length, size - length, "%s%lld", i ? " x " : " of ", (long long)dims[i]);
    }
}

static struct vaccel_output output_of(const struct vaccel_tensor *tensor)
{
    return (struct vaccel_output){tensor->data, tensor->size, tensor->held};
}

static int take_output(struct vaccel_tensor *tensor, const struct vaccel_output *out, int ret)
{
    tensor->size = out->size;
    tensor->held = out->held;
    return ret;
}

int vaccel_tensor_put(struct vaccel_session *sess, struct vaccel_tensor *tensor,
                      enum vaccel_data_type type, uint32_t nr_dims, const int64_t *dims,
                      const void *data, size_t size)
{
    struct vaccel_output out;
    char text[MODEL_TENSOR_TEXT];

    if (!tensor || (nr_dims && !dims))
        return tensor_refuse_null();
    if (!model_tensor_fits(type, nr_dims, dims, data, size)) {
        model_tensor_text(text, sizeof(text), type, nr_dims, dims);
        vaccel_error("the engine gives an output of %zu bytes as %s: it cannot be that", size,
                     text);
        return VACCEL_EBACKEND;
    }
    tensor->data_type = type;
    tensor->nr_dims = nr_dims;
    if (nr_dims)
        memcpy(tensor->dims, dims, nr_dims * sizeof(*dims));
    out = output_of(tensor);
    return take_output(tensor, &out, vaccel_output_put(sess, &out, data, size));
}

int vaccel_tensor_fetch(struct vaccel_session *sess, struct vaccel_tensor *tensor)
{
    struct vaccel_output out;
    int ret;

    if (!tensor)
        return tensor_refuse_null();
    out = output_of(tensor);
    ret = take_output(tensor, &out, vaccel_output_fetch(sess, &out));
    if (ret != VACCEL_OK || model_tensor_fits(tensor->data_type, tensor->nr_dims, tensor->dims,
                                              tensor->data, tensor->size))
        return ret;
    vaccel_error("what was held is not the tensor that was described");
    return VACCEL_EBACKEND;
}

int vaccel_tensor_drop(struct vaccel_session *sess, struct vaccel_tensor *tensor)
{
    struct vaccel_output out;

    if (!tensor)
        return tensor_refuse_null();
    out = output_of(tensor);
    return take_output(tensor, &out, vaccel_output_drop(sess, &out));
}

void model_tensors_drop(struct vaccel_session *sess, struct vaccel_tensor *tensors, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++) {
        if (!tensors[i].held)
            continue;
        vaccel_tensor_drop(sess, &tensors[i]);
        tensors[i].held = 0;
        tensors[i].size = 0;
    }
}
