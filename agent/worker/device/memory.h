/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WORKER_DEVICE_MEMORY_H
#define WORKER_DEVICE_MEMORY_H

#include "vhost/vhost.h"

#include <stdatomic.h>

/*
 * The guest's memory, as the front end handed it over: regions mapped from descriptors. It changes at
 * any time, as guest and front end like; what lies in it is read once, into memory of our own.
 *
 * A file that is not sealed against shrinking can take pages away under the worker, which then dies of it,
 * with this device alone.
 */
struct guest_region {
    uint64_t guest; /* guest-physical address */
    uint64_t front; /* address in the front end */
    uint64_t size;
    unsigned char *host;
    int fd;
    uint64_t offset;  /* in the file */
    bool small_pages; /* pieces of it may be mapped at the granularity of the processor's pages */
};

/* Whoever uses it keeps it from being unmapped. */
struct guest_memory {
    atomic_uint users;
    size_t nr_regions;
    struct guest_region regions[VHOST_REGIONS_MOST];
};

/*
 * Map @count regions, whose descriptors are taken over in any case. One user. NULL: they are not such that
 * they can be used; logged.
 */
struct guest_memory *guest_memory_new(const struct vhost_region *regions, size_t count,
                                      const int *fds);
struct guest_memory *guest_memory_use(struct guest_memory *memory);
/* The last one unmaps it. */
void guest_memory_leave(struct guest_memory *memory);

/* The region of a guest-physical address; NULL: there is no memory. */
const struct guest_region *guest_memory_at(const struct guest_memory *memory, uint64_t address);

/* Where @size bytes at an address in the front end lie; NULL: not in one region. */
void *guest_memory_front(const struct guest_memory *memory, uint64_t address, size_t size);

#endif
