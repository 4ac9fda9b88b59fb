/* SPDX-License-Identifier: Apache-2.0 */
#include "ops/tensor.h"
#include "platform/platform.h"
#include "vaccel/error.h"

bool torch_element_size(enum vaccel_torch_data_type type, size_t *size)
{
    switch (type) {
    case VACCEL_TORCH_BYTE:
    case VACCEL_TORCH_CHAR:
        *size = 1;
        return true;
    case VACCEL_TORCH_SHORT:
    case VACCEL_TORCH_HALF:
        *size = 2;
        return true;
    case VACCEL_TORCH_INT:
    case VACCEL_TORCH_FLOAT:
        *size = 4;
        return true;
    case VACCEL_TORCH_LONG:
        *size = 8;
        return true;
    default:
        return false;
    }
}

int vaccel_torch_tensor_init(struct vaccel_torch_tensor *tensor, int64_t nr_dims,
                             const int64_t *dims, enum vaccel_torch_data_type type)
{
    void *copy;
    int ret = tensor ? tensor_copy_dims(nr_dims, dims, sizeof(*dims), &copy) : tensor_refuse_null();

    if (ret != VACCEL_OK)
        return ret;
    *tensor = (struct vaccel_torch_tensor){.nr_dims = nr_dims, .dims = copy, .data_type = type};
    return VACCEL_OK;
}

int vaccel_torch_tensor_release(struct vaccel_torch_tensor *tensor)
{
    if (!tensor)
        return tensor_refuse_null();
    if (tensor->owned)
        platform_free(tensor->data);
    platform_free(tensor->dims);
    *tensor = (struct vaccel_torch_tensor){0};
    return VACCEL_OK;
}

int vaccel_torch_tensor_allocate(struct vaccel_torch_tensor **tensor, int64_t nr_dims,
                                 const int64_t *dims, enum vaccel_torch_data_type type,
                                 size_t total_size)
{
    struct vaccel_torch_tensor *made;
    int ret;

    if (!tensor)
        return tensor_refuse_null();
    made = platform_alloc_zeroed(sizeof(*made));
    if (!made)
        return tensor_refuse_memory();
    ret = vaccel_torch_tensor_init(made, nr_dims, dims, type);
    if (ret == VACCEL_OK)
        ret = tensor_allocate_data(total_size, &made->data);
    if (ret != VACCEL_OK) {
        vaccel_torch_tensor_delete(made);
        return ret;
    }
    made->size = total_size;
    made->owned = total_size > 0;
    *tensor = made;
    return VACCEL_OK;
}

int vaccel_torch_tensor_new(struct vaccel_torch_tensor **tensor, int64_t nr_dims,
                            const int64_t *dims, enum vaccel_torch_data_type type)
{
    return vaccel_torch_tensor_allocate(tensor, nr_dims, dims, type, 0);
}

int vaccel_torch_tensor_delete(struct vaccel_torch_tensor *tensor)
{
    int ret = vaccel_torch_tensor_release(tensor);

    platform_free(tensor);
    return ret;
}

int vaccel_torch_tensor_set_data(struct vaccel_torch_tensor *tensor, void *data, size_t size)
{
    int ret = tensor_check_data(tensor, data, size);

    if (ret != VACCEL_OK)
        return ret;
    tensor->data = data;
    tensor->size = size;
    tensor->owned = false;
    return VACCEL_OK;
}

int vaccel_torch_tensor_take_data(struct vaccel_torch_tensor *tensor, void **data, size_t *size)
{
    if (!tensor || !data || !size)
        return tensor_refuse_null();
    *data = tensor->data;
    *size = tensor->size;
    return vaccel_torch_tensor_set_data(tensor, NULL, 0);
}

int vaccel_torch_buffer_init(struct vaccel_torch_buffer *buffer, char *data, size_t size)
{
    int ret = tensor_check_data(buffer, data, size);

    if (ret == VACCEL_OK)
        *buffer = (struct vaccel_torch_buffer){data, size};
    return ret;
}

int vaccel_torch_buffer_release(struct vaccel_torch_buffer *buffer)
{
    if (!buffer)
        return tensor_refuse_null();
    platform_free(buffer->data);
    *buffer = (struct vaccel_torch_buffer){0};
    return VACCEL_OK;
}

int vaccel_torch_buffer_new(struct vaccel_torch_buffer **buffer, char *data, size_t size)
{
    struct vaccel_torch_buffer *made;
    int ret = tensor_check_data(buffer, data, size);

    if (ret != VACCEL_OK)
        return ret;
    made = platform_alloc(sizeof(*made));
    if (!made)
        return tensor_refuse_memory();
    *made = (struct vaccel_torch_buffer){data, size};
    *buffer = made;
    return VACCEL_OK;
}

int vaccel_torch_buffer_delete(struct vaccel_torch_buffer *buffer)
{
    int ret = vaccel_torch_buffer_release(buffer);

    platform_free(buffer);
    return ret;
}

int vaccel_torch_buffer_take_data(struct vaccel_torch_buffer *buffer, void **data, size_t *size)
{
    if (!buffer || !data || !size)
        return tensor_refuse_null();
    *data = buffer->data;
    *size = buffer->size;
    *buffer = (struct vaccel_torch_buffer){0};
    return VACCEL_OK;
}
