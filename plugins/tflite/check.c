/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

#include "calls.h"
#include "flatbuffer.h"
#include "schema.h"
#include "vaccel.h"

#include <stdlib.h>

/* Further fields, and numbers of operations. */
enum { TENSOR_SHAPE = 0, TENSOR_BUFFER = 2, TENSOR_IS_VARIABLE = 5, TENSOR_SHAPE_SIGNATURE = 7 };
enum { CUSTOM = 32, CALL_ONCE = 129, HASHTABLE = 136, VAR_HANDLE = 142 };
enum { SPLIT = 49, SPLIT_OPTIONS = 35, SPLIT_V = 102, SPLIT_V_OPTIONS = 79, SPLIT_PARTS = 0 };
enum { BUFFER_DATA = 0, BUFFER_OFFSET = 1, BUFFER_SIZE = 2 };
enum { SIGNATURE_INPUTS = 0, SIGNATURE_OUTPUTS = 1, SIGNATURE_KEY = 2, SIGNATURE_SUBGRAPH = 4 };
enum { MAP_NAME = 0, MAP_TENSOR = 1 };

/* What a tensor is at some point of a subgraph. */
enum tensor_state { UNWRITTEN, WRITTEN, CONSTANT };

struct subgraph {
    const uint8_t *tensors;
    const uint8_t *inputs;
    const uint8_t *outputs;
    const uint8_t *operators;
    uint8_t *states; /* of each tensor */
    bool *used;      /* and whether anything reads it */
};

static int damaged(const char *what, size_t which)
{
    vaccel_error("[tflite] The model is damaged: %s %zu", what, which);
    return VACCEL_EBACKEND;
}

static bool shape_is_sound(const uint8_t *tensor)
{
    const uint8_t *shape = flatbuffer_at(tensor, TENSOR_SHAPE);
    const uint8_t *made = flatbuffer_at(tensor, TENSOR_SHAPE_SIGNATURE);
    size_t i;

    if (flatbuffer_length(shape) > VACCEL_TENSOR_DIMS_MAX ||
        (flatbuffer_length(made) && flatbuffer_length(made) != flatbuffer_length(shape)))
        return false;
    for (i = 0; i < flatbuffer_length(shape); i++)
        if (flatbuffer_element(shape, i) < 0)
            return false;
    for (i = 0; i < flatbuffer_length(made); i++)
        if (flatbuffer_element(made, i) < -1)
            return false;
    return true;
}

/* Buffers of models over 2 GiB lie behind the FlatBuffer. */
static bool buffer_is_sound(const uint8_t *buffer, size_t size)
{
    const uint64_t offset = flatbuffer_long(buffer, BUFFER_OFFSET);
    const uint64_t length = flatbuffer_long(buffer, BUFFER_SIZE);

    return offset <= 1 || (offset <= size && length <= size - offset);
}

static bool has_data(const uint8_t *buffer)
{
    return flatbuffer_length(flatbuffer_at(buffer, BUFFER_DATA)) > 0 ||
           flatbuffer_long(buffer, BUFFER_OFFSET) > 1;
}

static int check_tensors(const struct subgraph *subgraph, const uint8_t *buffers)
{
    const uint8_t *tensor;
    uint32_t buffer;
    size_t i;

    for (i = 0; i < flatbuffer_length(subgraph->tensors); i++) {
        tensor = flatbuffer_table(subgraph->tensors, i);
        buffer = flatbuffer_number(tensor, TENSOR_BUFFER, 0);
        if (!shape_is_sound(tensor))
            return damaged("wrong shape of tensor", i);
        if (buffer >= flatbuffer_length(buffers) && buffer != 0)
            return damaged("no buffer for tensor", i);
        if (flatbuffer_byte(tensor, TENSOR_IS_VARIABLE))
            subgraph->states[i] = WRITTEN;
        if (buffer != 0 && has_data(flatbuffer_table(buffers, buffer)))
            subgraph->states[i] = CONSTANT;
    }
    return VACCEL_OK;
}

static bool is_tensor(const struct subgraph *subgraph, int32_t tensor)
{
    return tensor >= 0 && (size_t)tensor < flatbuffer_length(subgraph->tensors);
}

static bool read_one(struct subgraph *subgraph, int32_t tensor)
{
    if (!is_tensor(subgraph, tensor) || subgraph->states[tensor] == UNWRITTEN)
        return false;
    subgraph->used[tensor] = true;
    return true;
}

