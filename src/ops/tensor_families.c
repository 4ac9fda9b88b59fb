/* SPDX-License-Identifier: Apache-2.0 */
#include "ops/tensor_families.h"
#include "ops/tensor.h"
#include "platform/checked.h"
#include "platform/text.h"
#include "vaccel.h"

/* Fill what is the same in every family. False: too many dimensions. */
static bool begin_desc(struct vaccel_tensor_desc *desc, int64_t nr_dims, size_t size, uint32_t type)
{
    memset(desc, 0, sizeof(*desc));
    if (nr_dims < 1 || nr_dims > VACCEL_TENSOR_DIMS_MAX)
        return false;
    desc->nr_dims = (uint32_t)nr_dims;
    desc->size = size;
    desc->data_type = type;
    return true;
}

static bool describe_tf(const void *object, struct vaccel_tensor_desc *desc, void **data)
{
    const struct vaccel_tf_tensor *tensor = object;

    if (!begin_desc(desc, tensor->nr_dims, tensor->size, (uint32_t)tensor->data_type) ||
        !tensor->dims)
        return false;
    memcpy(desc->dims, tensor->dims, desc->nr_dims * sizeof(desc->dims[0]));
    *data = tensor->data;
    return true;
}

static void *make_tf(const struct vaccel_tensor_desc *desc)
{
    struct vaccel_tf_tensor *tensor;
    int ret = vaccel_tf_tensor_new(&tensor, (int)desc->nr_dims, desc->dims,
                                   (enum vaccel_tf_data_type)desc->data_type);

    return ret == VACCEL_OK ? tensor : NULL;
}

static void set_data_tf(void *object, void *data, size_t size, bool own)
{
    struct vaccel_tf_tensor *tensor = object;

    tensor->data = data;
    tensor->size = size;
    tensor->owned = own;
}

static void free_tf(void *tensor)
{
    vaccel_tf_tensor_delete(tensor);
}

static bool element_tf(uint32_t type, size_t *size)
{
    return tf_element_size((enum vaccel_tf_data_type)type, size);
}

const struct tensor_family tensor_family_tf = {
    describe_tf, INT64_MAX, make_tf, set_data_tf, free_tf, element_tf,
};

static bool describe_tflite(const void *object, struct vaccel_tensor_desc *desc, void **data)
{
    const struct vaccel_tflite_tensor *tensor = object;
    uint32_t i;

    if (!begin_desc(desc, tensor->nr_dims, tensor->size, (uint32_t)tensor->data_type) ||
        !tensor->dims)
        return false;
    for (i = 0; i < desc->nr_dims; i++)
        desc->dims[i] = tensor->dims[i];
    *data = tensor->data;
    return true;
}

static void *make_tflite(const struct vaccel_tensor_desc *desc)
{
    struct vaccel_tflite_tensor *tensor;
    int32_t dims[VACCEL_TENSOR_DIMS_MAX];
    uint32_t i;
    int ret;

    for (i = 0; i < desc->nr_dims; i++)
        dims[i] = (int32_t)desc->dims[i];
    ret = vaccel_tflite_tensor_new(&tensor, (int)desc->nr_dims, dims,
                                   (enum vaccel_tflite_data_type)desc->data_type);
    return ret == VACCEL_OK ? tensor : NULL;
}

static void set_data_tflite(void *object, void *data, size_t size, bool own)
{
    struct vaccel_tflite_tensor *tensor = object;

    tensor->data = data;
    tensor->size = size;
    tensor->owned = own;
}

static void free_tflite(void *tensor)
{
    vaccel_tflite_tensor_delete(tensor);
}

static bool element_tflite(uint32_t type, size_t *size)
{
    return tflite_element_size((enum vaccel_tflite_data_type)type, size);
}

const struct tensor_family tensor_family_tflite = {
    describe_tflite, INT32_MAX, make_tflite, set_data_tflite, free_tflite, element_tflite,
};

static bool describe_torch(const void *object, struct vaccel_tensor_desc *desc, void **data)
{
    const struct vaccel_torch_tensor *tensor = object;

    if (!begin_desc(desc, tensor->nr_dims, tensor->size, (uint32_t)tensor->data_type) ||
        !tensor->dims)
        return false;
    memcpy(desc->dims, tensor->dims, desc->nr_dims * sizeof(desc->dims[0]));
    *data = tensor->data;
    return true;
}

static void *make_torch(const struct vaccel_tensor_desc *desc)
{
    struct vaccel_torch_tensor *tensor;
    int ret = vaccel_torch_tensor_new(&tensor, desc->nr_dims, desc->dims,
                                      (enum vaccel_torch_data_type)desc->data_type);

    return ret == VACCEL_OK ? tensor : NULL;
}

static void set_data_torch(void *object, void *data, size_t size, bool own)
{
    struct vaccel_torch_tensor *tensor = object;

    tensor->data = data;
    tensor->size = size;
    tensor->owned = own;
}

static void free_torch(void *tensor)
{
    vaccel_torch_tensor_delete(tensor);
}

static bool element_torch(uint32_t type, size_t *size)
{
    return torch_element_size((enum vaccel_torch_data_type)type, size);
}

const struct tensor_family tensor_family_torch = {
    describe_torch, INT64_MAX, make_torch, set_data_torch, free_torch, element_torch,
};
