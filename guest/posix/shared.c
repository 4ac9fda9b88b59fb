/* SPDX-License-Identifier: Apache-2.0 */
#include "platform/platform.h"

#include <stdlib.h>

/* All memory is alike: no accelerator sees it from elsewhere. */
enum { ALIGNMENT = 64 };

void *platform_alloc_shared(size_t size)
{
    void *data;

    return posix_memalign(&data, ALIGNMENT, size ? size : 1) == 0 ? data : NULL;
}

void platform_free_shared(void *data)
{
    free(data);
}
