/* SPDX-License-Identifier: Apache-2.0 */
#include "system.h"

#include "platform/checked.h"

#include <errno.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * One heap, cut into chunks without gaps. Each begins with its size and that of the one before, so that
 * a free one finds its neighbours and no two free ones lie side by side. At the end stands a header
 * alone, in use for ever.
 *
 * The free ones are in a list. What is freed goes to its front, what is left of a chunk stays at its
 * place: so the never used rest of the heap stays at the end, and is cut last.
 */
struct chunk {
    size_t before;                  /* size of the chunk before; 0: this is the first */
    size_t size;                    /* with this header; its lowest bit: in use */
    alignas(16) struct chunk *next; /* from here on the block of the caller, or: */
    struct chunk *previous;
};

enum {
    HEADER = offsetof(struct chunk, next),
    SMALLEST = sizeof(struct chunk),
    UNIT = 16,
    IN_USE = 1,
    LARGE = 1024,
    LARGE_ALIGNMENT = 64
};

static struct heap {
    char *start;
    char *end;
    struct chunk list; /* the ends of the list of free chunks */
} heap;

static size_t round_up(size_t value, size_t unit)
{
    return (value + unit - 1) & ~(unit - 1);
}

static void *block_of(struct chunk *chunk)
{
    return (char *)chunk + HEADER;
}

static struct chunk *chunk_of(void *block)
{
    return (struct chunk *)((char *)block - HEADER);
}

static size_t size_of(const struct chunk *chunk)
{
    return chunk->size & ~(size_t)IN_USE;
}

static bool is_free(const struct chunk *chunk)
{
    return !(chunk->size & IN_USE);
}

static struct chunk *at(struct chunk *chunk, size_t distance)
{
    return (struct chunk *)((char *)chunk + distance);
}

static struct chunk *behind(struct chunk *chunk)
{
    return at(chunk, size_of(chunk));
}

static void link_behind(struct chunk *place, struct chunk *chunk)
{
    chunk->previous = place;
    chunk->next = place->next;
    place->next->previous = chunk;
    place->next = chunk;
}

static void unlink_chunk(struct chunk *chunk)
{
    chunk->previous->next = chunk->next;
    chunk->next->previous = chunk->previous;
}

/* Its size, and the note of it in the chunk behind. */
static void set_size(struct chunk *chunk, size_t size, size_t in_use)
{
    chunk->size = size | in_use;
    at(chunk, size)->before = size;
}

static void make_heap(void)
{
    void *memory = NULL;
    size_t size = 0;
    struct chunk *first;

    system_heap(&memory, &size);
    heap.start = (char *)round_up((uintptr_t)memory, UNIT);
    heap.end = (char *)((uintptr_t)memory + size) - HEADER;
    heap.end = (char *)((uintptr_t)heap.end & ~(uintptr_t)(UNIT - 1));
    heap.list.next = heap.list.previous = &heap.list;
    if (size < 2 * UNIT + HEADER + SMALLEST) {
        heap.end = heap.start;
        return;
    }
    first = (struct chunk *)heap.start;
    first->before = 0;
    ((struct chunk *)heap.end)->size = IN_USE;
    set_size(first, (size_t)(heap.end - heap.start), 0);
    link_behind(&heap.list, first);
}

/* How much of a free chunk must stay before one whose block is aligned: nothing, or a whole chunk. */
static size_t gap_before(struct chunk *chunk, size_t alignment)
{
    uintptr_t block = (uintptr_t)block_of(chunk);
    size_t gap = round_up(block, alignment) - block;

    while (gap && gap < SMALLEST)
        gap += alignment;
    return gap;
}

/* Make a free chunk behind @chunk, which keeps @size bytes of what it has. */
static void cut(struct chunk *chunk, size_t size, struct chunk *place)
{
    size_t rest = size_of(chunk) - size;
    struct chunk *free_chunk = at(chunk, size);

    if (rest < SMALLEST)
        return;
    set_size(chunk, size, chunk->size & IN_USE);
    set_size(free_chunk, rest, 0);
    link_behind(place, free_chunk);
}

static void *take(struct chunk *chunk, size_t gap, size_t size)
{
    struct chunk *place = chunk->previous;

    if (gap) {
        place = chunk;
        cut(chunk, gap, place);
        chunk = at(chunk, gap);
    }
    unlink_chunk(chunk);
    cut(chunk, size, place);
    chunk->size |= IN_USE;
    return block_of(chunk);
}

/* Of the chunk for a block of @size bytes; false: no memory can have it. */
static bool chunk_size(size_t size, size_t *needed)
{
    if (size > PTRDIFF_MAX - SMALLEST - UNIT)
        return false;
    *needed = round_up(size + HEADER, UNIT);
    if (*needed < SMALLEST)
        *needed = SMALLEST;
    return true;
}

