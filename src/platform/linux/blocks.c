/* SPDX-License-Identifier: Apache-2.0 */
#include "platform/linux/blocks.h"
#include "platform/platform.h"

#include <stdint.h>

enum {
    FEWEST_HEADS = 64,
    IDLE_MOST = 32 * 1024 * 1024, /* bytes that a free block may keep from the system */
};

struct block {
    size_t offset;
    size_t size;
    size_t touched; /* bytes that were in use since the block was last told to be idle */
    bool is_free;
    struct block *before; /* its neighbours */
    struct block *after;
    struct block *previous; /* in the list of its bin */
    struct block *next;     /* in that, or in the chain of used ones */
};

/* A bin has the blocks of sizes from 2^bin units to below twice that. */
static size_t bin_of(size_t size)
{
    return (size_t)(63 - __builtin_clzll(size / BLOCK_ALIGN));
}

static void bin_put(struct blocks *blocks, struct block *block)
{
    struct block **bin = &blocks->bins[bin_of(block->size)];

    block->is_free = true;
    block->previous = NULL;
    block->next = *bin;
    if (*bin)
        (*bin)->previous = block;
    *bin = block;
}

static void bin_remove(struct blocks *blocks, struct block *block)
{
    if (block->previous)
        block->previous->next = block->next;
    else
        blocks->bins[bin_of(block->size)] = block->next;
    if (block->next)
        block->next->previous = block->previous;
    block->is_free = false;
}

static struct block **head_of(const struct blocks *blocks, size_t offset)
{
    uint64_t mixed = offset / BLOCK_ALIGN * UINT64_C(0x9e3779b97f4a7c15);

    return &blocks->used[mixed >> 32 & (blocks->nr_heads - 1)];
}

static void used_put(struct blocks *blocks, struct block *block)
{
    struct block **head = head_of(blocks, block->offset);

    block->next = *head;
    *head = block;
}

/* Without memory for it the chains become longer, nothing else. */
static void widen(struct blocks *blocks)
{
    struct blocks wider = *blocks;
    struct block *block;
    size_t i;

    wider.nr_heads = blocks->nr_heads * 2;
    wider.used = platform_alloc_zeroed(wider.nr_heads * sizeof(struct block *));
    if (!wider.used)
        return;
    for (i = 0; i < blocks->nr_heads; i++)
        while ((block = blocks->used[i])) {
            blocks->used[i] = block->next;
            used_put(&wider, block);
        }
    platform_free(blocks->used);
    *blocks = wider;
}

static struct block *used_remove(struct blocks *blocks, size_t offset)
{
    struct block **at = blocks->nr_heads ? head_of(blocks, offset) : NULL;
    struct block *block;

    while (at && *at && (*at)->offset != offset)
        at = &(*at)->next;
    if (!at || !*at)
        return NULL;
    block = *at;
    *at = block->next;
    blocks->nr_used--;
    return block;
}

bool blocks_begin(struct blocks *blocks, size_t size)
{
    struct block *all = platform_alloc_zeroed(sizeof(*all));

    *blocks = (struct blocks){.nr_heads = FEWEST_HEADS};
    blocks->used = platform_alloc_zeroed(FEWEST_HEADS * sizeof(struct block *));
    if (!all || !blocks->used) {
        platform_free(all);
        platform_free(blocks->used);
        *blocks = (struct blocks){.nr_heads = 0};
        return false;
    }
    all->size = size;
    bin_put(blocks, all);
    return true;
}

static void free_chain(struct block *block)
{
    struct block *next;

    for (; block; block = next) {
        next = block->next;
        platform_free(block);
    }
}

void blocks_end(struct blocks *blocks)
{
    size_t i;

    for (i = 0; i < BLOCK_BINS; i++)
        free_chain(blocks->bins[i]);
    for (i = 0; i < blocks->nr_heads; i++)
        free_chain(blocks->used[i]);
    platform_free(blocks->used);
    *blocks = (struct blocks){.nr_heads = 0};
}

/* Of its own bin the first that is large enough, of the larger ones any. */
static struct block *find(const struct blocks *blocks, size_t size)
{
    size_t bin = bin_of(size);
    struct block *block = blocks->bins[bin];

    while (block && block->size < size)
        block = block->next;
    while (!block && ++bin < BLOCK_BINS)
        block = blocks->bins[bin];
    return block;
}

/* What is behind the first @size bytes becomes a block of its own. */
static void split(struct blocks *blocks, struct block *block, size_t size, struct block *rest)
{
    *rest = (struct block){
        .offset = block->offset + size,
        .size = block->size - size,
        .before = block,
        .after = block->after,
    };
    if (rest->after)
        rest->after->before = rest;
    block->after = rest;
    block->size = size;
    if (block->touched > size) {
        rest->touched = block->touched - size;
        block->touched = size;
    }
    bin_put(blocks, rest);
}

static size_t rounded(size_t size)
{
    return size ? (size + BLOCK_ALIGN - 1) / BLOCK_ALIGN * BLOCK_ALIGN : BLOCK_ALIGN;
}

bool blocks_take(struct blocks *blocks, size_t size, size_t *offset)
{
    struct block *rest;
    struct block *block;

    if (size > SIZE_MAX / 2)
        return false;
    size = rounded(size);
    block = find(blocks, size);
    rest = block ? platform_alloc(sizeof(*rest)) : NULL;
    if (!rest)
        return false;
    bin_remove(blocks, block);
    if (block->size > size)
        split(blocks, block, size, rest);
    else
        platform_free(rest);
    if (blocks->nr_used >= blocks->nr_heads)
        widen(blocks);
    used_put(blocks, block);
    blocks->nr_used++;
    *offset = block->offset;
    return true;
}

/* Both are in no list. */
static struct block *join(struct block *first, struct block *second)
{
    first->size += second->size;
    first->touched += second->touched;
    first->after = second->after;
    if (first->after)
        first->after->before = first;
    platform_free(second);
    return first;
}

bool blocks_give_back(struct blocks *blocks, size_t offset, struct extent *idle)
{
    struct block *block = used_remove(blocks, offset);

    if (!block)
        return false;
    block->touched = block->size;
    if (block->after && block->after->is_free) {
        bin_remove(blocks, block->after);
        join(block, block->after);
    }
    if (block->before && block->before->is_free) {
        bin_remove(blocks, block->before);
        block = join(block->before, block);
    }
    *idle = (struct extent){block->offset, 0};
    if (block->touched >= IDLE_MOST) {
        idle->size = block->size;
        block->touched = 0;
    }
    bin_put(blocks, block);
    return true;
}
