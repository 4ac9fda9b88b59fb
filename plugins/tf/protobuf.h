/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TF_PROTOBUF_H
#define TF_PROTOBUF_H

/*
 * Reads the few fields of TensorFlow's messages that must be known before TensorFlow sees them. Stricter
 * than protobuf where that could make two readers see two things: no groups, and no single field twice.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes within a message; not terminated. */
struct text {
    const char *bytes; /* NULL: absent */
    size_t size;
};

enum wire_type { WIRE_VARINT = 0, WIRE_FIXED64 = 1, WIRE_BYTES = 2, WIRE_FIXED32 = 5 };

struct field {
    uint32_t number;
    uint32_t type;
    uint64_t value;    /* of a VARINT */
    struct text bytes; /* of BYTES */
};

struct message {
    const uint8_t *at;
    const uint8_t *end;
    bool bad; /* something in it is no message */
};

struct message message_of(struct text bytes);

/* The next field; false at the end, and where the message is bad. */
bool message_next(struct message *message, struct field *field);

/* Whether it is this field, and has bytes. */
bool field_is(const struct field *field, uint32_t number);

/* Keep the bytes of a single field; a second one makes the message bad. */
void field_keep(struct message *message, const struct field *field, struct text *text);

/* The bytes of the single field @number, absent if there is none; false: a bad message. */
bool message_find(struct text bytes, uint32_t number, struct text *found);

/* As strcmp(), of bytes. */
int text_compare(struct text a, struct text b);
bool text_is(struct text text, const char *string);
struct text text_of(const char *string);

/* For "%.*s": its size, or 255 if it is longer than a line of the log should be. */
int text_width(struct text text);

/* A terminated copy for free(); NULL also if there is a 0 within. */
char *text_copy(struct text text);

#endif