static void *allocate(size_t alignment, size_t size)
{
    size_t needed;

    if (!heap.start)
        make_heap();
    if (chunk_size(size, &needed)) {
        for (struct chunk *chunk = heap.list.next; chunk != &heap.list; chunk = chunk->next) {
            size_t gap = gap_before(chunk, alignment);

            if (chunk->size >= gap && chunk->size - gap >= needed)
                return take(chunk, gap, needed);
        }
    }
    errno = ENOMEM;
    return NULL;
}

static size_t alignment_for(size_t size)
{
    return size >= LARGE ? LARGE_ALIGNMENT : UNIT;
}

void *malloc(size_t size)
{
    return allocate(alignment_for(size), size);
}

void *calloc(size_t count, size_t size)
{
    void *block;

    if (!size_mul(count, size, &size)) {
        errno = ENOMEM;
        return NULL;
    }
    block = malloc(size);
    return block ? memset(block, 0, size) : NULL;
}

void *aligned_alloc(size_t alignment, size_t size)
{
    if (!alignment || (alignment & (alignment - 1)) || alignment > PTRDIFF_MAX / 2) {
        errno = EINVAL;
        return NULL;
    }
    return allocate(alignment > alignment_for(size) ? alignment : alignment_for(size), size);
}

/* What was overwritten, freed twice or never handed out does not fit its neighbours. */
static bool is_block(struct chunk *chunk)
{
    char *place = (char *)chunk;
    size_t size;

    if ((uintptr_t)chunk % UNIT || place < heap.start || place >= heap.end)
        return false;
    size = size_of(chunk);
    if (is_free(chunk) || size < SMALLEST || size % UNIT || size > (size_t)(heap.end - place) ||
        behind(chunk)->before != size)
        return false;
    return !chunk->before ? place == heap.start
                          : chunk->before <= (size_t)(place - heap.start) &&
                                size_of((struct chunk *)(place - chunk->before)) == chunk->before;
}

static void require_block(const char *function, void *data)
{
    if (is_block(chunk_of(data)))
        return;
    fprintf(stderr, "%s: %p is no block of malloc(), was freed before, or was overrun\n", function,
            data);
    abort();
}

/* Join with the free neighbours, and put it at the front of the list. */
static void give_back(struct chunk *chunk)
{
    struct chunk *next = behind(chunk);
    size_t size = size_of(chunk);

    if (is_free(next)) {
        unlink_chunk(next);
        size += size_of(next);
    }
    if (chunk->before && is_free((struct chunk *)((char *)chunk - chunk->before))) {
        size += chunk->before;
        chunk = (struct chunk *)((char *)chunk - chunk->before);
        unlink_chunk(chunk);
    }
    set_size(chunk, size, 0);
    link_behind(size_of(chunk) == (size_t)(heap.end - (char *)chunk) ? heap.list.previous
                                                                     : &heap.list,
                chunk);
}

void free(void *data)
{
    if (!data)
        return;
    require_block("free", data);
    give_back(chunk_of(data));
}

/* Into the free chunk behind, if that is enough. */
static bool grow_in_place(struct chunk *chunk, size_t needed, size_t alignment)
{
    struct chunk *next = behind(chunk);
    struct chunk *place;

    if ((uintptr_t)block_of(chunk) % alignment || !is_free(next) ||
        size_of(chunk) + size_of(next) < needed)
        return false;
    place = next->previous;
    unlink_chunk(next);
    set_size(chunk, size_of(chunk) + size_of(next), IN_USE);
    cut(chunk, needed, place);
    return true;
}

static void *move(void *data, size_t size)
{
    size_t old = size_of(chunk_of(data)) - HEADER;
    void *block = malloc(size);

    if (!block)
        return NULL;
    memcpy(block, data, old < size ? old : size);
    free(data);
    return block;
}

/* A block that becomes smaller stays where it is, and what is left of it is free. */
static void shrink(struct chunk *chunk, size_t needed)
{
    struct chunk *rest = at(chunk, needed);
    size_t size = size_of(chunk) - needed;

    if (size < SMALLEST)
        return;
    set_size(chunk, needed, IN_USE);
    set_size(rest, size, IN_USE);
    give_back(rest);
}

void *realloc(void *data, size_t size)
{
    size_t needed;

    if (!data)
        return malloc(size);
    require_block("realloc", data);
    if (!chunk_size(size, &needed)) {
        errno = ENOMEM;
        return NULL;
    }
    if (needed <= size_of(chunk_of(data))) {
        shrink(chunk_of(data), needed);
        return data;
    }
    return grow_in_place(chunk_of(data), needed, alignment_for(size)) ? data : move(data, size);
}
