/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STAND_IN_UK_PLAT_TIME_H
#define STAND_IN_UK_PLAT_TIME_H

#include <uk/arch/types.h>

__nsec ukplat_monotonic_clock(void);
__nsec ukplat_wall_clock(void);

#endif
