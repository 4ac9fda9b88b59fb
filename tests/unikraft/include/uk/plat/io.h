/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STAND_IN_UK_PLAT_IO_H
#define STAND_IN_UK_PLAT_IO_H

#include <uk/arch/types.h>

__paddr_t ukplat_virt_to_phys(const volatile void *address);

#endif
