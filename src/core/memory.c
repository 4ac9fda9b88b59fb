/* SPDX-License-Identifier: Apache-2.0 */
#include "vaccel/memory.h"
#include "platform/platform.h"
#include "vaccel/log.h"

void *vaccel_alloc(size_t size)
{
    void *data = platform_alloc_shared(size);

    if (!data)
        vaccel_error("there is no memory for a buffer of %zu bytes", size);
    return data;
}

void vaccel_free(void *data)
{
    platform_free_shared(data);
}