/* False if one of them is no tensor, a constant, or written before. */
static bool write_all(struct subgraph *subgraph, const uint8_t *tensors)
{
    int32_t tensor;
    size_t i;

    for (i = 0; i < flatbuffer_length(tensors); i++) {
        tensor = flatbuffer_element(tensors, i);
        if (!is_tensor(subgraph, tensor) || subgraph->states[tensor] != UNWRITTEN)
            return false;
        subgraph->states[tensor] = WRITTEN;
    }
    return true;
}

static bool read_all(struct subgraph *subgraph, const uint8_t *tensors)
{
    size_t i;

    for (i = 0; i < flatbuffer_length(tensors); i++)
        if (!read_one(subgraph, flatbuffer_element(tensors, i)))
            return false;
    return true;
}

static bool needs_no_input(uint32_t code)
{
    return code == CUSTOM || code == CALL_ONCE || code == HASHTABLE || code == VAR_HANDLE;
}

/* Inputs may be left out (-1): a bias, or more by the operations with many. */
static bool inputs_are_sound(struct subgraph *subgraph, const uint8_t *inputs, uint32_t code)
{
    enum { MANY = 5 };
    const size_t needed = flatbuffer_length(inputs) < MANY ? 2 : 1;
    int32_t tensor;
    size_t i;

    if (flatbuffer_length(inputs) == 0 && !needs_no_input(code))
        return false;
    for (i = 0; i < flatbuffer_length(inputs); i++) {
        tensor = flatbuffer_element(inputs, i);
        if (!(tensor == -1 && i >= needed) && !read_one(subgraph, tensor))
            return false;
    }
    return true;
}

/* XNNPACK writes as many parts as the options say. */
static bool options_are_sound(const uint8_t *operation, uint32_t code)
{
    const uint8_t *options = flatbuffer_at(operation, OPERATOR_OPTIONS);
    const uint8_t type = flatbuffer_byte(operation, OPERATOR_OPTIONS_TYPE);

    if (code != SPLIT && code != SPLIT_V)
        return true;
    return options && type == (code == SPLIT ? SPLIT_OPTIONS : SPLIT_V_OPTIONS) &&
           flatbuffer_number(options, SPLIT_PARTS, 0) ==
               flatbuffer_length(flatbuffer_at(operation, OPERATOR_OUTPUTS));
}

static int check_operation(struct subgraph *subgraph, const uint8_t *codes, size_t which)
{
    const uint8_t *operation = flatbuffer_table(subgraph->operators, which);
    uint32_t code = flatbuffer_number(operation, OPERATOR_CODE, 0);

    if (code >= flatbuffer_length(codes))
        return damaged("no code for operation", which);
    code = schema_code(codes, code);
    if (!options_are_sound(operation, code))
        return damaged("wrong options of operation", which);
    if (!inputs_are_sound(subgraph, flatbuffer_at(operation, OPERATOR_INPUTS), code))
        return damaged("wrong inputs of operation", which);
    if (!write_all(subgraph, flatbuffer_at(operation, OPERATOR_INTERMEDIATES)) ||
        !write_all(subgraph, flatbuffer_at(operation, OPERATOR_OUTPUTS)))
        return damaged("wrong outputs of operation", which);
    return VACCEL_OK;
}

/* Whether anything comes of it. */
static bool is_of_use(const struct subgraph *subgraph, const uint8_t *operation)
{
    const uint8_t *outputs = flatbuffer_at(operation, OPERATOR_OUTPUTS);
    size_t i;

    for (i = 0; i < flatbuffer_length(outputs); i++)
        if (subgraph->used[flatbuffer_element(outputs, i)])
            return true;
    return flatbuffer_length(outputs) == 0;
}

static int check_operations(struct subgraph *subgraph, const uint8_t *codes, size_t which,
                            bool *all_of_use)
{
    int ret = VACCEL_OK;
    size_t i;

    for (i = 0; i < flatbuffer_length(subgraph->operators) && ret == VACCEL_OK; i++)
        ret = check_operation(subgraph, codes, i);
    if (ret == VACCEL_OK && !read_all(subgraph, subgraph->outputs))
        ret = damaged("wrong outputs of subgraph", which);
    for (i = 0; i < flatbuffer_length(subgraph->operators) && ret == VACCEL_OK; i++)
        *all_of_use &= is_of_use(subgraph, flatbuffer_table(subgraph->operators, i));
    return ret;
}

