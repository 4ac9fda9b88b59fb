/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/broker/memory_table.h"
#include "agent/broker/let_go.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

static bool overflows(uint64_t start, uint64_t size)
{
    return start > UINT64_MAX - size;
}

static bool overlap(uint64_t one, uint64_t one_size, uint64_t other, uint64_t other_size)
{
    return one < other + other_size && other < one + one_size;
}

/* No file ends beyond INT64_MAX. */
static const char *check_region(const struct vhost_region *region)
{
    if (!region->size)
        return "a region of memory has no size";
    if (overflows(region->guest_address, region->size) ||
        overflows(region->front_address, region->size))
        return "a region of memory goes beyond the last address";
    if (overflows(region->offset, region->size) || region->offset + region->size > INT64_MAX)
        return "a region of memory goes beyond the end of any file";
    return NULL;
}

static const char *check_overlap(const struct vhost_region *one, const struct vhost_region *other)
{
    if (overlap(one->guest_address, one->size, other->guest_address, other->size))
        return "two regions of memory overlap in the guest";
    if (overlap(one->front_address, one->size, other->front_address, other->size))
        return "two regions of memory overlap in the front end";
    return NULL;
}

/* As far as it is known without asking a file system that may be the other side's own. */
static bool look_at(int fd, struct statx *file)
{
    const unsigned int wanted = STATX_TYPE | STATX_SIZE;

    return statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, wanted, file) == 0 &&
           (file->stx_mask & wanted) == wanted;
}

/* What can be mapped and written, and has a size that tells what is there. */
static const char *check_file(int fd, const struct vhost_region *region)
{
    struct statx file;

    if (!look_at(fd, &file) || !S_ISREG(file.stx_mode))
        return "the descriptor of a region is no memory and no file";
    if ((fcntl(fd, F_GETFL) & O_ACCMODE) != O_RDWR)
        return "the file of a region is not open for reading and writing";
    if (file.stx_size < region->offset + region->size)
        return "the file of a region is shorter than the region";
    return NULL;
}

static const char *check(const struct vhost_message *message)
{
    const struct vhost_memory *memory = &message->body.memory;
    const char *fault = NULL;
    uint32_t i;
    uint32_t j;

    for (i = 0; i < memory->nr_regions && !fault; i++) {
        fault = check_region(&memory->regions[i]);
        for (j = 0; j < i && !fault; j++)
            fault = check_overlap(&memory->regions[i], &memory->regions[j]);
        if (!fault)
            fault = check_file(message->fds[i], &memory->regions[i]);
    }
    return fault;
}

const char *memory_table_replace(struct memory_table *table, struct vhost_message *message)
{
    const char *fault = check(message);
    uint32_t i;

    if (fault)
        return fault;
    memory_table_clear(table);
    table->nr_regions = message->body.memory.nr_regions;
    for (i = 0; i < table->nr_regions; i++) {
        table->regions[i] = message->body.memory.regions[i];
        table->fds[i] = message->fds[i];
        message->fds[i] = -1;
    }
    return NULL;
}

void memory_table_clear(struct memory_table *table)
{
    uint32_t i;

    for (i = 0; i < table->nr_regions; i++)
        let_go(table->fds[i]);
    table->nr_regions = 0;
}

static bool region_holds(const struct vhost_region *region, uint64_t address, uint64_t size)
{
    return address >= region->front_address && size <= region->size &&
           address - region->front_address <= region->size - size;
}

bool memory_table_holds(const struct memory_table *table, uint64_t front_address, uint64_t size,
                        uint64_t align)
{
    uint32_t i;

    for (i = 0; i < table->nr_regions; i++) {
        const struct vhost_region *region = &table->regions[i];

        if (region_holds(region, front_address, size))
            return front_address % align == 0 &&
                   (front_address - region->front_address + region->offset) % align == 0;
    }
    return false;
}
