/* SPDX-License-Identifier: Apache-2.0 */
#include "memory_resource.h"

int payload_begin(struct payload *payload)
{
    int ret = vaccel_plugin_load("noop");

    if (ret != VACCEL_OK)
        return ret;
    payload->data = malloc(PAYLOAD_SIZE);
    payload->copy = malloc(PAYLOAD_SIZE);
    if (payload->data && payload->copy) {
        memset(payload->data, 1, PAYLOAD_SIZE);
        memset(payload->copy, 2, PAYLOAD_SIZE);
        ret = vaccel_session_init(&payload->sess, 0);
        if (ret == VACCEL_OK)
            return VACCEL_OK;
    }
    free(payload->data);
    free(payload->copy);
    return ret ? ret : VACCEL_ENOMEM;
}

void payload_end(struct payload *payload)
{
    vaccel_session_release(&payload->sess);
    free(payload->data);
    free(payload->copy);
}

static int make_once(struct payload *payload)
{
    struct vaccel_resource *resource;
    int ret = vaccel_resource_from_buf(&resource, payload->data, PAYLOAD_SIZE, VACCEL_RESOURCE_DATA,
                                       "payload", true);

    if (ret != VACCEL_OK)
        return ret;
    ret = vaccel_resource_register(resource, &payload->sess);
    return ret | vaccel_resource_delete(resource);
}

int make_register_delete(void *payload, size_t calls)
{
    int ret = VACCEL_OK;

    while (calls--)
        ret |= make_once(payload);
    return ret;
}

/* Through a pointer that the compiler does not know, so that it is done and by a function. */
static void *(*volatile copy_bytes)(void *to, const void *from, size_t size) = memcpy;

int copy_once(void *context, size_t calls)
{
    struct payload *payload = context;

    while (calls--)
        copy_bytes(payload->copy, payload->data, PAYLOAD_SIZE);
    return VACCEL_OK;
}
