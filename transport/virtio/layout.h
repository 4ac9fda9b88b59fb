/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VIRTIO_LAYOUT_H
#define VIRTIO_LAYOUT_H

#include "virtio/state.h"

/*
 * Where the bytes of a request and its answer lie for the device. What it can see, and is not small, is
 * posted where it is. The rest is staged: copied into shared memory, and back from there.
 */

enum {
    /*
     * Below this a copy costs less, on both sides, than a descriptor and its translation; and the agent
     * copies small things anyway before it looks at them.
     */
    LAYOUT_SMALL = 512,
    /* From here on what is staged begins at a multiple of ACCEL_ALIGN, so that nobody copies it again. */
    LAYOUT_LARGE = 1024,
};

/* Bytes in their order, as they are turned into segments. */
struct layout_cursor {
    struct piece first; /* goes before @list */
    const struct piece *list;
    size_t count;
    size_t at; /* 0: the first one, else that of the list before it */
    size_t done;
    size_t moved; /* bytes before it */
};

struct layout {
    struct virtio_connection *connection;
    struct chain *chain;
    struct exchange *exchange;
    unsigned char *stage;  /* the chain's own, or larger */
    unsigned char *answer; /* within it */
    struct layout_cursor readable;
    struct layout_cursor writable;
};

/* Decide, and copy what is staged. Returns OK or ENOMEM. layout_end() must follow a success. */
int layout_begin(struct layout *layout, struct virtio_connection *connection, struct chain *chain,
                 struct exchange *exchange);
void layout_end(struct layout *layout);

/* The next bytes as at most @room segments of @segments. Returns how many. */
size_t layout_next(struct virtio_port *port, struct layout_cursor *cursor,
                   struct virtio_segment *segments, size_t room);
bool layout_at_end(const struct layout_cursor *cursor);

/*
 * How many of the bytes @from to @to of what is writable must have been written, from the first one on, for
 * the answer's payload to be there, to which its take() has cut exchange->in.
 */
size_t layout_expected(const struct layout *layout, size_t from, size_t to);

/* Copy what was staged of the answer's payload to where it is wanted. */
void layout_copy_back(const struct layout *layout);

/*
 * The head of a further part of the message, as segments that go before what is readable of it. Returns how
 * many; 0: it does not fit.
 */
size_t layout_part(const struct layout *layout, uint32_t flags, uint32_t answer_size,
                   struct virtio_segment *segments, size_t room);

/*
 * A message of the connection's own in the chain's stage. Returns the segments to read, and in
 * *@nr_writable those behind them; 0: they do not fit.
 */
size_t layout_message(struct virtio_port *port, struct chain *chain, struct wire_writer *message,
                      size_t answer_size, size_t *nr_writable);

#endif
