/* SPDX-License-Identifier: Apache-2.0 */
#include "machine.h"

#include <string.h>

/* Page tables of four levels, and what memory there is. */

enum {
    PAGE_SIZE = 4096,
    ENTRIES = 512,
    LARGE_SIZE = 2 << 20,
    PRESENT = 1,
    WRITABLE = 2,
    LARGE = 0x80,
    TABLES_SPARE = 8, /* three of the first four GiB, one to protect pages, the rest for devices */
    FLAGS_MASK = PAGE_SIZE - 1,
    FIRST_MIB = 1 << 20, /* left to firmware */
};

static const uint64_t four_gib = UINT64_C(4) << 30;

struct table {
    uint64_t entries[ENTRIES];
};

/* The first three are filled by boot.S. */
#define PAGES __attribute__((section(".bss.page"), aligned(PAGE_SIZE)))
PAGES struct table memory_map_root;
PAGES struct table memory_first_pointers;
PAGES struct table memory_first_directory;
static PAGES struct table spare[TABLES_SPARE];

extern char image_start[];
extern char image_end[];
extern char text_end[];
extern char stack_guard[];

static size_t spare_used;
/* More tables, from what was to be heap: for memory above 4 GiB. */
static struct boot_range reserve;

static struct table *new_table(void)
{
    struct table *table;

    if (spare_used < TABLES_SPARE)
        return &spare[spare_used++];
    if (reserve.end - reserve.start < PAGE_SIZE)
        return NULL;
    table = (struct table *)(uintptr_t)reserve.start;
    reserve.start += PAGE_SIZE;
    memset(table, 0, sizeof(*table));
    return table;
}

static struct table *table_of(uint64_t entry)
{
    return (struct table *)(uintptr_t)(entry & ~(uint64_t)FLAGS_MASK);
}

/* The table below that has @address, made if it is not there; NULL: no memory. */
static struct table *below(struct table *table, uint64_t address, unsigned int shift)
{
    uint64_t *entry = &table->entries[address >> shift & (ENTRIES - 1)];
    struct table *next;

    if (*entry & PRESENT)
        return table_of(*entry);
    next = new_table();
    if (next)
        *entry = (uintptr_t)next | PRESENT | WRITABLE;
    return next;
}

static struct table *directory_of(uint64_t address)
{
    struct table *pointers = below(&memory_map_root, address, 39);

    return pointers ? below(pointers, address, 30) : NULL;
}

static bool map_large(uint64_t address)
{
    struct table *directory = directory_of(address);
    uint64_t *entry;

    if (!directory)
        return false;
    entry = &directory->entries[address >> 21 & (ENTRIES - 1)];
    if (!(*entry & PRESENT))
        *entry = address | PRESENT | WRITABLE | LARGE;
    return true;
}

static void load_map(void)
{
    __asm__ volatile("mov %0, %%cr3" ::"r"(&memory_map_root) : "memory");
}

bool memory_map(uint64_t address, uint64_t size)
{
    uint64_t first = address & ~(uint64_t)(LARGE_SIZE - 1);
    uint64_t end;

    if (__builtin_add_overflow(address, size, &end) || end > UINT64_C(1) << 47)
        return false;
    for (; first < end; first += LARGE_SIZE)
        if (!map_large(first))
            return false;
    return true;
}

const void *memory_see(uint64_t address, uint64_t size)
{
    if (address < PAGE_SIZE || address > four_gib || size > four_gib - address)
        return NULL;
    if (address < (uintptr_t)image_end && address + size > (uintptr_t)image_start)
        return NULL;
    return (const void *)(uintptr_t)address;
}

/* On the Linux way these tables are still empty, and the monitor's are in use. */
void memory_begin(void)
{
    memory_map_root.entries[0] = (uintptr_t)&memory_first_pointers | PRESENT | WRITABLE;
    memory_first_pointers.entries[0] = (uintptr_t)&memory_first_directory | PRESENT | WRITABLE;
    memory_map(0, four_gib);
    load_map();
}

static bool split(uint64_t *large)
{
    struct table *table = new_table();
    uint64_t address = *large & ~(uint64_t)FLAGS_MASK;
    size_t i;

    for (i = 0; table && i < ENTRIES; i++)
        table->entries[i] = (address + i * PAGE_SIZE) | PRESENT | WRITABLE;
    if (table)
        *large = (uintptr_t)table | PRESENT | WRITABLE;
    return table;
}

/* The entry of one page, in a table of pages of its own; NULL: no memory. */
static uint64_t *page_entry(uint64_t address)
{
    struct table *directory = directory_of(address);
    uint64_t *large = directory ? &directory->entries[address >> 21 & (ENTRIES - 1)] : NULL;

    if (!large || ((*large & LARGE) && !split(large)))
        return NULL;
    return &table_of(*large)->entries[address >> 12 & (ENTRIES - 1)];
}

static void set_page(const void *page, uint64_t flags)
{
    uint64_t *entry = page_entry((uintptr_t)page);

    if (entry)
        *entry = (uintptr_t)page | flags;
}

void memory_protect(void)
{
    const char *page;

    set_page(NULL, 0);
    set_page(stack_guard, 0);
    for (page = image_start; page + PAGE_SIZE <= text_end; page += PAGE_SIZE)
        set_page(page, PRESENT);
    load_map();
}

static struct boot_range larger(struct boot_range a, struct boot_range b)
{
    uint64_t size_a = a.end > a.start ? a.end - a.start : 0;
    uint64_t size_b = b.end > b.start ? b.end - b.start : 0;

    return size_b > size_a ? b : a;
}

/* The largest piece of @range that does not touch @obstacles. */
static struct boot_range free_piece(struct boot_range range, const struct boot_range *obstacles,
                                    size_t count)
{
    struct boot_range before = range;
    struct boot_range after = range;

    while (count && (obstacles->end <= range.start || obstacles->start >= range.end)) {
        obstacles++;
        count--;
    }
    if (!count)
        return range;
    before.end = obstacles->start;
    after.start = obstacles->end;
    before = before.end > before.start ? free_piece(before, obstacles + 1, count - 1)
                                       : (struct boot_range){0, 0};
    after = after.end > after.start ? free_piece(after, obstacles + 1, count - 1)
                                    : (struct boot_range){0, 0};
    return larger(before, after);
}

static struct boot_range largest(const struct boot *boot, uint64_t from, uint64_t to)
{
    struct boot_range obstacles[] = {{(uintptr_t)image_start, (uintptr_t)image_end}, boot->initrd};
    struct boot_range found = {0, 0};
    size_t i;

    for (i = 0; i < boot->nr_ram; i++) {
        struct boot_range range = boot->ram[i];

        range.start = range.start > from ? range.start : from;
        range.end = range.end < to ? range.end : to;
        if (range.start < range.end)
            found = larger(found, free_piece(range, obstacles, 2));
    }
    found.start = (found.start + PAGE_SIZE - 1) & ~(uint64_t)FLAGS_MASK;
    return found.start < found.end ? found : (struct boot_range){0, 0};
}

struct boot_range memory_heap(const struct boot *boot)
{
    struct boot_range low = largest(boot, FIRST_MIB, four_gib);
    struct boot_range high = largest(boot, four_gib, UINT64_C(1) << 47);

    if (high.end - high.start <= low.end - low.start)
        return low;
    reserve = low;
    return memory_map(high.start, high.end - high.start) ? high : reserve;
}
