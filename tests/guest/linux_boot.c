/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Boots the image that its first argument names, of its initrd, as a monitor does by the Linux 64-bit
 * protocol: loads its segments, and enters at its ELF entry with a struct boot_params. The image gets the
 * other arguments and the same initrd. This program is linked to lie elsewhere. With ECAM=... in its
 * environment it tells of ACPI tables, which say that PCI's configuration space is there.
 */
#include "libc/system.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ELF_LOAD = 1, E820_RAM = 1, E820_ENTRY = 20, RAM_END = 96 << 20, IMAGE_MOST = 1 << 20 };
enum { TABLES = 0x80000, RSDP_SIZE = 20, ROOT_SIZE = 40, MCFG_SIZE = 60, CHECKSUM = 9 };
enum {
    RSDP = 0x070,
    E820_COUNT = 0x1e8,
    INITRD = 0x218,
    INITRD_SIZE = 0x21c,
    COMMAND_LINE = 0x228,
    E820 = 0x2d0
};

struct elf_header {
    uint8_t identification[16];
    uint16_t type, machine;
    uint32_t version;
    uint64_t entry, segments, sections;
    uint32_t flags;
    uint16_t size, segment_size, nr_segments;
};

struct elf_segment {
    uint32_t type, flags;
    uint64_t offset, address, physical, file_size, memory_size, alignment;
};

static uint8_t params[4096];
static char words[1024];
static uint8_t image[IMAGE_MOST];

static void set32(size_t offset, uint32_t value)
{
    memcpy(params + offset, &value, sizeof(value));
}

/* A table with its checksum. */
static uint64_t add_table(uint64_t address, uint8_t *table, size_t size, size_t checksum)
{
    uint8_t sum = 0;
    size_t i;

    for (i = 0; i < size; i++)
        sum = (uint8_t)(sum + table[i]);
    table[checksum] = (uint8_t)-sum;
    memcpy((void *)(uintptr_t)address, table, size);
    return address;
}

static void tell_of_ecam(uint64_t base)
{
    uint8_t mcfg[MCFG_SIZE] = {'M', 'C', 'F', 'G', MCFG_SIZE, [55] = 255};
    uint8_t root[ROOT_SIZE] = {'R', 'S', 'D', 'T', ROOT_SIZE};
    uint8_t rsdp[RSDP_SIZE] = "RSD PTR ";
    uint64_t at;

    memcpy(mcfg + 44, &base, sizeof(base));
    at = add_table(TABLES, mcfg, sizeof(mcfg), CHECKSUM);
    memcpy(root + 36, &at, 4);
    at = add_table(TABLES + 0x100, root, sizeof(root), CHECKSUM);
    memcpy(rsdp + 16, &at, 4);
    at = add_table(TABLES + 0x200, rsdp, sizeof(rsdp), CHECKSUM - 1);
    set32(RSDP, (uint32_t)at);
}

static void add_ram(uint64_t start, uint64_t size)
{
    uint8_t *entry = params + E820 + E820_ENTRY * params[E820_COUNT]++;
    uint32_t type = E820_RAM;

    memcpy(entry, &start, sizeof(start));
    memcpy(entry + 8, &size, sizeof(size));
    memcpy(entry + 16, &type, sizeof(type));
}

static void join(int count, char **arguments)
{
    int i;

    for (i = 0; i < count; i++)
        snprintf(words + strlen(words), sizeof(words) - strlen(words), "%s%s", i ? " " : "",
                 arguments[i]);
}

static void fill_params(void)
{
    const void *archive;
    size_t size;

    system_files(&archive, &size);
    add_ram(0, 0x9fc00);
    add_ram(1 << 20, RAM_END - (1 << 20));
    set32(INITRD, (uint32_t)(uintptr_t)archive);
    set32(INITRD_SIZE, (uint32_t)size);
    set32(COMMAND_LINE, (uint32_t)(uintptr_t)words);
}

static void load(const struct elf_header *header)
{
    uint16_t i;

    for (i = 0; i < header->nr_segments; i++) {
        struct elf_segment segment;

        memcpy(&segment, image + header->segments + (size_t)i * header->segment_size,
               sizeof(segment));
        if (segment.type == ELF_LOAD)
            memcpy((void *)(uintptr_t)segment.physical, image + segment.offset, segment.file_size);
    }
}

int main(int argc, char **argv)
{
    FILE *file = argc > 1 ? fopen(argv[1], "rb") : NULL;
    struct elf_header header;

    if (!file || fread(image, 1, sizeof(image), file) < sizeof(header))
        return 1;
    memcpy(&header, image, sizeof(header));
    join(argc - 2, argv + 2);
    fill_params();
    if (getenv("ECAM"))
        tell_of_ecam((uint64_t)strtol(getenv("ECAM"), NULL, 0));
    load(&header);
    __asm__ volatile("cli; jmp *%0" ::"r"(header.entry), "S"(params) : "memory");
    return 1;
}
