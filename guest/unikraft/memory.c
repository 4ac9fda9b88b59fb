/* SPDX-License-Identifier: Apache-2.0 */
#include "memory.h"

#include <uk/config.h>
#ifdef CONFIG_PAGING
#include <uk/plat/paging.h>
#endif

enum { SEGMENT_MOST = 1 << 30 };

#ifdef CONFIG_PAGING

/* What of a page lies behind @address, and in *@physical where. 0: nothing is mapped there. */
static size_t translate(uintptr_t address, uint64_t *physical)
{
    unsigned int level = PAGE_LEVEL;
    size_t offset;
    __pte_t entry;

    if (ukplat_pt_walk(ukplat_pt_get_active(), PAGE_ALIGN_DOWN(address), &level, NULL, &entry) ||
        !PT_Lx_PTE_PRESENT(entry, level) || !PAGE_Lx_IS(entry, level))
        return 0;
    offset = address & (PAGE_Lx_SIZE(level) - 1);
    *physical = PT_Lx_PTE_PADDR(entry, level) + offset;
    return PAGE_Lx_SIZE(level) - offset;
}

/*
 * A page of an area that is filled on demand is not there before somebody touched it. To read is enough, as
 * Unikraft gives such a page to its area for good, with the area's rights: there is no common page of zeros.
 */
static size_t translate_touched(uintptr_t address, uint64_t *physical)
{
    size_t size = translate(address, physical);

    if (size)
        return size;
    (void)*(const volatile unsigned char *)address;
    return translate(address, physical);
}

#else

/* Memory is seen at its physical address. */
static size_t translate_touched(uintptr_t address, uint64_t *physical)
{
    *physical = address;
    return SEGMENT_MOST;
}

#endif

/* False: there is no room for one more segment. */
static bool append(struct virtio_segment *segments, size_t room, size_t *count, uint64_t physical,
                   size_t size)
{
    struct virtio_segment *last = *count ? &segments[*count - 1] : NULL;

    if (last && last->address + last->size == physical && size <= SEGMENT_MOST - last->size) {
        last->size += (uint32_t)size;
        return true;
    }
    if (*count == room)
        return false;
    segments[(*count)++] = (struct virtio_segment){physical, (uint32_t)size};
    return true;
}

size_t memory_map(struct virtio_port *port, const void *data, size_t size,
                  struct virtio_segment *segments, size_t room)
{
    uintptr_t address = (uintptr_t)data;
    uint64_t physical;
    size_t count = 0;
    size_t part;

    (void)port;
    for (; size; address += part, size -= part) {
        part = translate_touched(address, &physical);
        if (part > SEGMENT_MOST)
            part = SEGMENT_MOST;
        if (part > size)
            part = size;
        if (!part || !append(segments, room, &count, physical, part))
            return 0;
    }
    return count;
}
