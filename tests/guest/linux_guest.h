/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GUEST_LINUX_GUEST_H
#define GUEST_LINUX_GUEST_H

/* What the first program of a Linux guest does first and last. */

/* Mount what programs expect, and load the modules in /modules, in the order of their names. */
void linux_guest_begin(void);

/* Do that for each file in a folder but hidden ones, in the order of their names. */
void linux_guest_for_each(const char *folder, void (*act)(const char *name));

_Noreturn void linux_guest_power_off(void);

#endif
