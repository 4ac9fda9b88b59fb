/* SPDX-License-Identifier: Apache-2.0 */
#include "flatbuffer.h"

#include <string.h>

/* Numbers are little-endian, as the machines are that TensorFlow Lite runs on. */
static uint32_t read_32(const uint8_t *at)
{
    uint32_t number;

    memcpy(&number, at, sizeof(number));
    return number;
}

static uint16_t read_16(const uint8_t *at)
{
    uint16_t number;

    memcpy(&number, at, sizeof(number));
    return number;
}

static const uint8_t *find(const uint8_t *table, int field)
{
    const uint8_t *fields = table - (int32_t)read_32(table);
    const int entry = 4 + 2 * field;
    uint16_t offset;

    if (entry + 2 > read_16(fields))
        return NULL;
    offset = read_16(fields + entry);
    return offset ? table + offset : NULL;
}

const uint8_t *flatbuffer_root(const uint8_t *bytes)
{
    return bytes + read_32(bytes);
}

uint32_t flatbuffer_number(const uint8_t *table, int field, uint32_t otherwise)
{
    const uint8_t *at = find(table, field);

    return at ? read_32(at) : otherwise;
}

uint64_t flatbuffer_long(const uint8_t *table, int field)
{
    const uint8_t *at = find(table, field);

    return at ? read_32(at) | (uint64_t)read_32(at + 4) << 32 : 0;
}

uint8_t flatbuffer_byte(const uint8_t *table, int field)
{
    const uint8_t *at = find(table, field);

    return at ? *at : 0;
}

const uint8_t *flatbuffer_at(const uint8_t *table, int field)
{
    const uint8_t *at = find(table, field);

    return at ? at + read_32(at) : NULL;
}

size_t flatbuffer_length(const uint8_t *vector)
{
    return vector ? read_32(vector) : 0;
}

int32_t flatbuffer_element(const uint8_t *vector, size_t i)
{
    return (int32_t)read_32(vector + 4 + 4 * i);
}

const uint8_t *flatbuffer_table(const uint8_t *vector, size_t i)
{
    const uint8_t *at = vector + 4 + 4 * i;

    return at + read_32(at);
}
