/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GUEST_BAREMETAL_INTERRUPTS_H
#define GUEST_BAREMETAL_INTERRUPTS_H

/* Between interrupts.c, which has the table, and apic.c, which has the controllers. */

/* Vectors. The lowest four bits of the spurious one are set, as old processors want. */
enum { INTERRUPTS_DEVICE = 0x40, INTERRUPTS_TIMER = 0x41, INTERRUPTS_SPURIOUS = 0x4f };

/* @stack  of the task state; 0: the one in use */
void interrupts_set(unsigned int vector, const void *handler, unsigned int stack);

#endif
