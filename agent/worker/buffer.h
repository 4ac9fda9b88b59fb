/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WORKER_BUFFER_H
#define WORKER_BUFFER_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * Memory for the arguments of calls. A connection keeps one large buffer for its next call: fresh
 * pages cost more than moving the bytes that come into them. It never serves another connection.
 */

enum { BUFFER_ALIGN = 64 }; /* of every argument: what any type and vector instruction asks for */

struct buffer {
    unsigned char *data;
    size_t size;
    bool zeroed; /* by the kernel */
};

struct buffer_cache {
    pthread_mutex_t lock;
    struct buffer kept;
};

void buffer_cache_begin(struct buffer_cache *cache);
void buffer_cache_end(struct buffer_cache *cache);

/* At least @size bytes, at a multiple of BUFFER_ALIGN. False: no memory. */
bool buffer_take(struct buffer_cache *cache, size_t size, struct buffer *buffer);
/* Give it back, or nothing if there is none. */
void buffer_give(struct buffer_cache *cache, struct buffer *buffer);

#endif
