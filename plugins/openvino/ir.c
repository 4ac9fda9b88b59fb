/* SPDX-License-Identifier: Apache-2.0 */
#include "ir.h"

#include "bytes.h"

#include <ctype.h>

enum { LARGEST_ELEMENT = 16 };

static void skip_spaces(struct bytes *rest)
{
    while (rest->size && isspace(*rest->data)) {
        rest->data++;
        rest->size--;
    }
}

static bool take(struct bytes *rest, unsigned char wanted)
{
    struct bytes taken;

    return rest->size && *rest->data == wanted && bytes_take(rest, 1, &taken);
}

static bool take_dimension(struct bytes *rest, uint64_t *dimension)
{
    for (*dimension = 0; rest->size && isdigit(*rest->data); rest->data++, rest->size--) {
        if (__builtin_mul_overflow(*dimension, 10, dimension) ||
            __builtin_add_overflow(*dimension, *rest->data - '0', dimension))
            return false;
    }
    return true;
}

/* @rest: behind the quotation mark. A character that is written by its number could be a digit. */
static bool fits(struct bytes *rest, unsigned char quote)
{
    uint64_t bytes = LARGEST_ELEMENT;
    uint64_t dimension;

    while (rest->size && *rest->data != quote) {
        if (!isdigit(*rest->data)) {
            if (take(rest, '&'))
                return false;
            rest->data++;
            rest->size--;
        } else if (!take_dimension(rest, &dimension) ||
                   (dimension && __builtin_mul_overflow(bytes, dimension, &bytes))) {
            return false;
        }
    }
    return true;
}

/* @rest: behind the name of what may be an attribute. */
static bool check_attribute(struct bytes *rest)
{
    skip_spaces(rest);
    if (!take(rest, '='))
        return true;
    skip_spaces(rest);
    if (take(rest, '"'))
        return fits(rest, '"');
    return !take(rest, '\'') || fits(rest, '\'');
}

int ir_check(struct vaccel_blob *model)
{
    static const char name[] = "shape";
    struct bytes rest;
    const uint8_t *at;
    bool sound;

    if (bytes_of_blob(model, &rest) != VACCEL_OK)
        return VACCEL_EBACKEND;
    sound = !memchr(rest.data, '\0', rest.size);
    while (sound && (at = memmem(rest.data, rest.size, name, sizeof(name) - 1))) {
        rest.size -= (size_t)(at - rest.data) + sizeof(name) - 1;
        rest.data = at + sizeof(name) - 1;
        sound = check_attribute(&rest);
    }
    if (sound)
        return VACCEL_OK;
    vaccel_error(
        "[openvino] a shape in the model has more elements than there can be, or the model is "
        "not written in plain characters");
    return VACCEL_EBACKEND;
}
