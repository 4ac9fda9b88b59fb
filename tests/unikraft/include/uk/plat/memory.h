/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STAND_IN_UK_PLAT_MEMORY_H
#define STAND_IN_UK_PLAT_MEMORY_H

#include <uk/arch/types.h>

/* Whole pages, and where in the first one it begins. */
struct ukplat_memregion_desc {
    __vaddr_t vbase;
    long pg_off;
    __sz len;
};

/* Below 0: there is none. */
int ukplat_memregion_find_initrd0(struct ukplat_memregion_desc **region);

#endif
