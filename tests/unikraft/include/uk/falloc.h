/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STAND_IN_UK_FALLOC_H
#define STAND_IN_UK_FALLOC_H

#include <uk/arch/types.h>

/* Frames of physical memory. */
struct uk_falloc {
    int (*falloc)(struct uk_falloc *frames, __paddr_t *physical, unsigned long count,
                  unsigned long flags);
    int (*ffree)(struct uk_falloc *frames, __paddr_t physical, unsigned long count);
};

#endif
