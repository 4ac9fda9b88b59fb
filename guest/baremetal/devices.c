/* SPDX-License-Identifier: Apache-2.0 */
#include "cpu.h"
#include "machine.h"
#include "virtio/mmio.h"
#include "virtio/pci.h"

#include <stdlib.h>

/* Where devices are: named on the command line, on PCI, and in the slots of QEMU's microvm. */

enum { PCI_ADDRESS = 0xcf8, PCI_DATA = 0xcfc, WORDS_MOST = 32 };

static const uint32_t pci_enable = UINT32_C(1) << 31;

enum { MICROVM_SLOTS = 0xfeb00000, MICROVM_SLOTS_MOST = 24, MICROVM_SLOTS_FEW = 8 };
/* Lines of the slots: of the second interrupt controller, or what is left on the only one. */
enum { MICROVM_FIRST_LINE = 24, MICROVM_FIRST_LINE_OF_FEW = 16 };

static struct {
    uint64_t address;
    unsigned int line;
} named[WORDS_MOST];
static size_t nr_named;

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

static uint32_t pci_read(uint32_t function, uint32_t offset)
{
    cpu_out32(PCI_ADDRESS, pci_enable | function << 8 | offset);
    return cpu_in32(PCI_DATA);
}

static void pci_write(uint32_t function, uint32_t offset, uint32_t value)
{
    cpu_out32(PCI_ADDRESS, pci_enable | function << 8 | offset);
    cpu_out32(PCI_DATA, value);
}

static bool has_pci(void)
{
    cpu_out32(PCI_ADDRESS, pci_enable);
    return cpu_in32(PCI_ADDRESS) == pci_enable && (pci_read(0, 0) & 0xffff) != 0xffff;
}

static volatile void *map(uint64_t address, uint64_t size)
{
    return memory_map(address, size) ? (volatile void *)(uintptr_t)address : NULL;
}

static const struct pci_access ports = {.read = pci_read, .write = pci_write};
static const struct virtio_machine machine = {
    .map = map,
    .message = interrupts_message,
    .line = interrupts_line,
    .sleep = interrupts_sleep,
};

static struct virtio_port *find_named(void)
{
    struct virtio_port *found = NULL;
    size_t i;

    for (i = 0; !found && i < nr_named; i++)
        found = virtio_mmio_find(named[i].address, named[i].line, &machine);
    return found;
}

static struct virtio_port *find_in_slots(void)
{
    bool many = interrupts_has_line(MICROVM_FIRST_LINE);
    unsigned int first = many ? MICROVM_FIRST_LINE : MICROVM_FIRST_LINE_OF_FEW;
    unsigned int count = many ? MICROVM_SLOTS_MOST : MICROVM_SLOTS_FEW;
    struct virtio_port *found = NULL;
    unsigned int i;

    for (i = 0; !found && i < count; i++)
        found =
            virtio_mmio_find(MICROVM_SLOTS + (uint64_t)i * VIRTIO_MMIO_SIZE, first + i, &machine);
    return found;
}

struct virtio_port *virtio_port_find(void)
{
    struct virtio_port *found = find_named();

    if (found)
        return found;
    return has_pci() ? virtio_pci_find(&ports, &machine) : find_in_slots();
}
