/* SPDX-License-Identifier: Apache-2.0 */
#include "string_tensors.h"

#include <tensorflow/c/tf_tstring.h>

#include <stdlib.h>
#include <string.h>

static bool count_strings(const struct vaccel_tensor *tensor, size_t *count)
{
    uint32_t i;

    *count = 1;
    for (i = 0; i < tensor->nr_dims; i++)
        if (tensor->dims[i] < 0 || __builtin_mul_overflow(*count, (size_t)tensor->dims[i], count))
            return false;
    return *count <= tensor->size / sizeof(uint64_t);
}

/* Each length is read once: the memory may be a guest's. */
static bool copy_strings(const struct vaccel_tensor *tensor, TF_TString *strings, size_t count)
{
    const char *data = tensor->data;
    size_t at = count * sizeof(uint64_t);
    uint64_t length;
    size_t i;

    for (i = 0; i < count; i++) {
        memcpy(&length, data + i * sizeof(length), sizeof(length));
        if (length > tensor->size - at)
            return false;
        TF_StringCopy(&strings[i], data + at, length);
        at += length;
    }
    return at == tensor->size;
}

int string_tensor_import(const struct vaccel_tensor *tensor, TF_Tensor **imported)
{
    size_t count;
    size_t i;

    if (count_strings(tensor, &count)) {
        *imported = TF_AllocateTensor(TF_STRING, tensor->dims, (int)tensor->nr_dims,
                                      count * sizeof(TF_TString));
        if (!*imported)
            return VACCEL_ENOMEM;
        for (i = 0; i < count; i++)
            TF_StringInit((TF_TString *)TF_TensorData(*imported) + i);
        if (copy_strings(tensor, TF_TensorData(*imported), count))
            return VACCEL_OK;
    }
    vaccel_error("[tf] an input of strings has %zu bytes, which are not the lengths of its strings "
                 "and these strings",
                 tensor->size);
    return VACCEL_EINVAL;
}

static bool measure(const TF_TString *strings, size_t count, size_t *size)
{
    size_t i;

    if (__builtin_mul_overflow(count, sizeof(uint64_t), size))
        return false;
    for (i = 0; i < count; i++)
        if (__builtin_add_overflow(*size, TF_StringGetSize(&strings[i]), size))
            return false;
    return true;
}

static void flatten(const TF_TString *strings, size_t count, char *flat)
{
    char *at = flat + count * sizeof(uint64_t);
    uint64_t length;
    size_t i;

    for (i = 0; i < count; i++) {
        length = TF_StringGetSize(&strings[i]);
        memcpy(flat + i * sizeof(length), &length, sizeof(length));
        memcpy(at, TF_StringGetDataPointer(&strings[i]), length);
        at += length;
    }
}

int string_tensor_export(struct vaccel_session *sess, struct vaccel_tensor *tensor,
                         const TF_Tensor *exported, uint32_t nr_dims, const int64_t *dims)
{
    const size_t count = (size_t)TF_TensorElementCount(exported);
    const TF_TString *strings = TF_TensorData(exported);
    size_t size;
    char *flat;
    int ret;

    if (!measure(strings, count, &size))
        return VACCEL_ENOMEM;
    flat = malloc(size + 1);
    if (!flat)
        return VACCEL_ENOMEM;
    flatten(strings, count, flat);
    ret = vaccel_tensor_put(sess, tensor, VACCEL_DATA_STRING, nr_dims, dims, flat, size);
    free(flat);
    return ret;
}
