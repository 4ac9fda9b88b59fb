/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GUEST_BAREMETAL_SYSTEM_STATE_H
#define GUEST_BAREMETAL_SYSTEM_STATE_H

#include "boot.h"
#include "command_line.h"

/* What start.c found, for system.c and devices.c. */
extern struct command_line system_words;
extern struct boot_range system_memory;
extern struct boot_range system_initrd;
extern uint64_t system_rsdp;

#endif
