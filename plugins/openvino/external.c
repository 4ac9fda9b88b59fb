/* SPDX-License-Identifier: Apache-2.0 */
#include "external.h"

#include "bytes.h"

/* Messages of ONNX that lead to weights, and their fields that do. */
enum message { MODEL, TRAINING, FUNCTION, GRAPH, NODE, ATTRIBUTE, SPARSE_TENSOR, TENSOR, ENTRY };

static const struct {
    enum message message;
    enum message holds;
    uint64_t field;
} paths[] = {
    {MODEL, GRAPH, 7},
    {MODEL, TRAINING, 20},
    {MODEL, FUNCTION, 25},
    {TRAINING, GRAPH, 1},
    {TRAINING, GRAPH, 2},
    {FUNCTION, NODE, 7},
    {FUNCTION, ATTRIBUTE, 11},
    {GRAPH, NODE, 1},
    {GRAPH, TENSOR, 5},
    {GRAPH, SPARSE_TENSOR, 15},
    {NODE, ATTRIBUTE, 5},
    {ATTRIBUTE, TENSOR, 5},
    {ATTRIBUTE, GRAPH, 6},
    {ATTRIBUTE, TENSOR, 10},
    {ATTRIBUTE, GRAPH, 11},
    {ATTRIBUTE, SPARSE_TENSOR, 22},
    {ATTRIBUTE, SPARSE_TENSOR, 23},
    {SPARSE_TENSOR, TENSOR, 1},
    {SPARSE_TENSOR, TENSOR, 2},
    {TENSOR, ENTRY, 13},
};

enum { KEY = 1, VALUE = 2, DEPTH_MAX = 100 }; /* protobuf reads no deeper itself */

enum wire_type { VARINT = 0, FIXED64 = 1, BYTES = 2, GROUP = 3, GROUP_END = 4, FIXED32 = 5 };

struct field {
    uint64_t number;
    enum wire_type type;
    struct bytes bytes; /* of BYTES */
};

/*
 * The next field; false: there is none, or none that is whole, and OpenVINO will say so. Of its key
 * protobuf keeps 32 bits, whatever is above them.
 */
static bool take_field(struct bytes *rest, struct field *field)
{
    uint64_t value;

    field->bytes = (struct bytes){NULL, 0};
    if (!bytes_take_varint(rest, &value))
        return false;
    field->number = (uint32_t)value >> 3;
    field->type = value & 7;
    switch (field->type) {
    case VARINT:
        return bytes_take_varint(rest, &value);
    case FIXED64:
        return bytes_take(rest, 8, &field->bytes);
    case BYTES:
        return bytes_take_varint(rest, &value) && bytes_take(rest, value, &field->bytes);
    case GROUP:
    case GROUP_END:
        return true; /* what is in it is looked at as if it were not */
    case FIXED32:
        return bytes_take(rest, 4, &field->bytes);
    default:
        return false;
    }
}

/* A relative path, which does not lead upwards. */
static bool is_beside(struct bytes path)
{
    size_t begin = 0;
    size_t i;

    for (i = 0; i <= path.size; i++) {
        if (i < path.size && path.data[i] != '/')
            continue;
        if (i == begin || bytes_equal((struct bytes){path.data + begin, i - begin}, ".."))
            return false;
        begin = i + 1;
    }
    return !memchr(path.data, '*', path.size) && !memchr(path.data, '\0', path.size);
}

static bool is_allowed(struct bytes location, bool may_have)
{
    if (may_have && is_beside(location))
        return true;
    vaccel_error("[openvino] the model has weights in \"%.*s\": %s",
                 (int)(location.size < 200 ? location.size : 200), (const char *)location.data,
                 may_have ? "they must be in a file beside the model"
                          : "a model in memory must have them in itself");
    return false;
}

static bool check_entry(struct bytes rest, bool may_have)
{
    struct bytes key = {NULL, 0};
    struct bytes value = {NULL, 0};
    struct field field;

    while (take_field(&rest, &field)) {
        if (field.type == BYTES && field.number == KEY)
            key = field.bytes;
        if (field.type == BYTES && field.number == VALUE)
            value = field.bytes;
    }
    return !bytes_equal(key, "location") || is_allowed(value, may_have);
}

static bool find_path(enum message message, uint64_t field, enum message *holds)
{
    size_t i;

    for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        if (paths[i].message == message && paths[i].field == field) {
            *holds = paths[i].holds;
            return true;
        }
    }
    return false;
}

/* NOLINTNEXTLINE(misc-no-recursion): its depth has a limit */
static bool check_message(enum message message, struct bytes rest, bool may_have, int depth)
{
    struct field field;
    enum message holds;

    if (message == ENTRY)
        return check_entry(rest, may_have);
    while (depth < DEPTH_MAX && take_field(&rest, &field)) {
        if (field.type == BYTES && find_path(message, field.number, &holds) &&
            !check_message(holds, field.bytes, may_have, depth + 1))
            return false;
    }
    return true;
}

int external_check(struct vaccel_blob *model, bool may_have)
{
    struct bytes bytes;
    int ret = bytes_of_blob(model, &bytes);

    if (ret == VACCEL_OK && !check_message(MODEL, bytes, may_have, 0))
        ret = VACCEL_EBACKEND;
    return ret;
}
