/* SPDX-License-Identifier: Apache-2.0 */
#include "boot.h"
#include "boot_protocol.h"
#include "machine.h"

#include <string.h>

enum { PVH_MAGIC = 0x336ec578, MEMORY_IS_RAM = 1 };

struct hvm_start_info {
    uint32_t magic;
    uint32_t version;
    uint32_t flags;
    uint32_t nr_modules;
    uint64_t modules;
    uint64_t command_line;
    uint64_t rsdp;
    /* since version 1 */
    uint64_t memory_map;
    uint32_t memory_map_entries;
    uint32_t reserved;
};

struct hvm_module {
    uint64_t address;
    uint64_t size;
    uint64_t command_line;
    uint64_t reserved;
};

struct hvm_memory {
    uint64_t address;
    uint64_t size;
    uint32_t type;
    uint32_t reserved;
};

/* Where struct boot_params, a page of bytes, has what is used of it. */
enum {
    PARAMS_RSDP = 0x070,
    PARAMS_EXT_INITRD_ADDRESS = 0x0c0,
    PARAMS_EXT_INITRD_SIZE = 0x0c4,
    PARAMS_EXT_COMMAND_LINE = 0x0c8,
    PARAMS_E820_ENTRIES = 0x1e8,
    PARAMS_INITRD_ADDRESS = 0x218,
    PARAMS_INITRD_SIZE = 0x21c,
    PARAMS_COMMAND_LINE = 0x228,
    PARAMS_E820 = 0x2d0,
    E820_ENTRY_SIZE = 20,
    E820_MOST = 128,
};

static const void *at(uint64_t address)
{
    return (const void *)(uintptr_t)address;
}

static void add_memory(struct boot *boot, uint64_t address, uint64_t size, uint32_t type)
{
    uint64_t end;

    if (type != MEMORY_IS_RAM || !size || __builtin_add_overflow(address, size, &end))
        return;
    if (boot->nr_ram < BOOT_RANGES_MOST)
        boot->ram[boot->nr_ram++] = (struct boot_range){address, end};
}

static void copy_command_line(struct boot *boot, uint64_t address)
{
    size_t length = address ? strnlen(at(address), BOOT_COMMAND_LINE_SIZE) : 0;

    if (length == BOOT_COMMAND_LINE_SIZE)
        machine_panic("the command line is longer than 4095 bytes");
    if (length)
        memcpy(boot->command_line, at(address), length);
    boot->command_line[length] = '\0';
}

static void read_pvh(struct boot *boot, const struct hvm_start_info *info)
{
    const struct hvm_memory *memory = at(info->memory_map);
    const struct hvm_module *module = at(info->modules);
    uint32_t i;

    if (info->magic != PVH_MAGIC || info->version < 1)
        machine_panic("the PVH start info is unknown or has no memory map: version 1 is needed");
    for (i = 0; i < info->memory_map_entries; i++)
        add_memory(boot, memory[i].address, memory[i].size, memory[i].type);
    if (info->nr_modules)
        boot->initrd = (struct boot_range){module->address, module->address + module->size};
    boot->rsdp = info->rsdp;
    copy_command_line(boot, info->command_line);
}

static uint32_t field(const uint8_t *params, size_t offset)
{
    uint32_t value;

    memcpy(&value, params + offset, sizeof(value));
    return value;
}

static uint64_t wide_field(const uint8_t *params, size_t low, size_t high)
{
    return field(params, low) | (uint64_t)field(params, high) << 32;
}

static void read_linux(struct boot *boot, const uint8_t *params)
{
    const uint8_t *entry = params + PARAMS_E820;
    uint64_t initrd = wide_field(params, PARAMS_INITRD_ADDRESS, PARAMS_EXT_INITRD_ADDRESS);
    uint64_t size = wide_field(params, PARAMS_INITRD_SIZE, PARAMS_EXT_INITRD_SIZE);
    size_t i;

    for (i = 0; i < params[PARAMS_E820_ENTRIES] && i < E820_MOST; i++, entry += E820_ENTRY_SIZE)
        add_memory(boot, wide_field(entry, 0, 4), wide_field(entry, 8, 12), field(entry, 16));
    if (initrd && size)
        boot->initrd = (struct boot_range){initrd, initrd + size};
    boot->rsdp = wide_field(params, PARAMS_RSDP, PARAMS_RSDP + 4);
    copy_command_line(boot, wide_field(params, PARAMS_COMMAND_LINE, PARAMS_EXT_COMMAND_LINE));
}

void boot_read(struct boot *boot, int protocol, uint64_t address)
{
    memset(boot, 0, sizeof(*boot));
    if (protocol == BOOT_BY_PVH)
        read_pvh(boot, at(address));
    else
        read_linux(boot, at(address));
}
