/* SPDX-License-Identifier: Apache-2.0 */
#include "machine.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <uk/alloc.h>
#include <uk/plat/memory.h>
#include <uk/plat/io.h>
#include <uk/plat/paging.h>
#include <uk/vmem.h>

/* Where memory is, for the processor and for devices: what tests say of it, and the areas of rings. */

enum { RANGES_MOST = 32, ABOVE = 2, POOL_PAGES = 64 };

#define FRAMES_AT (UINT64_C(1) << 46)

struct range {
    uintptr_t start;
    uintptr_t end;
    uint64_t physical;
    unsigned int level;
    bool is_there;
    bool on_demand;
};

/* The last one that has an address counts. */
static struct range ranges[RANGES_MOST];
static size_t nr_ranges;

static struct range *add_range(const void *page, size_t size)
{
    uintptr_t start = (uintptr_t)page;

    must(nr_ranges < RANGES_MOST && start % PAGE_SIZE == 0);
    ranges[nr_ranges] = (struct range){.start = start, .end = start + size};
    return &ranges[nr_ranges++];
}

static struct range *find_range(uintptr_t address)
{
    size_t i;

    for (i = nr_ranges; i; i--)
        if (address >= ranges[i - 1].start && address < ranges[i - 1].end)
            return &ranges[i - 1];
    return NULL;
}

void memory_place(const void *page, size_t count, unsigned int level, uint64_t physical)
{
    struct range *range = add_range(page, count * PAGE_Lx_SIZE(level));

    must((uintptr_t)page % PAGE_Lx_SIZE(level) == 0 && physical % PAGE_Lx_SIZE(level) == 0);
    range->physical = physical;
    range->level = level;
    range->is_there = true;
}

void memory_take(const void *page, size_t count)
{
    add_range(page, count * PAGE_SIZE);
}

static void fault(int signal, siginfo_t *info, void *context)
{
    struct range *range = find_range((uintptr_t)info->si_addr);

    (void)signal;
    (void)context;
    must(range && range->on_demand && !range->is_there);
    range->is_there = true;
    range->level = PAGE_LEVEL;
    must(!mprotect((void *)range->start, range->end - range->start, PROT_READ | PROT_WRITE));
}

void memory_fill_on_demand(void *page, size_t count, uint64_t physical)
{
    const struct sigaction action = {.sa_sigaction = fault, .sa_flags = SA_SIGINFO};
    struct range *range = add_range(page, count * PAGE_SIZE);

    range->physical = physical;
    range->level = ABOVE;
    range->on_demand = true;
    must(!sigaction(SIGSEGV, &action, NULL));
    must(!mprotect(page, count * PAGE_SIZE, PROT_NONE));
}

void memory_forget(void)
{
    size_t i;

    for (i = 0; i < nr_ranges; i++)
        if (ranges[i].on_demand)
            mprotect((void *)ranges[i].start, ranges[i].end - ranges[i].start,
                     PROT_READ | PROT_WRITE);
    nr_ranges = 0;
}

static struct ukplat_memregion_desc initrd;

void memory_set_initrd(const void *data, size_t size)
{
    uintptr_t start = (uintptr_t)data;

    initrd.vbase = PAGE_ALIGN_DOWN(start);
    initrd.pg_off = (long)(start - initrd.vbase);
    initrd.len = size;
}

int ukplat_memregion_find_initrd0(struct ukplat_memregion_desc **region)
{
    if (!initrd.vbase)
        return -ENOENT;
    *region = &initrd;
    return 1;
}

/* Pages for areas, and which frame each has; 0: it is not mapped. Frames are counted from 1. */
static unsigned char pool[POOL_PAGES * PAGE_SIZE] __attribute__((aligned(4096)));
static size_t frame_of[POOL_PAGES];
static bool frame_used[POOL_PAGES + 1];

static bool in_pool(uintptr_t address)
{
    return address - (uintptr_t)pool < sizeof(pool);
}

static size_t page_of(uintptr_t address)
{
    return (address - (uintptr_t)pool) / PAGE_SIZE;
}

static uint64_t frame_address(size_t frame)
{
    return FRAMES_AT + frame * PAGE_SIZE;
}

bool memory_is_of_ring(const void *data)
{
    uintptr_t address = (uintptr_t)data;

    return in_pool(address) && frame_of[page_of(address)];
}

static bool find_place(uintptr_t address, uint64_t *physical, unsigned int *level)
{
    const struct range *range = find_range(address);

    *level = PAGE_LEVEL;
    if (memory_is_of_ring((void *)address)) {
        *physical = frame_address(frame_of[page_of(address)]) + address % PAGE_SIZE;
        return true;
    }
    if (!range) {
        *physical = address + PHYSICAL_OFFSET;
        return true;
    }
    *level = range->level;
    *physical = range->physical + (address - range->start);
    return range->is_there;
}

static void *address_of_frame(uint64_t physical)
{
    size_t i;

    for (i = 0; i < POOL_PAGES; i++)
        if (frame_of[i] && physical - frame_address(frame_of[i]) < PAGE_SIZE)
            return pool + i * PAGE_SIZE + physical % PAGE_SIZE;
    return NULL;
}

