/* SPDX-License-Identifier: Apache-2.0 */
#include "libc/system.h"

#include <uk/plat/memory.h>

/* The archive that guest/libc looks for files in. */
void system_files(const void **archive, size_t *size)
{
    struct ukplat_memregion_desc *initrd;

    if (ukplat_memregion_find_initrd0(&initrd) < 0)
        return;
    *archive = (const void *)(initrd->vbase + initrd->pg_off);
    *size = initrd->len;
}
