/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WIRE_PIECES_H
#define WIRE_PIECES_H

#include <stddef.h>

struct piece {
    void *data;
    size_t size;
};

/*
 * A payload lies in pieces of memory, in order: the callers' buffers, from which it is sent and into
 * which it is received. A cursor over them, for who moves it in parts.
 */
struct pieces {
    struct piece *list;
    size_t count;
    size_t at;   /* the piece that is under way */
    size_t done; /* bytes of it */
};

#endif
