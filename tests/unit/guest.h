/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_GUEST_H
#define TESTS_GUEST_H

#include "agent/device.h"
#include "virtio/virtio.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

/*
 * A guest in the test's own process: memory in a memfd, and a ring in it. It is two regions that adjoin
 * for the guest, and lie the other way round in the file.
 */
enum {
    GUEST_QUEUE = 16,
    GUEST_REGION = 1 << 20,
    GUEST_DESC = 0, /* offsets from the beginning of the guest's memory */
    GUEST_AVAIL = 0x1000,
    GUEST_USED = 0x2000,
    GUEST_FREE = 0x4000, /* what a test may use */
    GUEST_SECOND = GUEST_REGION,
    GUEST_END = 2 * GUEST_REGION,
};

#define GUEST_PHYSICAL UINT64_C(0x40000000) /* of the beginning */
#define GUEST_FRONT UINT64_C(0x7f0000000000)

struct guest {
    int fd;
    unsigned char *file; /* as it lies there */
    struct device_state state;
    struct virtq_desc *desc;
    struct virtq_avail *avail;
    struct virtq_used *used;
    uint16_t seen; /* used entries that the test has looked at */
    int call;
};

/* Where the guest's @offset lies in the test's process. */
static inline unsigned char *guest_at(const struct guest *guest, size_t offset)
{
    return guest->file + (offset < GUEST_SECOND ? offset + GUEST_REGION : offset - GUEST_REGION);
}

static inline uint64_t guest_address(size_t offset)
{
    return GUEST_PHYSICAL + offset;
}

static inline void guest_begin(struct guest *guest, uint64_t features)
{
    struct vhost_region *regions = guest->state.regions;

    *guest = (struct guest){.fd = memfd_create("guest", MFD_CLOEXEC | MFD_ALLOW_SEALING)};
    if (guest->fd < 0 || ftruncate(guest->fd, GUEST_END) ||
        fcntl(guest->fd, F_ADD_SEALS, F_SEAL_SHRINK))
        abort();
    guest->file = mmap(NULL, GUEST_END, PROT_READ | PROT_WRITE, MAP_SHARED, guest->fd, 0);
    guest->state.features = features;
    guest->state.nr_regions = 2;
    guest->state.nr_rings = 1;
    regions[0] = (struct vhost_region){GUEST_PHYSICAL, GUEST_REGION, GUEST_FRONT, GUEST_REGION};
    regions[1] = (struct vhost_region){GUEST_PHYSICAL + GUEST_REGION, GUEST_REGION,
                                       GUEST_FRONT + 16 * (uint64_t)GUEST_REGION, 0};
    guest->state.rings[0] = (struct device_ring){.desc = GUEST_FRONT + GUEST_DESC,
                                                 .avail = GUEST_FRONT + GUEST_AVAIL,
                                                 .used = GUEST_FRONT + GUEST_USED,
                                                 .size = GUEST_QUEUE};
    guest->state.is_running = true;
    guest->desc = (void *)guest_at(guest, GUEST_DESC);
    guest->avail = (void *)guest_at(guest, GUEST_AVAIL);
    guest->used = (void *)guest_at(guest, GUEST_USED);
    guest->call = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

static inline void guest_end(struct guest *guest)
{
    munmap(guest->file, GUEST_END);
    close(guest->fd);
    close(guest->call);
}

/* The descriptors of the regions, each to be taken over. */
static inline void guest_fds(const struct guest *guest, int *fds)
{
    fds[0] = dup(guest->fd);
    fds[1] = dup(guest->fd);
}

/* One descriptor; @next below 0: it is the last. */
static inline void guest_put(struct guest *guest, uint16_t i, uint64_t address, uint32_t size,
                             uint16_t flags, int next)
{
    guest->desc[i] = (struct virtq_desc){address, size, flags, (uint16_t)(next < 0 ? 0 : next)};
    if (next >= 0)
        guest->desc[i].flags |= VIRTQ_DESC_F_NEXT;
}

static inline void guest_post(struct guest *guest, uint16_t head)
{
    uint16_t idx = guest->avail->idx;

    guest->avail->ring[idx % GUEST_QUEUE] = head;
    __atomic_store_n(&guest->avail->idx, (uint16_t)(idx + 1), __ATOMIC_SEQ_CST);
}

/* The next used entry. False: there is none. */
static inline bool guest_take(struct guest *guest, uint32_t *head, uint32_t *written)
{
    if (__atomic_load_n(&guest->used->idx, __ATOMIC_ACQUIRE) == guest->seen)
        return false;
    *head = guest->used->ring[guest->seen % GUEST_QUEUE].id;
    *written = guest->used->ring[guest->seen % GUEST_QUEUE].len;
    guest->seen++;
    return true;
}

/* Whether the device has told of something since the last time. */
static inline bool guest_called(struct guest *guest)
{
    uint64_t count;

    return read(guest->call, &count, sizeof(count)) == sizeof(count);
}

#endif
