/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STREAM_SPAN_H
#define STREAM_SPAN_H

#include <stddef.h>
#include <string.h>
#include <sys/uio.h>

/* Bytes in pieces, of which the first are used up. */
struct span {
    struct iovec *list; /* changed on the way */
    size_t count;
};

/* The next bytes that lie in one piece, at most @most; of a span that is used up none. */
static inline struct iovec span_next(struct span *span, size_t most)
{
    while (span->count && !span->list->iov_len) {
        span->list++;
        span->count--;
    }
    if (!span->count)
        return (struct iovec){0};
    return (struct iovec){span->list->iov_base,
                          span->list->iov_len < most ? span->list->iov_len : most};
}

/* Use up @size of the bytes that span_next() returned. */
static inline void span_use(struct span *span, size_t size)
{
    *span->list = (struct iovec){(char *)span->list->iov_base + size, span->list->iov_len - size};
}

/*
 * Move the bytes of a ring to @to, as many as fit. Returns how many.
 * @ring   @size bytes, of which @held are there from @start on, round the end
 */
static inline size_t span_take_from_ring(struct span *to, const unsigned char *ring, size_t size,
                                         size_t *start, size_t *held)
{
    struct iovec piece;
    size_t done = 0;
    size_t most;

    while (*held) {
        most = size - *start;
        piece = span_next(to, *held < most ? *held : most);
        if (!piece.iov_len)
            break;
        memcpy(piece.iov_base, ring + *start, piece.iov_len);
        span_use(to, piece.iov_len);
        *start = (*start + piece.iov_len) % size;
        *held -= piece.iov_len;
        done += piece.iov_len;
    }
    return done;
}

#endif
