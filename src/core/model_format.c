/* SPDX-License-Identifier: Apache-2.0 */
#include "core/engines.h"
#include "platform/text.h"
#include "vaccel.h"

/* Formats by their contents. What is looked at may be damaged or meant to do damage. */

struct bytes {
    const uint8_t *data;
    size_t size;
};

static bool begins_with(struct bytes bytes, size_t offset, const char *text)
{
    size_t length = text_length(text);

    return bytes.size >= offset + length && memcmp(bytes.data + offset, text, length) == 0;
}

/* A number of protocol buffers: seven bits a byte, the lowest first. False: cut off or too long. */
static bool take_number(struct bytes *rest, uint64_t *number)
{
    unsigned int shift;

    *number = 0;
    for (shift = 0; shift < 64 && rest->size; shift += 7) {
        uint8_t byte = *rest->data++;

        rest->size--;
        *number |= (uint64_t)(byte & 127) << shift;
        if (!(byte & 128))
            return true;
    }
    return false;
}

enum { WIRE_NUMBER = 0, WIRE_EIGHT_BYTES = 1, WIRE_BYTES = 2, WIRE_FOUR_BYTES = 5 };

static bool skip_value(struct bytes *rest, unsigned int kind)
{
    uint64_t size = kind == WIRE_EIGHT_BYTES ? 8 : 4;

    if (kind == WIRE_NUMBER)
        return take_number(rest, &size);
    if (kind != WIRE_EIGHT_BYTES && kind != WIRE_FOUR_BYTES &&
        (kind != WIRE_BYTES || !take_number(rest, &size)))
        return false;
    if (size > rest->size)
        return false;
    rest->data += size;
    rest->size -= (size_t)size;
    return true;
}

/* The fields below 32 that a message has, by how they are written. */
struct fields {
    uint32_t numbers;
    uint32_t bytes;
};

/* A graph has a field for each of its nodes: some are enough. False: it is no message. */
static bool look_at_fields(struct bytes rest, struct fields *fields)
{
    enum { LOOKED_AT = 256 };
    uint64_t key;
    int i;

    *fields = (struct fields){0};
    for (i = 0; i < LOOKED_AT && rest.size; i++) {
        if (!take_number(&rest, &key) || key < 8 || !skip_value(&rest, key & 7))
            return false;
        if (key >> 3 > 31)
            return false;
        if ((key & 7) == WIRE_NUMBER)
            fields->numbers |= 1u << (key >> 3);
        else if ((key & 7) == WIRE_BYTES)
            fields->bytes |= 1u << (key >> 3);
    }
    return i > 0;
}

/* Field numbers are those of onnx.proto's ModelProto and of TensorFlow's graph.proto. */
static const char *format_of_message(struct bytes bytes)
{
    enum { IR_VERSION = 1, GRAPH = 7 };
    enum { NODE = 1, VERSIONS = 4 };
    const uint32_t graph_def = 1u << NODE | 1u << 2 | 1u << VERSIONS;
    struct fields fields;

    if (!look_at_fields(bytes, &fields))
        return NULL;
    if (fields.numbers & 1u << IR_VERSION && fields.bytes & 1u << GRAPH)
        return "onnx";
    if (fields.bytes & 1u << NODE && !(fields.bytes & ~graph_def) && !(fields.numbers & ~8u))
        return "frozen-graph";
    return NULL;
}

static bool is_openvino_ir(struct bytes bytes)
{
    enum { LOOKED_AT = 1024 };
    size_t i;

    if (!begins_with(bytes, 0, "<?xml") && !begins_with(bytes, 0, "<net"))
        return false;
    for (i = 0; i < LOOKED_AT && i < bytes.size; i++)
        if (begins_with(bytes, i, "<net "))
            return true;
    return false;
}

static const char *format_of_bytes(struct bytes bytes)
{
    if (begins_with(bytes, 4, "TFL3"))
        return "tflite";
    if (begins_with(bytes, 0, "PK\003\004"))
        return "torchscript";
    if (is_openvino_ir(bytes))
        return "openvino-ir";
    return format_of_message(bytes);
}

static const char *last_part(const char *name)
{
    const char *part = name;

    for (; *name; name++)
        if (*name == '/')
            part = name + 1;
    return part;
}

/* By name, as the contents of such a file are a message like others. */
static bool is_saved_model(const struct vaccel_blob *blob)
{
    return blob->name && text_equal(last_part(blob->name), "saved_model.pb");
}

static const char *extension_of(const struct vaccel_blob *blob)
{
    const char *name = blob->name ? last_part(blob->name) : "";
    const char *extension = "";

    for (; *name; name++)
        if (*name == '.')
            extension = name + 1;
    return extension;
}

static const char *format_of_extension(const char *extension)
{
    static const char *const known[][2] = {
        {"pt", "torchscript"},
        {"pth", "torchscript"},
        {"pb", "frozen-graph"},
        {"xml", "openvino-ir"},
    };
    size_t i;

    for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (text_equal(extension, known[i][0]))
            return known[i][1];
    return extension[0] ? extension : "unknown";
}

static const char *by_contents(const struct vaccel_resource *res)
{
    const char *format = NULL;
    struct bytes bytes;
    size_t i;

    for (i = 0; i < res->nr_blobs; i++)
        if (is_saved_model(res->blobs[i]))
            return "saved-model";
    for (i = 0; i < res->nr_blobs && !format; i++) {
        bytes.data = vaccel_blob_data(res->blobs[i], &bytes.size);
        format = bytes.data ? format_of_bytes(bytes) : NULL;
    }
    return format;
}

void model_format(struct vaccel_resource *res, char format[MODEL_FORMAT_SIZE])
{
    const char *found = by_contents(res);

    if (!found)
        found = res->nr_blobs ? format_of_extension(extension_of(res->blobs[0])) : "unknown";
    text_format(format, MODEL_FORMAT_SIZE, "%s", found);
}
