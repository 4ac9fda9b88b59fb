/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WIRE_WRITE_H
#define WIRE_WRITE_H

#include "wire/wire.h"

#include <stdbool.h>

/*
 * Composes header and body of a message in memory of the caller's. What does not fit is not written,
 * and wire_end() says so.
 */
struct wire_writer {
    unsigned char *start;
    size_t size; /* written so far */
    size_t room;
    bool full;
};

/* @buf  @room bytes, at a multiple of WIRE_ALIGN; WIRE_HEADER_SIZE + WIRE_BODY_MAX hold any message */
void wire_begin(struct wire_writer *writer, void *buf, size_t room, enum wire_type type,
                uint64_t id);

/* Append @size bytes, and zeros up to a multiple of WIRE_ALIGN. */
void wire_put(struct wire_writer *writer, const void *data, size_t size);
void wire_put_field(struct wire_writer *writer, enum wire_tag tag, const void *data, size_t size);

/* An error's sentence, cut to WIRE_MESSAGE_MAX; nothing if it is empty. */
void wire_put_sentence(struct wire_writer *writer, const char *sentence);

/* The bytes of header and body; 0: they did not fit. */
size_t wire_end(struct wire_writer *writer);

/* The header of a message that was begun, to set what wire_begin() did not. */
static inline struct wire_header *wire_header_of(struct wire_writer *writer)
{
    return (struct wire_header *)(void *)writer->start;
}

#endif
