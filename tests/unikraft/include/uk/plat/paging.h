/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STAND_IN_UK_PLAT_PAGING_H
#define STAND_IN_UK_PLAT_PAGING_H

#include <stddef.h>
#include <uk/arch/types.h>
#include <uk/falloc.h>

#define PAGE_SHIFT 12
#define PAGE_LEVEL 0 /* of the smallest pages; each level's are 512 times as large */
#define PAGE_Lx_SIZE(level) (1UL << (PAGE_SHIFT + 9 * (level)))
#define PAGE_SIZE PAGE_Lx_SIZE(PAGE_LEVEL)
#define PAGE_ALIGN_DOWN(address) ((address) & ~(PAGE_SIZE - 1))
#define PAGE_ALIGN_UP(address) PAGE_ALIGN_DOWN((address) + PAGE_SIZE - 1)

/* An entry: the physical address, and below that two bits. */
#define STAND_IN_PRESENT 1UL
#define STAND_IN_PAGE 128UL /* above level 0: no table, but a large page */
#define PT_Lx_PTE_PRESENT(entry, level) ((void)(level), ((entry)&STAND_IN_PRESENT) != 0)
#define PAGE_Lx_IS(entry, level) ((level) == PAGE_LEVEL || ((entry)&STAND_IN_PAGE))
#define PT_Lx_PTE_PADDR(entry, level) ((void)(level), PAGE_ALIGN_DOWN(entry))

struct uk_pagetable {
    struct uk_falloc *fa;
};

struct uk_pagetable *ukplat_pt_get_active(void);
/* From the top down to *@level, or to the level where there is nothing or a large page. */
int ukplat_pt_walk(struct uk_pagetable *table, __vaddr_t address, unsigned int *level,
                   __vaddr_t *table_at, __pte_t *entry);

#endif
