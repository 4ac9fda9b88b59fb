/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/worker/device/memory.h"
#include "agent/log.h"
#include "agent/worker/device/log.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

static bool refuse(const char *why, uint64_t value)
{
    device_log("a region of memory cannot be used: %s (%llu)", why, (unsigned long long)value);
    return false;
}

static void warn_of_shrinking(int fd)
{
    static atomic_bool warned;
    int seals = fcntl(fd, F_GET_SEALS);

    if ((seals >= 0 && seals & F_SEAL_SHRINK) || atomic_exchange(&warned, true))
        return;
    device_log(
        "the memory is a file that is not sealed against shrinking: if it shrinks, the device's "
        "worker dies of it, and no other");
}

static bool ends_fit(const struct vhost_region *region)
{
    uint64_t end;

    return !__builtin_add_overflow(region->guest_address, region->size, &end) &&
           !__builtin_add_overflow(region->front_address, region->size, &end) &&
           !__builtin_add_overflow(region->offset, region->size, &end) && end <= INT64_MAX;
}

static bool check_file(const struct vhost_region *region, int fd)
{
    struct stat file;

    if (fd < 0 || fstat(fd, &file) || !S_ISREG(file.st_mode))
        return refuse(
            "its descriptor is not one of memory: start the VM with its memory in a memfd "
            "or file, and share=on",
            region->guest_address);
    if (region->offset + region->size > (uint64_t)file.st_size)
        return refuse("it reaches beyond the end of its file", region->offset + region->size);
    return true;
}

static bool check(const struct vhost_region *region, int fd)
{
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);

    if (!region->size || region->size % page)
        return refuse("its size is no multiple of the page size, or 0", region->size);
    if (region->offset % page)
        return refuse("it begins in the middle of a page of its file", region->offset);
    if (!ends_fit(region))
        return refuse("its end is beyond all addresses", region->size);
    return check_file(region, fd);
}

static bool overlap(uint64_t a, uint64_t size_a, uint64_t b, uint64_t size_b)
{
    return a < b + size_b && b < a + size_a;
}

static bool check_apart(const struct guest_memory *memory, const struct vhost_region *region)
{
    const struct guest_region *other;
    size_t i;

    for (i = 0; i < memory->nr_regions; i++) {
        other = &memory->regions[i];
        if (overlap(other->guest, other->size, region->guest_address, region->size))
            return refuse("it overlaps another one", region->guest_address);
    }
    return true;
}

/* Of a file of huge pages whole ones are mapped, so it begins at one. */
static uint64_t granule_of(int fd)
{
    struct statfs system;

    if (fstatfs(fd, &system) == 0 && system.f_type == HUGETLBFS_MAGIC)
        return (uint64_t)system.f_bsize;
    return (uint64_t)sysconf(_SC_PAGESIZE);
}

static size_t lead_of(const struct guest_region *region)
{
    return region->offset % granule_of(region->fd);
}

static bool map(struct guest_region *region)
{
    size_t lead = lead_of(region);
    void *at = mmap(NULL, lead + region->size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE,
                    region->fd, (off_t)(region->offset - lead));

    if (at == MAP_FAILED) {
        device_log("%llu bytes of memory cannot be mapped: %s", (unsigned long long)region->size,
                   strerror(errno));
        return false;
    }
    /* What a plugin executes is none of the guest's. */
    madvise(at, lead + region->size, MADV_DONTFORK);
    madvise(at, lead + region->size, MADV_DONTDUMP);
    region->host = (unsigned char *)at + lead;
    return true;
}

static bool add(struct guest_memory *memory, const struct vhost_region *from, int fd)
{
    struct guest_region *region = &memory->regions[memory->nr_regions];

    if (!check(from, fd) || !check_apart(memory, from))
        return false;
    *region = (struct guest_region){
        .guest = from->guest_address,
        .front = from->front_address,
        .size = from->size,
        .fd = fd,
        .offset = from->offset,
        .small_pages = granule_of(fd) == (uint64_t)sysconf(_SC_PAGESIZE),
    };
    if (!map(region))
        return false;
    warn_of_shrinking(fd);
    memory->nr_regions++;
    return true;
}

static void close_all(const int *fds, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++)
        if (fds[i] >= 0)
            close(fds[i]);
}

struct guest_memory *guest_memory_new(const struct vhost_region *regions, size_t count,
                                      const int *fds)
{
    struct guest_memory *memory = calloc(1, sizeof(*memory));
    size_t added;

    if (!memory || count > VHOST_REGIONS_MOST) {
        refuse(memory ? "there are too many" : "there is no memory for what is known of it", count);
        close_all(fds, count);
        free(memory);
        return NULL;
    }
    memory->users = 1;
    for (added = 0; added < count; added++)
        if (!add(memory, &regions[added], fds[added]))
            break;
    if (added == count)
        return memory;
    close_all(fds + added, count - added);
    guest_memory_leave(memory);
    return NULL;
}

struct guest_memory *guest_memory_use(struct guest_memory *memory)
{
    atomic_fetch_add_explicit(&memory->users, 1, memory_order_relaxed);
    return memory;
}

static void unmap(const struct guest_region *region)
{
    size_t lead = lead_of(region);

    munmap(region->host - lead, lead + region->size);
    close(region->fd);
}

void guest_memory_leave(struct guest_memory *memory)
{
    size_t i;

    if (!memory || atomic_fetch_sub_explicit(&memory->users, 1, memory_order_acq_rel) != 1)
        return;
    for (i = 0; i < memory->nr_regions; i++)
        unmap(&memory->regions[i]);
    free(memory);
}

const struct guest_region *guest_memory_at(const struct guest_memory *memory, uint64_t address)
{
    const struct guest_region *region;
    size_t i;

    for (i = 0; i < memory->nr_regions; i++) {
        region = &memory->regions[i];
        if (address >= region->guest && address - region->guest < region->size)
            return region;
    }
    return NULL;
}

void *guest_memory_front(const struct guest_memory *memory, uint64_t address, size_t size)
{
    const struct guest_region *region;
    size_t i;

    for (i = 0; i < memory->nr_regions; i++) {
        region = &memory->regions[i];
        if (address >= region->front && address - region->front < region->size &&
            size <= region->size - (address - region->front))
            return region->host + (address - region->front);
    }
    return NULL;
}
