/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FUZZ_BYTES_H
#define FUZZ_BYTES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A fuzzer's input, taken piece by piece. Behind its end there are zeros. */
struct bytes {
    const uint8_t *data;
    size_t size;
};

static inline void bytes_take(struct bytes *bytes, void *to, size_t size)
{
    size_t there = size < bytes->size ? size : bytes->size;

    if (size)
        memset(to, 0, size);
    if (there)
        memcpy(to, bytes->data, there);
    bytes->data += there;
    bytes->size -= there;
}

static inline uint8_t bytes_take_8(struct bytes *bytes)
{
    uint8_t value;

    bytes_take(bytes, &value, sizeof(value));
    return value;
}

static inline uint16_t bytes_take_16(struct bytes *bytes)
{
    uint16_t value;

    bytes_take(bytes, &value, sizeof(value));
    return value;
}

static inline uint32_t bytes_take_32(struct bytes *bytes)
{
    uint32_t value;

    bytes_take(bytes, &value, sizeof(value));
    return value;
}

#endif
