/* SPDX-License-Identifier: Apache-2.0 */
#include "protobuf.h"

#include <stdlib.h>
#include <string.h>

enum { VARINT_BYTES = 10, WIDEST_TEXT = 255 };

struct message message_of(struct text bytes)
{
    const uint8_t *at = (const uint8_t *)bytes.bytes;

    return (struct message){.at = at, .end = at ? at + bytes.size : at};
}

static bool read_varint(struct message *message, uint64_t *value)
{
    int i;

    *value = 0;
    for (i = 0; i < VARINT_BYTES && message->at < message->end; i++) {
        *value |= (uint64_t)(*message->at & 0x7f) << (7 * i);
        if (!(*message->at++ & 0x80))
            return true;
    }
    return false;
}

static bool skip(struct message *message, uint64_t size, struct text *skipped)
{
    if (size > (uint64_t)(message->end - message->at))
        return false;
    *skipped = (struct text){(const char *)message->at, size};
    message->at += size;
    return true;
}

static bool read_value(struct message *message, struct field *field)
{
    uint64_t size;

    switch (field->type) {
    case WIRE_VARINT:
        return read_varint(message, &field->value);
    case WIRE_FIXED64:
        return skip(message, 8, &field->bytes);
    case WIRE_FIXED32:
        return skip(message, 4, &field->bytes);
    case WIRE_BYTES:
        return read_varint(message, &size) && skip(message, size, &field->bytes);
    default:
        return false;
    }
}

bool message_next(struct message *message, struct field *field)
{
    uint64_t tag;

    if (message->bad || message->at == message->end)
        return false;
    *field = (struct field){0};
    if (read_varint(message, &tag) && tag <= UINT32_MAX && tag >> 3) {
        field->number = (uint32_t)(tag >> 3);
        field->type = tag & 7;
        if (read_value(message, field))
            return true;
    }
    message->bad = true;
    return false;
}

bool field_is(const struct field *field, uint32_t number)
{
    return field->number == number && field->type == WIRE_BYTES;
}

void field_keep(struct message *message, const struct field *field, struct text *text)
{
    if (text->bytes)
        message->bad = true;
    *text = field->bytes;
}

bool message_find(struct text bytes, uint32_t number, struct text *found)
{
    struct message message = message_of(bytes);
    struct field field;

    *found = (struct text){0};
    while (message_next(&message, &field))
        if (field_is(&field, number))
            field_keep(&message, &field, found);
    return !message.bad;
}

int text_compare(struct text a, struct text b)
{
    const size_t size = a.size < b.size ? a.size : b.size;
    const int order = size ? memcmp(a.bytes, b.bytes, size) : 0;

    if (order || a.size == b.size)
        return order;
    return a.size < b.size ? -1 : 1;
}

struct text text_of(const char *string)
{
    return (struct text){string, strlen(string)};
}

bool text_is(struct text text, const char *string)
{
    return !text_compare(text, text_of(string));
}

int text_width(struct text text)
{
    return text.size < WIDEST_TEXT ? (int)text.size : WIDEST_TEXT;
}

char *text_copy(struct text text)
{
    if (text.size && memchr(text.bytes, 0, text.size))
        return NULL;
    return strndup(text.bytes ? text.bytes : "", text.size);
}
