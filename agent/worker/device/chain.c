/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/worker/device/chain.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

void chain_begin(struct chain *chain, uint16_t head)
{
    chain->head = head;
    chain->accel = (struct accel_head){0};
    chain->nr_segments = 0;
    chain->read = (struct chain_side){.segments = chain->segments};
    chain->write = (struct chain_side){.segments = chain->segments};
}

/* What lies behind the last piece, in the same region, makes it longer. */
static bool extend(struct chain *chain, const struct chain_side *side,
                   const struct guest_region *region, const unsigned char *data, size_t size)
{
    struct segment *last = side->count ? &chain->segments[chain->nr_segments - 1] : NULL;

    if (!last || last->region != region || last->data + last->size != data)
        return false;
    last->size += size;
    return true;
}

bool chain_add(struct chain *chain, bool write, const struct guest_region *region, uint64_t address,
               size_t size)
{
    struct chain_side *side = write ? &chain->write : &chain->read;
    unsigned char *data = region->host + (address - region->guest);

    side->size += size;
    if (extend(chain, side, region, data, size))
        return true;
    if (chain->nr_segments == CHAIN_SEGMENTS_MOST)
        return false;
    if (!side->count)
        side->segments = &chain->segments[chain->nr_segments];
    chain->segments[chain->nr_segments++] = (struct segment){data, size, region};
    side->count++;
    return true;
}

/* The segment of the @at-th byte, which must exist. Looks go forward, mostly. */
static const struct segment *seek(struct chain_side *side, uint64_t at)
{
    if (at < side->begin) {
        side->at = 0;
        side->begin = 0;
    }
    while (at - side->begin >= side->segments[side->at].size)
        side->begin += side->segments[side->at++].size;
    return &side->segments[side->at];
}

static bool has(const struct chain_side *side, uint64_t at, uint64_t size)
{
    return at <= side->size && size <= side->size - at;
}

/* What of @size bytes from the @at-th on lies in one piece, at least one. */
static struct piece piece_at(struct chain_side *side, uint64_t at, uint64_t size)
{
    const struct segment *segment = seek(side, at);
    size_t skip = at - side->begin;
    size_t left = segment->size - skip;

    return (struct piece){segment->data + skip, left < size ? left : (size_t)size};
}

bool chain_copy_out(struct chain_side *side, uint64_t at, void *to, uint64_t size)
{
    unsigned char *next = to;
    struct piece piece;

    if (!has(side, at, size))
        return false;
    for (; size; size -= piece.size) {
        piece = piece_at(side, at, size);
        memcpy(next, piece.data, piece.size);
        next += piece.size;
        at += piece.size;
    }
    return true;
}

bool chain_copy_in(struct chain_side *side, uint64_t at, const void *from, uint64_t size)
{
    const unsigned char *next = from;
    struct piece piece;

    if (!has(side, at, size))
        return false;
    for (; size; size -= piece.size) {
        piece = piece_at(side, at, size);
        memcpy(piece.data, next, piece.size);
        next += piece.size;
        at += piece.size;
    }
    return true;
}

void *chain_find(struct chain_side *side, uint64_t at, uint64_t size)
{
    struct piece piece;

    if (!size || !has(side, at, size))
        return NULL;
    piece = piece_at(side, at, size);
    return piece.size == size ? piece.data : NULL;
}

bool chain_same(struct chain_side *a, uint64_t at_a, struct chain_side *b, uint64_t at_b,
                uint64_t size)
{
    struct piece piece_a;
    struct piece piece_b;
    uint64_t done;
    size_t step;

    if (!has(a, at_a, size) || !has(b, at_b, size))
        return false;
    for (done = 0; done < size; done += step) {
        piece_a = piece_at(a, at_a + done, size - done);
        piece_b = piece_at(b, at_b + done, size - done);
        if (piece_a.data != piece_b.data)
            return false;
        step = piece_a.size < piece_b.size ? piece_a.size : piece_b.size;
    }
    return true;
}

size_t chain_list(struct chain_side *side, uint64_t at, uint64_t size, struct piece *list,
                  size_t room)
{
    size_t count;

    if (!has(side, at, size))
        return 0;
    for (count = 0; size && count < room; count++) {
        list[count] = piece_at(side, at, size);
        at += list[count].size;
        size -= list[count].size;
    }
    return count;
}

/* Where a piece lies in its file. */
static uint64_t offset_of(const struct segment *segment, const void *data)
{
    return segment->region->offset +
           (uint64_t)((const unsigned char *)data - segment->region->host);
}

/* Whether the piece at @at could be mapped behind those before it, and another one behind it. */
static bool fits_side_by_side(struct chain_side *side, const struct piece *piece, bool first,
                              bool last)
{
    const struct segment *segment = &side->segments[side->at];
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    uint64_t begin = offset_of(segment, piece->data);

    return segment->region->small_pages && (first || begin % page == 0) &&
           (last || (begin + piece->size) % page == 0);
}

static bool can_map(struct chain_side *side, uint64_t at, uint64_t size)
{
    uint64_t left = size;
    struct piece piece;

    if (!size || !has(side, at, size))
        return false;
    for (; left; left -= piece.size) {
        piece = piece_at(side, at, left);
        if (!fits_side_by_side(side, &piece, left == size, left == piece.size))
            return false;
        at += piece.size;
    }
    return true;
}

/* Map the piece at @to, of whose page it has the lower bits. */
static bool map_piece(const struct segment *segment, const struct piece *piece, unsigned char *to)
{
    size_t lead = (uintptr_t)to % (size_t)sysconf(_SC_PAGESIZE);
    off_t offset = (off_t)(offset_of(segment, piece->data) - lead);

    return mmap(to - lead, lead + piece->size, PROT_READ | PROT_WRITE,
                MAP_SHARED | MAP_FIXED | MAP_POPULATE, segment->region->fd, offset) != MAP_FAILED;
}

static bool map_pieces(struct chain_side *side, uint64_t at, uint64_t size, unsigned char *to)
{
    struct piece piece;

    for (; size; size -= piece.size) {
        piece = piece_at(side, at, size);
        if (!map_piece(&side->segments[side->at], &piece, to))
            return false;
        to += piece.size;
        at += piece.size;
    }
    return true;
}

bool chain_map(struct chain_side *side, uint64_t at, uint64_t size, struct window *window)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    struct piece first;
    size_t lead;

    if (!can_map(side, at, size))
        return false;
    first = piece_at(side, at, size);
    lead = offset_of(&side->segments[side->at], first.data) % page;
    window->size = (lead + size + page - 1) / page * page;
    window->base =
        mmap(NULL, window->size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (window->base == MAP_FAILED) {
        window->base = NULL;
        return false;
    }
    window->data = (unsigned char *)window->base + lead;
    if (map_pieces(side, at, size, window->data))
        return true;
    window_close(window);
    return false;
}

void window_close(struct window *window)
{
    if (window->base)
        munmap(window->base, window->size);
    window->base = NULL;
}
