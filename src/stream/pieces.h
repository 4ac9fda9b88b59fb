/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STREAM_PIECES_H
#define STREAM_PIECES_H

#include <stddef.h>
#include <sys/uio.h>

/*
 * A payload lies in pieces of memory, in order: the callers' buffers, from which it is sent and into
 * which it is received. A cursor over them, as parts of the payload come and go.
 */
struct pieces {
    struct iovec *list;
    size_t count;
    size_t at;   /* the piece that is under way */
    size_t done; /* bytes of it */
};

/*
 * The next at most @most bytes, as a list for the kernel.
 * @list  room for @room elements
 * Returns how many elements were filled; *@size is the bytes in them.
 */
size_t pieces_window(const struct pieces *pieces, size_t most, struct iovec *list, size_t room,
                     size_t *size);

/* Go on by @size bytes, which must be there. */
void pieces_advance(struct pieces *pieces, size_t size);

#endif
