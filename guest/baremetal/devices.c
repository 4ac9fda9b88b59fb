/* SPDX-License-Identifier: Apache-2.0 */
#include "acpi.h"
#include "cpu.h"
#include "machine.h"
#include "system_state.h"
#include "virtio/mmio.h"
#include "virtio/pci.h"
#include "virtio-vsock/driver.h"

#include <stdio.h>
#include <stdlib.h>

/* Where devices are: named on the command line, on PCI, and in the slots of QEMU's microvm. */

enum { PCI_ADDRESS = 0xcf8, PCI_DATA = 0xcfc, WORDS_MOST = 32 };
enum { ECAM_FUNCTION_SHIFT = 12, ECAM_BUS_SHIFT = 20 };

static const uint32_t pci_enable = UINT32_C(1) << 31;

enum { MICROVM_SLOTS = 0xfeb00000, MICROVM_SLOTS_MOST = 24, MICROVM_SLOTS_FEW = 8 };
/* Lines of the slots: of the second interrupt controller, or what is left on the only one. */
enum { MICROVM_FIRST_LINE = 24, MICROVM_FIRST_LINE_OF_FEW = 16 };

static struct {
    uint64_t address;
    unsigned int line;
} named[WORDS_MOST];
static size_t nr_named;
static struct acpi_ecam ecam;

/* <size>[KMG]@<address>:<line>[:<id>]; anything else is not for us. */
void devices_add_word(const char *word)
{
    char *end;
    uint64_t address;

    strtol(word, &end, 0);
    while (*end == 'K' || *end == 'M' || *end == 'G')
        end++;
    if (*end != '@' || nr_named == WORDS_MOST)
        return;
    address = (uint64_t)strtol(end + 1, &end, 0);
    if (*end != ':')
        return;
    named[nr_named].address = address;
    named[nr_named++].line = (unsigned int)strtol(end + 1, NULL, 0);
}

static uint32_t port_read(uint32_t function, uint32_t offset)
{
    cpu_out32(PCI_ADDRESS, pci_enable | function << 8 | offset);
    return cpu_in32(PCI_DATA);
}

static void port_write(uint32_t function, uint32_t offset, uint32_t value)
{
    cpu_out32(PCI_ADDRESS, pci_enable | function << 8 | offset);
    cpu_out32(PCI_DATA, value);
}

static volatile uint32_t *ecam_register(uint32_t function, uint32_t offset)
{
    uint64_t address = ecam.base + ((uint64_t)function << ECAM_FUNCTION_SHIFT) + offset;

    return (volatile uint32_t *)(uintptr_t)address;
}

static uint32_t ecam_read(uint32_t function, uint32_t offset)
{
    return function >> 8 <= ecam.last_bus ? *ecam_register(function, offset) : UINT32_MAX;
}

static void ecam_write(uint32_t function, uint32_t offset, uint32_t value)
{
    *ecam_register(function, offset) = value;
}

static volatile void *map(uint64_t address, uint64_t size)
{
    return memory_map(address, size) ? (volatile void *)(uintptr_t)address : NULL;
}

static const struct pci_access by_ports = {.read = port_read, .write = port_write};
static const struct pci_access by_ecam = {.read = ecam_read, .write = ecam_write};
static const struct virtio_machine machine = {
    .map = map,
    .message = interrupts_message,
    .line = interrupts_line,
    .sleep = interrupts_sleep,
};

/* The first function of bus 0 is the host bridge. What is not there reads as ones, or as zeros. */
static bool has_bridge(const struct pci_access *pci)
{
    uint32_t vendor = pci->read(0, 0) & 0xffff;

    return vendor && vendor != 0xffff;
}

static bool has_ports(void)
{
    cpu_out32(PCI_ADDRESS, pci_enable);
    return cpu_in32(PCI_ADDRESS) == pci_enable && has_bridge(&by_ports);
}

static bool has_ecam(void)
{
    return acpi_find_ecam(system_rsdp, &ecam) &&
           memory_map(ecam.base, (uint64_t)(ecam.last_bus + 1) << ECAM_BUS_SHIFT) &&
           has_bridge(&by_ecam);
}

static struct virtio_device *find_on_pci(const struct pci_access *pci,
                                         virtio_device_test *is_wanted)
{
    if (getenv("BOOT_REPORT"))
        fprintf(stderr, "pci: by %s\n", pci == &by_ecam ? "ECAM" : "ports");
    return virtio_pci_find(pci, &machine, is_wanted);
}

static struct virtio_device *find_named(virtio_device_test *is_wanted)
{
    struct virtio_device *found = NULL;
    size_t i;

    for (i = 0; !found && i < nr_named; i++)
        found = virtio_mmio_find(named[i].address, named[i].line, &machine, is_wanted);
    return found;
}

static struct virtio_device *find_in_slots(virtio_device_test *is_wanted)
{
    bool many = interrupts_has_line(MICROVM_FIRST_LINE);
    unsigned int first = many ? MICROVM_FIRST_LINE : MICROVM_FIRST_LINE_OF_FEW;
    unsigned int count = many ? MICROVM_SLOTS_MOST : MICROVM_SLOTS_FEW;
    struct virtio_device *found = NULL;
    unsigned int i;

    for (i = 0; !found && i < count; i++)
        found = virtio_mmio_find(MICROVM_SLOTS + (uint64_t)i * VIRTIO_MMIO_SIZE, first + i,
                                 &machine, is_wanted);
    return found;
}

static struct virtio_device *find(virtio_device_test *is_wanted)
{
    struct virtio_device *found = find_named(is_wanted);
    bool is_pc;

    if (found)
        return found;
    is_pc = has_ports(); /* which has something else where the slots would be */
    if (has_ecam())
        found = find_on_pci(&by_ecam, is_wanted);
    else if (is_pc)
        found = find_on_pci(&by_ports, is_wanted);
    return found || is_pc ? found : find_in_slots(is_wanted);
}

struct virtio_port *virtio_port_find(void)
{
    struct virtio_device *found = find(virtio_device_is_accelerator);

    return found ? &found->port : NULL;
}

struct virtio_device *virtio_vsock_find(void)
{
    return find(virtio_device_is_vsock);
}
