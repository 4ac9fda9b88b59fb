/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/write.h"
#include "platform/text.h"

static void append(struct wire_writer *writer, const void *data, size_t size)
{
    if (writer->full || size > writer->room - writer->size) {
        writer->full = true;
        return;
    }
    if (size)
        memcpy(writer->start + writer->size, data, size);
    writer->size += size;
}

static void pad(struct wire_writer *writer)
{
    static const unsigned char zeros[WIRE_ALIGN];

    append(writer, zeros, (WIRE_ALIGN - writer->size % WIRE_ALIGN) % WIRE_ALIGN);
}

void wire_begin(struct wire_writer *writer, void *buf, size_t room, enum wire_type type,
                uint64_t id)
{
    const struct wire_header header = {.type = (uint16_t)type, .id = id};

    *writer = (struct wire_writer){.start = buf, .room = room};
    append(writer, &header, sizeof(header));
}

void wire_put(struct wire_writer *writer, const void *data, size_t size)
{
    append(writer, data, size);
    pad(writer);
}

void wire_put_field(struct wire_writer *writer, enum wire_tag tag, const void *data, size_t size)
{
    const struct wire_field field = {.tag = (uint16_t)tag, .size = (uint32_t)size};

    append(writer, &field, sizeof(field));
    wire_put(writer, data, size);
}

/* At the end of a character, as UTF-8 goes on with bytes of 10xxxxxx. */
static size_t cut(const char *text, size_t length)
{
    if (length <= WIRE_MESSAGE_MAX)
        return length;
    length = WIRE_MESSAGE_MAX;
    while (length && ((unsigned char)text[length] & 0xc0) == 0x80)
        length--;
    return length;
}

void wire_put_sentence(struct wire_writer *writer, const char *sentence)
{
    size_t length = 0;

    while (sentence[length] && length <= WIRE_MESSAGE_MAX)
        length++;
    if (length)
        wire_put_field(writer, WIRE_TAG_SENTENCE, sentence, cut(sentence, length));
}

size_t wire_end(struct wire_writer *writer)
{
    if (writer->full || writer->size - WIRE_HEADER_SIZE > WIRE_BODY_MAX)
        return 0;
    wire_header_of(writer)->body_size = (uint32_t)(writer->size - WIRE_HEADER_SIZE);
    return writer->size;
}
