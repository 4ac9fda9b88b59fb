/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GUEST_BAREMETAL_BOOT_H
#define GUEST_BAREMETAL_BOOT_H

#include <stddef.h>
#include <stdint.h>

/* What a monitor tells, by whichever protocol it entered. */

enum { BOOT_RANGES_MOST = 32, BOOT_COMMAND_LINE_SIZE = 4096 };

struct boot_range {
    uint64_t start;
    uint64_t end;
};

struct boot {
    char command_line[BOOT_COMMAND_LINE_SIZE];
    struct boot_range initrd;                /* empty: there is none */
    struct boot_range ram[BOOT_RANGES_MOST]; /* that nobody reserved */
    size_t nr_ram;
    uint64_t rsdp; /* where ACPI's tables begin; 0: not said */
};

/*
 * Copy what the monitor left somewhere in memory.
 * @protocol  BOOT_BY_PVH or BOOT_BY_LINUX
 * @address   of its struct
 */
void boot_read(struct boot *boot, int protocol, uint64_t address);

#endif
