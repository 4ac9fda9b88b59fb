/* SPDX-License-Identifier: Apache-2.0 */
#include "ops/tensor.h"
#include "platform/platform.h"
#include "vaccel/error.h"

bool tf_element_size(enum vaccel_tf_data_type type, size_t *size)
{
    switch (type) {
    case VACCEL_TF_UINT8:
    case VACCEL_TF_INT8:
    case VACCEL_TF_BOOL:
    case VACCEL_TF_QINT8:
    case VACCEL_TF_QUINT8:
        *size = 1;
        return true;
    case VACCEL_TF_INT16:
    case VACCEL_TF_BFLOAT16:
    case VACCEL_TF_QINT16:
    case VACCEL_TF_QUINT16:
    case VACCEL_TF_UINT16:
    case VACCEL_TF_HALF:
        *size = 2;
        return true;
    case VACCEL_TF_FLOAT:
    case VACCEL_TF_INT32:
    case VACCEL_TF_QINT32:
    case VACCEL_TF_UINT32:
        *size = 4;
        return true;
    case VACCEL_TF_DOUBLE:
    case VACCEL_TF_COMPLEX64:
    case VACCEL_TF_INT64:
    case VACCEL_TF_UINT64:
        *size = 8;
        return true;
    case VACCEL_TF_COMPLEX128:
        *size = 16;
        return true;
    default:
        return false;
    }
}

int vaccel_tf_tensor_init(struct vaccel_tf_tensor *tensor, int nr_dims, const int64_t *dims,
                          enum vaccel_tf_data_type type)
{
    void *copy;
    int ret = tensor ? tensor_copy_dims(nr_dims, dims, sizeof(*dims), &copy) : tensor_refuse_null();

    if (ret != VACCEL_OK)
        return ret;
    *tensor = (struct vaccel_tf_tensor){.nr_dims = nr_dims, .dims = copy, .data_type = type};
    return VACCEL_OK;
}

int vaccel_tf_tensor_release(struct vaccel_tf_tensor *tensor)
{
    if (!tensor)
        return tensor_refuse_null();
    if (tensor->owned)
        platform_free(tensor->data);
    platform_free(tensor->dims);
    *tensor = (struct vaccel_tf_tensor){0};
    return VACCEL_OK;
}

int vaccel_tf_tensor_allocate(struct vaccel_tf_tensor **tensor, int nr_dims, const int64_t *dims,
                              enum vaccel_tf_data_type type, size_t total_size)
{
    struct vaccel_tf_tensor *made;
    int ret;

    if (!tensor)
        return tensor_refuse_null();
    made = platform_alloc_zeroed(sizeof(*made));
    if (!made)
        return tensor_refuse_memory();
    ret = vaccel_tf_tensor_init(made, nr_dims, dims, type);
    if (ret == VACCEL_OK)
        ret = tensor_allocate_data(total_size, &made->data);
    if (ret != VACCEL_OK) {
        vaccel_tf_tensor_delete(made);
        return ret;
    }
    made->size = total_size;
    made->owned = total_size > 0;
    *tensor = made;
    return VACCEL_OK;
}

int vaccel_tf_tensor_new(struct vaccel_tf_tensor **tensor, int nr_dims, const int64_t *dims,
                         enum vaccel_tf_data_type type)
{
    return vaccel_tf_tensor_allocate(tensor, nr_dims, dims, type, 0);
}

int vaccel_tf_tensor_delete(struct vaccel_tf_tensor *tensor)
{
    int ret = vaccel_tf_tensor_release(tensor);

    platform_free(tensor);
    return ret;
}

int vaccel_tf_tensor_set_data(struct vaccel_tf_tensor *tensor, void *data, size_t size)
{
    int ret = tensor_check_data(tensor, data, size);

    if (ret != VACCEL_OK)
        return ret;
    tensor->data = data;
    tensor->size = size;
    tensor->owned = false;
    return VACCEL_OK;
}

int vaccel_tf_tensor_take_data(struct vaccel_tf_tensor *tensor, void **data, size_t *size)
{
    if (!tensor || !data || !size)
        return tensor_refuse_null();
    *data = tensor->data;
    *size = tensor->size;
    return vaccel_tf_tensor_set_data(tensor, NULL, 0);
}
