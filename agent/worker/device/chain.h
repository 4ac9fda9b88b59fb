/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WORKER_DEVICE_CHAIN_H
#define WORKER_DEVICE_CHAIN_H

#include "agent/device.h"
#include "agent/worker/device/memory.h"
#include "virtio/accel.h"
#include "wire/pieces.h"

/*
 * A descriptor chain, as it was when it was taken: pieces of the guest's memory to read, and pieces to
 * write. Each of the two is a run of bytes; where one piece ends means nothing.
 */

/* Descriptors may be split where regions adjoin. */
enum { CHAIN_SEGMENTS_MOST = DEVICE_QUEUE_MOST + 8 * VHOST_REGIONS_MOST };

struct segment {
    unsigned char *data;
    size_t size;
    const struct guest_region *region;
};

struct chain_side {
    const struct segment *segments;
    size_t count;
    uint64_t size;
    size_t at; /* where the last look ended: a segment, and the byte at which it begins */
    uint64_t begin;
};

struct chain {
    uint16_t head;
    struct accel_head accel; /* the first bytes to read; zeros if there are fewer */
    struct chain_side read;
    struct chain_side write;
    size_t nr_segments;
    struct segment segments[CHAIN_SEGMENTS_MOST];
};

/* For ring.c: begin, and add memory behind what is there. False: there are too many pieces. */
void chain_begin(struct chain *chain, uint16_t head);
bool chain_add(struct chain *chain, bool write, const struct guest_region *region, uint64_t address,
               size_t size);

/* Copy @size bytes from or to the @at-th. False, and nothing done: there are not as many. */
bool chain_copy_out(struct chain_side *side, uint64_t at, void *to, uint64_t size);
bool chain_copy_in(struct chain_side *side, uint64_t at, const void *from, uint64_t size);

/* Where @size bytes, at least one, lie in one piece; NULL: they do not. */
void *chain_find(struct chain_side *side, uint64_t at, uint64_t size);

/* Whether these bytes of both are the same memory. */
bool chain_same(struct chain_side *a, uint64_t at_a, struct chain_side *b, uint64_t at_b,
                uint64_t size);

/* The same bytes as a list. Returns how many elements it has; there is room for @room, which suffice. */
size_t chain_list(struct chain_side *side, uint64_t at, uint64_t size, struct piece *list,
                  size_t room);

/*
 * Write a goodbye to the first @answer_size bytes to write, with as much of the sentence as fits. Returns how
 * many were written: none, if not even the rest fits. goodbye.c.
 */
uint32_t chain_say_goodbye(struct chain *chain, uint32_t answer_size, int status,
                           const char *sentence);

/* Scattered pages, mapped side by side from their files. */
struct window {
    void *base; /* NULL: none */
    size_t size;
    unsigned char *data; /* where the bytes begin */
};

/* False: they are not whole pages between the first and the last, or the system refuses. */
bool chain_map(struct chain_side *side, uint64_t at, uint64_t size, struct window *window);
void window_close(struct window *window);

#endif