static int check_subgraph(const uint8_t *model, const uint8_t *table, size_t which,
                          bool *all_of_use)
{
    struct subgraph subgraph = {
        .tensors = flatbuffer_at(table, SUBGRAPH_TENSORS),
        .inputs = flatbuffer_at(table, SUBGRAPH_INPUTS),
        .outputs = flatbuffer_at(table, SUBGRAPH_OUTPUTS),
        .operators = flatbuffer_at(table, SUBGRAPH_OPERATORS),
    };
    const size_t nr_tensors = flatbuffer_length(subgraph.tensors);
    int ret;

    subgraph.states = calloc(nr_tensors + 1, sizeof(*subgraph.states));
    subgraph.used = calloc(nr_tensors + 1, sizeof(*subgraph.used));
    ret = subgraph.states && subgraph.used ? VACCEL_OK : VACCEL_ENOMEM;
    if (ret == VACCEL_OK)
        ret = check_tensors(&subgraph, flatbuffer_at(model, MODEL_BUFFERS));
    if (ret == VACCEL_OK && !write_all(&subgraph, subgraph.inputs))
        ret = damaged("wrong inputs of subgraph", which);
    if (ret == VACCEL_OK)
        ret = check_operations(&subgraph, flatbuffer_at(model, MODEL_OPERATOR_CODES), which,
                               all_of_use);
    free(subgraph.states);
    free(subgraph.used);
    return ret;
}

static bool is_mapped(const uint8_t *maps, int32_t tensor)
{
    size_t i;

    for (i = 0; i < flatbuffer_length(maps); i++)
        if (flatbuffer_number(flatbuffer_table(maps, i), MAP_TENSOR, 0) == (uint32_t)tensor)
            return true;
    return false;
}

/* As many names as the subgraph has tensors on that side, and each of these has one. */
static bool maps_are_sound(const uint8_t *maps, const uint8_t *tensors)
{
    size_t i;

    if (flatbuffer_length(maps) != flatbuffer_length(tensors))
        return false;
    for (i = 0; i < flatbuffer_length(maps); i++)
        if (!flatbuffer_at(flatbuffer_table(maps, i), MAP_NAME) ||
            !is_mapped(maps, flatbuffer_element(tensors, i)))
            return false;
    return true;
}

static int check_signature(const uint8_t *signature, const uint8_t *subgraphs, size_t which)
{
    const uint32_t subgraph = flatbuffer_number(signature, SIGNATURE_SUBGRAPH, 0);
    const uint8_t *table;

    if (!flatbuffer_at(signature, SIGNATURE_KEY) || subgraph >= flatbuffer_length(subgraphs))
        return damaged("no name or no subgraph for signature", which);
    table = flatbuffer_table(subgraphs, subgraph);
    if (!maps_are_sound(flatbuffer_at(signature, SIGNATURE_INPUTS),
                        flatbuffer_at(table, SUBGRAPH_INPUTS)) ||
        !maps_are_sound(flatbuffer_at(signature, SIGNATURE_OUTPUTS),
                        flatbuffer_at(table, SUBGRAPH_OUTPUTS)))
        return damaged("wrong inputs or outputs of signature", which);
    return VACCEL_OK;
}

int check_model(const uint8_t *bytes, size_t size, bool *all_of_use)
{
    const uint8_t *model = flatbuffer_root(bytes);
    const uint8_t *subgraphs = flatbuffer_at(model, MODEL_SUBGRAPHS);
    const uint8_t *buffers = flatbuffer_at(model, MODEL_BUFFERS);
    const uint8_t *signatures = flatbuffer_at(model, MODEL_SIGNATURES);
    int ret = VACCEL_OK;
    size_t i;

    *all_of_use = true;
    if (flatbuffer_length(subgraphs) == 0)
        return damaged("subgraphs:", 0);
    for (i = 0; i < flatbuffer_length(buffers); i++)
        if (!buffer_is_sound(flatbuffer_table(buffers, i), size))
            return damaged("wrong place of buffer", i);
    for (i = 0; i < flatbuffer_length(subgraphs) && ret == VACCEL_OK; i++)
        ret = check_subgraph(model, flatbuffer_table(subgraphs, i), i, all_of_use);
    if (ret == VACCEL_OK)
        ret = check_calls(model);
    for (i = 0; i < flatbuffer_length(signatures) && ret == VACCEL_OK; i++)
        ret = check_signature(flatbuffer_table(signatures, i), subgraphs, i);
    return ret;
}
