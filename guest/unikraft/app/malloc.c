/* SPDX-License-Identifier: Apache-2.0 */
#include <stddef.h>
#include <stdlib.h>

/* Of nolibc, whose malloc() makes blocks that an accelerator cannot use in place. */
void *memalign(size_t alignment, size_t size);

void *malloc(size_t size)
{
    enum { ALIGNMENT = 64 };

    return memalign(ALIGNMENT, size);
}
