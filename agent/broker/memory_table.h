/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BROKER_MEMORY_TABLE_H
#define BROKER_MEMORY_TABLE_H

#include "vhost/vhost.h"

/* The memory of a VM, as its front end describes it. The broker keeps it, and never maps it. */
struct memory_table {
    uint32_t nr_regions;
    struct vhost_region regions[VHOST_REGIONS_MOST];
    int fds[VHOST_REGIONS_MOST];
};

/*
 * Take over the regions and descriptors of a message in place of those that there are. NULL, or what is
 * wrong with them; then nothing has changed.
 */
const char *memory_table_replace(struct memory_table *table, struct vhost_message *message);

void memory_table_clear(struct memory_table *table);

/*
 * Whether @size bytes lie in one region, at a multiple of @align both where the front end has them
 * and in their file.
 */
bool memory_table_holds(const struct memory_table *table, uint64_t front_address, uint64_t size,
                        uint64_t align);

#endif
