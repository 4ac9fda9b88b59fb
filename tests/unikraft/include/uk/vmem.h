/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STAND_IN_UK_VMEM_H
#define STAND_IN_UK_VMEM_H

#include <uk/arch/types.h>

/* The address space. */
struct uk_vas;

struct uk_vas *uk_vas_get_active(void);
int uk_vma_unmap(struct uk_vas *space, __vaddr_t address, __sz size, unsigned long flags);

#endif
