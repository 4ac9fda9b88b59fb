/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STAND_IN_UK_PLAT_LCPU_H
#define STAND_IN_UK_PLAT_LCPU_H

/* Interrupts of this processor. */
unsigned long ukplat_lcpu_save_irqf(void);
void ukplat_lcpu_restore_irqf(unsigned long flags);

#endif
