/* SPDX-License-Identifier: Apache-2.0 */
#include "stream/pieces.h"

size_t pieces_window(const struct pieces *pieces, size_t most, struct iovec *list, size_t room,
                     size_t *size)
{
    size_t skip = pieces->done;
    size_t count = 0;
    size_t part;
    size_t i;

    *size = 0;
    for (i = pieces->at; i < pieces->count && count < room && *size < most; i++, skip = 0) {
        part = pieces->list[i].size - skip;
        if (part > most - *size)
            part = most - *size;
        if (!part)
            continue;
        list[count++] = (struct iovec){(char *)pieces->list[i].data + skip, part};
        *size += part;
    }
    return count;
}

void pieces_advance(struct pieces *pieces, size_t size)
{
    size_t left;

    while (size) {
        left = pieces->list[pieces->at].size - pieces->done;
        if (size < left) {
            pieces->done += size;
            return;
        }
        size -= left;
        pieces->at++;
        pieces->done = 0;
    }
}
