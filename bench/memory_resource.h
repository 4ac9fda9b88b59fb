/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_MEMORY_RESOURCE_H
#define BENCH_MEMORY_RESOURCE_H

#include "vaccel.h"

/* A resource of 64 MiB in memory, and something as large to copy it to. */
enum { PAYLOAD_SIZE = 64 << 20 };

struct payload {
    struct vaccel_session sess;
    void *data;
    void *copy;
};

/* With the noop plugin. Returns OK or an error. */
int payload_begin(struct payload *payload);
void payload_end(struct payload *payload);

/* Make the resource, register it, delete it; copy it. Both have the type `repeated`. */
int make_register_delete(void *payload, size_t calls);
int copy_once(void *payload, size_t calls);

#endif
