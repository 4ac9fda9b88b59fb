/* SPDX-License-Identifier: Apache-2.0 */
#include "ops/tensor.h"
#include "platform/platform.h"
#include "platform/text.h"
#include "vaccel/error.h"

int vaccel_tf_buffer_init(struct vaccel_tf_buffer *buffer, void *data, size_t size)
{
    int ret = tensor_check_data(buffer, data, size);

    if (ret == VACCEL_OK)
        *buffer = (struct vaccel_tf_buffer){data, size};
    return ret;
}

int vaccel_tf_buffer_release(struct vaccel_tf_buffer *buffer)
{
    if (!buffer)
        return tensor_refuse_null();
    platform_free(buffer->data);
    *buffer = (struct vaccel_tf_buffer){0};
    return VACCEL_OK;
}

int vaccel_tf_buffer_new(struct vaccel_tf_buffer **buffer, void *data, size_t size)
{
    struct vaccel_tf_buffer *made;
    int ret = tensor_check_data(buffer, data, size);

    if (ret != VACCEL_OK)
        return ret;
    made = platform_alloc(sizeof(*made));
    if (!made)
        return tensor_refuse_memory();
    *made = (struct vaccel_tf_buffer){data, size};
    *buffer = made;
    return VACCEL_OK;
}

int vaccel_tf_buffer_delete(struct vaccel_tf_buffer *buffer)
{
    int ret = vaccel_tf_buffer_release(buffer);

    platform_free(buffer);
    return ret;
}

int vaccel_tf_buffer_take_data(struct vaccel_tf_buffer *buffer, void **data, size_t *size)
{
    if (!buffer || !data || !size)
        return tensor_refuse_null();
    *data = buffer->data;
    *size = buffer->size;
    *buffer = (struct vaccel_tf_buffer){0};
    return VACCEL_OK;
}

int vaccel_tf_node_init(struct vaccel_tf_node *node, const char *name, int id)
{
    char *copy;

    if (!node || !name)
        return tensor_refuse_null();
    copy = text_copy(name);
    if (!copy)
        return tensor_refuse_memory();
    *node = (struct vaccel_tf_node){copy, id};
    return VACCEL_OK;
}

int vaccel_tf_node_release(struct vaccel_tf_node *node)
{
    if (!node)
        return tensor_refuse_null();
    platform_free(node->name);
    *node = (struct vaccel_tf_node){0};
    return VACCEL_OK;
}

int vaccel_tf_node_new(struct vaccel_tf_node **node, const char *name, int id)
{
    struct vaccel_tf_node *made;
    int ret;

    if (!node)
        return tensor_refuse_null();
    made = platform_alloc(sizeof(*made));
    if (!made)
        return tensor_refuse_memory();
    ret = vaccel_tf_node_init(made, name, id);
    if (ret == VACCEL_OK)
        *node = made;
    else
        platform_free(made);
    return ret;
}

int vaccel_tf_node_delete(struct vaccel_tf_node *node)
{
    int ret = vaccel_tf_node_release(node);

    platform_free(node);
    return ret;
}

int vaccel_tf_status_init(struct vaccel_tf_status *status, uint8_t code, const char *message)
{
    char *copy;

    if (!status || !message)
        return tensor_refuse_null();
    copy = text_copy(message);
    if (!copy)
        return tensor_refuse_memory();
    *status = (struct vaccel_tf_status){code, copy};
    return VACCEL_OK;
}

int vaccel_tf_status_release(struct vaccel_tf_status *status)
{
    if (!status)
        return tensor_refuse_null();
    platform_free(status->message);
    *status = (struct vaccel_tf_status){0};
    return VACCEL_OK;
}

int vaccel_tf_status_new(struct vaccel_tf_status **status, uint8_t code, const char *message)
{
    struct vaccel_tf_status *made;
    int ret;

    if (!status)
        return tensor_refuse_null();
    made = platform_alloc(sizeof(*made));
    if (!made)
        return tensor_refuse_memory();
    ret = vaccel_tf_status_init(made, code, message);
    if (ret == VACCEL_OK)
        *status = made;
    else
        platform_free(made);
    return ret;
}

int vaccel_tf_status_delete(struct vaccel_tf_status *status)
{
    int ret = vaccel_tf_status_release(status);

    platform_free(status);
    return ret;
}