static void *address_in_range(uint64_t physical)
{
    size_t i;

    for (i = nr_ranges; i; i--)
        if (ranges[i - 1].is_there &&
            physical - ranges[i - 1].physical < ranges[i - 1].end - ranges[i - 1].start)
            return (void *)(ranges[i - 1].start + (uintptr_t)(physical - ranges[i - 1].physical));
    return NULL;
}

static void *address_at(uint64_t physical)
{
    void *found = address_of_frame(physical);

    if (!found)
        found = address_in_range(physical);
    if (found || physical - PHYSICAL_OFFSET > physical)
        return found;
    return (void *)(uintptr_t)(physical - PHYSICAL_OFFSET);
}

void *memory_at(uint64_t physical, size_t *size)
{
    unsigned char *start = address_at(physical);
    uint64_t most = *size;
    uint64_t done = PAGE_SIZE - physical % PAGE_SIZE;

    while (done < most && address_at(physical + done) == start + done)
        done += PAGE_SIZE;
    *size = done < most ? done : most;
    return start;
}

__paddr_t ukplat_virt_to_phys(const volatile void *address)
{
    unsigned int level;
    uint64_t physical;

    must(find_place((uintptr_t)address, &physical, &level));
    return physical;
}

static int allocate_frames(struct uk_falloc *frames, __paddr_t *physical, unsigned long count,
                           unsigned long flags)
{
    size_t first = 1;
    size_t got = 0;

    (void)frames;
    (void)flags;
    if (heap_fails())
        return -ENOMEM;
    for (; got < count; first = got ? first : first + 1) {
        must(first + got <= POOL_PAGES);
        if (!frame_used[first + got]) {
            got++;
            continue;
        }
        first += got;
        got = 0;
    }
    memset(frame_used + first, true, count);
    *physical = frame_address(first);
    return 0;
}

static int free_frames(struct uk_falloc *frames, __paddr_t physical, unsigned long count)
{
    size_t first = (physical - FRAMES_AT) / PAGE_SIZE;
    size_t i;

    (void)frames;
    must(physical > FRAMES_AT && first + count <= POOL_PAGES + 1);
    for (i = 0; i < count; i++) {
        must(frame_used[first + i]);
        frame_used[first + i] = false;
    }
    return 0;
}

size_t memory_frames_used(void)
{
    size_t count = 0;
    size_t i;

    for (i = 1; i <= POOL_PAGES; i++)
        count += frame_used[i];
    return count;
}

static struct uk_falloc frame_allocator = {allocate_frames, free_frames};
static struct uk_pagetable table = {&frame_allocator};

struct uk_pagetable *ukplat_pt_get_active(void)
{
    return &table;
}

int ukplat_pt_walk(struct uk_pagetable *walked, __vaddr_t address, unsigned int *level,
                   __vaddr_t *table_at, __pte_t *entry)
{
    uint64_t physical;
    unsigned int found;

    must(walked == &table && !table_at && *level == PAGE_LEVEL && address % PAGE_SIZE == 0);
    *entry = 0;
    if (!find_place(address, &physical, &found)) {
        *level = found;
        return 0;
    }
    *level = found;
    *entry =
        (physical & ~(PAGE_Lx_SIZE(found) - 1)) | STAND_IN_PRESENT | (found ? STAND_IN_PAGE : 0);
    return 0;
}

#ifdef CONFIG_LIBUKVMEM

static void *map_frames(__paddr_t physical, size_t count)
{
    size_t first = 0;
    size_t got;
    size_t i;

    for (;; first += got + 1) {
        must(first + count <= POOL_PAGES);
        for (got = 0; got < count && !frame_of[first + got]; got++)
            continue;
        if (got == count)
            break;
    }
    for (i = 0; i < count; i++)
        frame_of[first + i] = (physical - FRAMES_AT) / PAGE_SIZE + i;
    return pool + first * PAGE_SIZE;
}

void *memory_of_ring(struct uk_alloc *allocator, size_t size)
{
    size_t count = PAGE_ALIGN_UP(size) >> PAGE_SHIFT;
    __paddr_t physical;

    (void)allocator;
    if (table.fa->falloc(table.fa, &physical, count, 0))
        return NULL;
    return map_frames(physical, count);
}

struct uk_vas *uk_vas_get_active(void)
{
    return (struct uk_vas *)(void *)pool;
}

/* What is not mapped there does not matter. */
int uk_vma_unmap(struct uk_vas *space, __vaddr_t address, __sz size, unsigned long flags)
{
    size_t i;

    must(space == uk_vas_get_active() && !flags);
    must(in_pool(address) && address % PAGE_SIZE == 0 && size % PAGE_SIZE == 0);
    for (i = page_of(address); i < POOL_PAGES && size; i++, size -= PAGE_SIZE)
        frame_of[i] = 0;
    return 0;
}

#else

void *memory_of_ring(struct uk_alloc *allocator, size_t size)
{
    void *data;

    return uk_posix_memalign(allocator, &data, PAGE_SIZE, size) == 0 ? data : NULL;
}

#endif
