/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OPENVINO_BYTES_H
#define OPENVINO_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vaccel_blob;

/* What is left to be read of a file in memory. */
struct bytes {
    const uint8_t *data;
    size_t size;
};

/*
 * The contents of @blob, which stay while it does.
 * Returns EBACKEND (its file cannot be mapped; the log says why).
 */
int bytes_of_blob(struct vaccel_blob *blob, struct bytes *bytes);

/* Take a number from the front, of seven bits in each byte. False: there is none. */
bool bytes_take_varint(struct bytes *rest, uint64_t *value);

/* Take @count bytes from the front. False: there are fewer. */
bool bytes_take(struct bytes *rest, uint64_t count, struct bytes *taken);

/* Whether they are the characters of @text. */
bool bytes_equal(struct bytes bytes, const char *text);

#endif
