/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STREAM_PIECES_H
#define STREAM_PIECES_H

#include "wire/pieces.h"

#include <sys/uio.h>

/*
 * The next at most @most bytes of a payload, as a list for the kernel.
 * @list  room for @room elements
 * Returns how many elements were filled; *@size is the bytes in them.
 */
size_t pieces_window(const struct pieces *pieces, size_t most, struct iovec *list, size_t room,
                     size_t *size);

/* Go on by @size bytes, which must be there. */
void pieces_advance(struct pieces *pieces, size_t size);

#endif
