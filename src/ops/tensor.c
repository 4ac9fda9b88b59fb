/* SPDX-License-Identifier: Apache-2.0 */
#include "ops/tensor.h"
#include "platform/checked.h"
#include "platform/platform.h"
#include "platform/text.h"
#include "vaccel/error.h"
#include "vaccel/log.h"
#include "vaccel/tensor.h"

int tensor_refuse_null(void)
{
    vaccel_error("a tensor, its buffer, node or status, or what goes into it is NULL");
    return VACCEL_EINVAL;
}

int tensor_refuse_memory(void)
{
    vaccel_error("no memory for a tensor");
    return VACCEL_ENOMEM;
}

static int64_t dim_at(const void *dims, size_t dim_size, int64_t i)
{
    return dim_size == sizeof(int32_t) ? ((const int32_t *)dims)[i] : ((const int64_t *)dims)[i];
}

bool tensor_bytes(int64_t nr_dims, const void *dims, size_t dim_size, size_t element_size,
                  size_t *bytes)
{
    const size_t most = SIZE_MAX / 2;
    bool is_empty = false;
    int64_t i, dim;

    *bytes = element_size;
    if (nr_dims < 0)
        return false;
    for (i = 0; i < nr_dims; i++) {
        dim = dim_at(dims, dim_size, i);
        is_empty |= !dim;
        if (dim < 0 || (uint64_t)dim > most || (dim && !size_mul(*bytes, (size_t)dim, bytes)) ||
            *bytes > most)
            return false;
    }
    if (is_empty)
        *bytes = 0;
    return true;
}

int tensor_copy_dims(int64_t nr_dims, const void *dims, size_t dim_size, void **copy)
{
    if (nr_dims < 1 || nr_dims > VACCEL_TENSOR_DIMS_MAX) {
        vaccel_error("a tensor has 1 to %d dimensions, not %lld", VACCEL_TENSOR_DIMS_MAX,
                     (long long)nr_dims);
        return VACCEL_EINVAL;
    }
    *copy = platform_alloc_zeroed((size_t)nr_dims * dim_size);
    if (!*copy)
        return tensor_refuse_memory();
    if (dims)
        memcpy(*copy, dims, (size_t)nr_dims * dim_size);
    return VACCEL_OK;
}

int tensor_check_data(const void *holder, const void *data, size_t size)
{
    if (!holder)
        return tensor_refuse_null();
    if (!data == !size)
        return VACCEL_OK;
    vaccel_error("a tensor or buffer with %zu bytes at %p: give both or neither", size, data);
    return VACCEL_EINVAL;
}

int tensor_allocate_data(size_t size, void **data)
{
    *data = size ? platform_alloc_zeroed(size) : NULL;
    return size && !*data ? tensor_refuse_memory() : VACCEL_OK;
}
