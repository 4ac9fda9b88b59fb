/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/read.h"
#include "platform/text.h"

bool wire_refuse(struct wire_fault *fault, const char *what, uint64_t value)
{
    fault->what = what;
    fault->value = value;
    return false;
}

static bool take_zeros(struct wire_reader *reader, size_t size)
{
    size_t i;

    if (size > reader->left)
        return wire_refuse(reader->fault, "a body is too short for its last field", reader->left);
    for (i = 0; i < size; i++)
        if (reader->at[i])
            return wire_refuse(reader->fault, "a gap has a byte that is not zero", reader->at[i]);
    reader->at += size;
    reader->left -= size;
    return true;
}

bool wire_take(struct wire_reader *reader, void *to, size_t size)
{
    if (size > reader->left)
        return wire_refuse(reader->fault, "a body is too short for its kind of message",
                           reader->left);
    memcpy(to, reader->at, size);
    reader->at += size;
    reader->left -= size;
    return true;
}

const void *wire_take_list(struct wire_reader *reader, uint64_t count, size_t size,
                           const char *what)
{
    const void *list = reader->at;

    if (count > reader->left / size) {
        wire_refuse(reader->fault, what, count);
        return NULL;
    }
    reader->at += count * size;
    reader->left -= (size_t)count * size;
    return list;
}

bool wire_check_payload(const struct wire_header *header, uint64_t size, struct wire_fault *fault)
{
    bool more = header->flags & WIRE_MORE;

    if (header->payload_size <= size && more == (header->payload_size < size))
        return true;
    return wire_refuse(fault, "a payload is not as long as its body says", header->payload_size);
}

bool wire_check_bare(const struct wire_header *header, struct wire_fault *fault)
{
    return (!header->payload_size && !header->flags) ||
           wire_refuse(fault, "in a chain payload_size and flags of a header are 0",
                       header->payload_size);
}

static bool has_nul(const char *text, size_t size)
{
    while (size)
        if (!text[--size])
            return true;
    return false;
}

bool wire_take_text(struct wire_reader *reader, size_t size, size_t longest, struct wire_text *text)
{
    text->text = (const char *)reader->at;
    text->size = size;
    if (size > longest || size > reader->left)
        return wire_refuse(reader->fault, "a text is too long for its message", size);
    if (has_nul(text->text, size))
        return wire_refuse(reader->fault, "a text has a NUL among its bytes", size);
    reader->at += size;
    reader->left -= size;
    return take_zeros(reader, (WIRE_ALIGN - size % WIRE_ALIGN) % WIRE_ALIGN);
}

static bool skip_field(struct wire_reader *reader, const struct wire_field *field)
{
    size_t gap = (WIRE_ALIGN - field->size % WIRE_ALIGN) % WIRE_ALIGN;

    if (field->flags & WIRE_FIELD_REQUIRED)
        return wire_refuse(reader->fault, "a required field is not known here", field->tag);
    if (field->size > reader->left)
        return wire_refuse(reader->fault, "a field is longer than its message", field->size);
    reader->at += field->size;
    reader->left -= field->size;
    return take_zeros(reader, gap);
}

static bool take_digest(struct wire_reader *reader, size_t size, const unsigned char **digest)
{
    if (size != WIRE_DIGEST_SIZE)
        return wire_refuse(reader->fault, "a digest must have 32 bytes", size);
    *digest = wire_take_list(reader, 1, WIRE_DIGEST_SIZE, "a digest is cut off");
    return *digest != NULL;
}

static bool take_field(struct wire_reader *reader, struct wire_fields *fields)
{
    struct wire_field field;

    if (!wire_take(reader, &field, sizeof(field)))
        return false;
    if (field.flags & ~WIRE_FIELD_REQUIRED)
        return wire_refuse(reader->fault, "a field has unknown flags", field.flags);
    switch (field.tag) {
    case WIRE_TAG_SENTENCE:
        return wire_take_text(reader, field.size, WIRE_MESSAGE_MAX, &fields->sentence);
    case WIRE_TAG_PEER:
        return wire_take_text(reader, field.size, WIRE_MESSAGE_MAX, &fields->peer);
    case WIRE_TAG_DIGEST:
        return take_digest(reader, field.size, &fields->digest);
    default:
        return skip_field(reader, &field);
    }
}

bool wire_take_fields(struct wire_reader *reader, struct wire_fields *fields)
{
    while (reader->left)
        if (!take_field(reader, fields))
            return false;
    return true;
}

static bool known_type(uint16_t type)
{
    return (type >= WIRE_HELLO && type <= WIRE_PING) ||
           (type >= WIRE_SESSION_BEGIN && type <= WIRE_SESSION_END) ||
           (type >= WIRE_RESOURCE_NEW && type <= WIRE_RESOURCE_END) ||
           (type >= WIRE_CALL && type <= WIRE_OUTPUT_DROP) || type == WIRE_PROFILE;
}

bool wire_read_header(const struct wire_header *header, struct wire_fault *fault)
{
    if (!known_type(header->type))
        return wire_refuse(fault, "there is no message of that type", header->type);
    if (header->flags & ~WIRE_MORE)
        return wire_refuse(fault, "a message has unknown flags", header->flags);
    if (header->body_size > WIRE_BODY_MAX || header->body_size % WIRE_ALIGN)
        return wire_refuse(fault, "a body must be a multiple of 8 and at most 65536 bytes long",
                           header->body_size);
    if (header->payload_size > WIRE_PART_MAX)
        return wire_refuse(fault, "a part of a payload may have 1048576 bytes",
                           header->payload_size);
    if (header->flags & WIRE_MORE && !header->payload_size)
        return wire_refuse(fault, "a part that is not the last has no bytes", header->id);
    if (header->type == WIRE_PART && header->body_size)
        return wire_refuse(fault, "a part has no body", header->body_size);
    return true;
}

bool wire_read_goodbye(const struct wire_header *header, const void *body,
                       struct wire_fields *fields, struct wire_fault *fault)
{
    struct wire_reader reader = {body, header->body_size, fault};

    *fields = (struct wire_fields){0};
    if (header->payload_size)
        return wire_refuse(fault, "a goodbye has no payload", header->payload_size);
    return wire_take_fields(&reader, fields);
}
