/* SPDX-License-Identifier: Apache-2.0 */
#include "bytes.h"

#include <string.h>

bool bytes_take_varint(struct bytes *rest, uint64_t *value)
{
    unsigned int shift;

    *value = 0;
    for (shift = 0; shift < 64 && rest->size; shift += 7) {
        uint8_t byte = *rest->data++;

        rest->size--;
        *value |= (uint64_t)(byte & 0x7F) << shift;
        if (!(byte & 0x80))
            return true;
    }
    return false;
}

bool bytes_take(struct bytes *rest, uint64_t count, struct bytes *taken)
{
    if (count > rest->size)
        return false;
    *taken = (struct bytes){rest->data, count};
    rest->data += count;
    rest->size -= count;
    return true;
}

bool bytes_equal(struct bytes bytes, const char *text)
{
    return bytes.size == strlen(text) && !memcmp(bytes.data, text, bytes.size);
}
