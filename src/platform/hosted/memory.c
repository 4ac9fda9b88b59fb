/* SPDX-License-Identifier: Apache-2.0 */
#include "platform/platform.h"

#include <stdlib.h>

void *platform_alloc(size_t size)
{
    return malloc(size);
}

void *platform_alloc_zeroed(size_t size)
{
    return calloc(1, size);
}

void *platform_realloc(void *data, size_t size)
{
    return realloc(data, size);
}

void platform_free(void *data)
{
    free(data);
}
