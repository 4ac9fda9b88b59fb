/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLATFORM_LINUX_BLOCKS_H
#define PLATFORM_LINUX_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Divides a range of offsets into blocks, used and free ones. What it knows of them lies beside the
 * range, whose bytes it never looks at: others write there. The caller has the lock.
 */

enum {
    BLOCK_ALIGN = 64,
    BLOCK_BINS = 64, /* lists of free blocks, by the order of their size */
};

struct block;

struct blocks {
    struct block *bins[BLOCK_BINS];
    struct block **used; /* by offset: chains of a hash table */
    size_t nr_heads;     /* a power of two, or 0 */
    size_t nr_used;
};

/* A part of the range. */
struct extent {
    size_t offset;
    size_t size;
};

/* Of @size bytes, a multiple of BLOCK_ALIGN. False: no memory. */
bool blocks_begin(struct blocks *blocks, size_t size);
/* Forget all. */
void blocks_end(struct blocks *blocks);

/* Take @size bytes. False: nothing is so large, or no memory. */
bool blocks_take(struct blocks *blocks, size_t size, size_t *offset);

/*
 * Give back what begins at @offset. False: no used block does.
 * @idle  the free part around it, if much of it was in use since it was last told here; else empty
 */
bool blocks_give_back(struct blocks *blocks, size_t offset, struct extent *idle);

#endif
