/* SPDX-License-Identifier: Apache-2.0 */
#include "bytes.h"

#include "vaccel.h"

#include <string.h>

int bytes_of_blob(struct vaccel_blob *blob, struct bytes *bytes)
{
    bytes->data = vaccel_blob_data(blob, &bytes->size);
    return bytes->data ? VACCEL_OK : VACCEL_EBACKEND;
}

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
