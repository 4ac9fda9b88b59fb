/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STAND_IN_UK_SGLIST_H
#define STAND_IN_UK_SGLIST_H

#include <stddef.h>
#include <stdint.h>
#include <uk/arch/types.h>

struct uk_sglist_seg {
    __paddr_t ss_paddr;
    size_t ss_len;
};

struct uk_sglist {
    struct uk_sglist_seg *sg_segs;
    uint16_t sg_nseg;
    uint16_t sg_maxseg;
};

static inline void uk_sglist_init(struct uk_sglist *list, uint16_t most,
                                  struct uk_sglist_seg *segments)
{
    *list = (struct uk_sglist){segments, 0, most};
}

#endif
