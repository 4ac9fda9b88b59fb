/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GUEST_BAREMETAL_ACPI_H
#define GUEST_BAREMETAL_ACPI_H

#include <stdbool.h>
#include <stdint.h>

/* Where PCI's configuration space is mapped, from bus 0 on: a page for each function. */
struct acpi_ecam {
    uint64_t base; /* a multiple of 1 MiB */
    uint32_t last_bus;
};

/*
 * What ACPI's table MCFG says of segment 0. Nothing is believed of a table that memory_see() does not
 * show, or whose signature, length or checksum is wrong.
 * @rsdp  where the monitor said that the tables begin; 0, or nothing there: firmware's place is searched
 * False: there is no such table.
 */
bool acpi_find_ecam(uint64_t rsdp, struct acpi_ecam *ecam);

#endif
