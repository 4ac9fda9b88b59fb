/* SPDX-License-Identifier: Apache-2.0 */
#include "strings.h"

#include "vaccel.h"

#include <stdlib.h>
#include <string.h>

/* Read byte by byte: what a caller hands over need not be aligned. */
static int32_t place_at(const uint8_t *packed, size_t which)
{
    int32_t place;

    memcpy(&place, packed + which * sizeof(place), sizeof(place));
    return place;
}

static void set_place(uint8_t *packed, size_t which, size_t value)
{
    const int32_t place = (int32_t)value;

    memcpy(packed + which * sizeof(place), &place, sizeof(place));
}

/* Where each string begins is written as its length is read, once: the memory may be a guest's. */
static int pack_places(const uint8_t *data, size_t nr_strings, size_t bytes, uint8_t *packed)
{
    size_t place = (nr_strings + 2) * sizeof(int32_t);
    uint64_t length;
    size_t i;

    set_place(packed, 0, nr_strings);
    for (i = 0; i < nr_strings; i++) {
        set_place(packed, 1 + i, place);
        memcpy(&length, data + i * sizeof(length), sizeof(length));
        if (length > bytes)
            return VACCEL_EINVAL;
        bytes -= length;
        place += length;
    }
    set_place(packed, 1 + nr_strings, place);
    return bytes ? VACCEL_EINVAL : VACCEL_OK;
}

int strings_pack(const void *data, size_t size, size_t nr_strings, void **packed,
                 size_t *packed_size)
{
    const size_t heads = (nr_strings + 2) * sizeof(int32_t);
    size_t bytes;
    int ret;

    if (nr_strings > size / sizeof(uint64_t) || size > INT32_MAX - 2 * sizeof(int32_t))
        return VACCEL_EINVAL;
    bytes = size - nr_strings * sizeof(uint64_t);
    *packed_size = heads + bytes;
    *packed = malloc(*packed_size);
    if (!*packed)
        return VACCEL_ENOMEM;
    ret = pack_places(data, nr_strings, bytes, *packed);
    if (ret == VACCEL_OK)
        memcpy((uint8_t *)*packed + heads, (const uint8_t *)data + (size - bytes), bytes);
    else
        free(*packed);
    return ret;
}

/* A model may hold strings of its own making: their places are no more to be trusted than the model. */
static bool well_formed(const uint8_t *packed, size_t size, size_t nr_strings)
{
    size_t i;

    if (size / sizeof(int32_t) < 2 || nr_strings > size / sizeof(int32_t) - 2 ||
        place_at(packed, 0) < 0 || (size_t)place_at(packed, 0) != nr_strings ||
        place_at(packed, 1) < 0)
        return false;
    for (i = 0; i < nr_strings; i++)
        if (place_at(packed, 2 + i) < place_at(packed, 1 + i))
            return false;
    return (size_t)place_at(packed, 1 + nr_strings) <= size;
}

int strings_unpack(const void *packed, size_t packed_size, size_t nr_strings, void **data,
                   size_t *size)
{
    size_t bytes;
    uint64_t length;
    size_t i;

    if (!packed || !well_formed(packed, packed_size, nr_strings))
        return VACCEL_EBACKEND;
    bytes = (size_t)(place_at(packed, 1 + nr_strings) - place_at(packed, 1));
    *size = nr_strings * sizeof(length) + bytes;
    *data = malloc(*size ? *size : 1);
    if (!*data)
        return VACCEL_ENOMEM;
    for (i = 0; i < nr_strings; i++) {
        length = (uint64_t)(place_at(packed, 2 + i) - place_at(packed, 1 + i));
        memcpy((uint8_t *)*data + i * sizeof(length), &length, sizeof(length));
    }
    memcpy((uint8_t *)*data + (*size - bytes), (const uint8_t *)packed + place_at(packed, 1),
           bytes);
    return VACCEL_OK;
}
