/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FUZZ_MESSAGE_H
#define FUZZ_MESSAGE_H

#include "wire/read.h"

#include <stdlib.h>
#include <string.h>

/*
 * A fuzzer's input as one message: its header, whose size of the body is made to be what there is, and
 * the body in memory of its own, so that a look beyond its end is seen.
 */
static inline unsigned char *message_of(const uint8_t *data, size_t size,
                                        struct wire_header *header)
{
    size_t body = size - sizeof(*header);
    unsigned char *copy;

    body -= body % WIRE_ALIGN;
    memcpy(header, data, sizeof(*header));
    header->body_size = (uint32_t)body;
    copy = malloc(body ? body : 1);
    if (!copy)
        abort();
    memcpy(copy, data + sizeof(*header), body);
    return copy;
}

/* Every byte must be there. */
static inline void message_use(const void *data, size_t size)
{
    const volatile unsigned char *bytes = data;
    size_t i;

    for (i = 0; i < size; i++)
        (void)bytes[i];
}

static inline void message_use_text(const struct wire_text *text, size_t longest)
{
    if (text->size > longest || (text->size && memchr(text->text, 0, text->size)))
        abort();
    message_use(text->text, text->size);
}

static inline void message_use_fields(const struct wire_fields *fields)
{
    message_use_text(&fields->sentence, WIRE_MESSAGE_MAX);
    message_use_text(&fields->peer, WIRE_MESSAGE_MAX);
    if (fields->digest)
        message_use(fields->digest, WIRE_DIGEST_SIZE);
}

#endif
