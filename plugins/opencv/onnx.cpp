/* SPDX-License-Identifier: Apache-2.0 */
#include "onnx.hpp"

#include <algorithm>
#include <functional>
#include <set>
#include <utility>

namespace vision
{

namespace
{

/* Field numbers of the messages in onnx.proto. */
constexpr uint64_t model_graph = 7, graph_initializer = 5, tensor_name = 8;
constexpr uint64_t graph_node = 1, graph_input = 11, graph_output = 12;
constexpr uint64_t node_input = 1, node_output = 2, node_attribute = 5;
constexpr uint64_t attribute_name = 1, attribute_number = 3;
constexpr uint64_t value_name = 1, value_type = 2, type_tensor = 1, tensor_shape = 2;
constexpr uint64_t shape_dimension = 1, dimension_value = 1;

/* A field of a protobuf message: a number, or bytes, which may be a message again. */
struct field {
    uint64_t number;
    bool has_bytes;
    uint64_t value;
    std::string_view bytes;
};

bool take_varint(std::string_view &rest, uint64_t &value)
{
    value = 0;
    for (unsigned int shift = 0; shift < 64 && !rest.empty(); shift += 7) {
        const auto byte = uint8_t(rest.front());
        rest.remove_prefix(1);
        value |= uint64_t(byte & 0x7f) << shift;
        if (byte < 0x80)
            return true;
    }
    return false;
}

bool take_bytes(std::string_view &rest, uint64_t count, std::string_view &bytes)
{
    if (count > rest.size())
        return false;
    bytes = rest.substr(0, count);
    rest.remove_prefix(count);
    return true;
}

bool take_field(std::string_view &rest, field &next)
{
    uint64_t key = 0;
    uint64_t length = 0;

    if (!take_varint(rest, key))
        return false;
    key = uint32_t(key); /* as protobuf, which knows no larger keys */
    next = {key >> 3, (key & 7) == 2, 0, {}};
    switch (key & 7) {
    case 0:
        return take_varint(rest, next.value);
    case 1:
        return take_bytes(rest, 8, next.bytes);
    case 2:
        return take_varint(rest, length) && take_bytes(rest, length, next.bytes);
    case 5:
        return take_bytes(rest, 4, next.bytes);
    default:
        return false;
    }
}

/* Calls @visit for every field of that number that has bytes; damaged messages end early. */
void for_each(std::string_view message, uint64_t number,
              const std::function<void(std::string_view)> &visit)
{
    field next{};

    while (!message.empty() && take_field(message, next)) {
        if (next.number == number && next.has_bytes)
            visit(next.bytes);
    }
}

/* The last field of that number that is a number; 0 if there is none. */
int64_t number_of(std::string_view message, uint64_t number)
{
    field next{};
    int64_t value = 0;

    while (!message.empty() && take_field(message, next)) {
        if (next.number == number && !next.has_bytes)
            value = int64_t(next.value);
    }
    return value;
}

std::string text_of(std::string_view message, uint64_t number)
{
    std::string text;

    for_each(message, number, [&](std::string_view found) { text = found; });
    return text;
}

/* A dimension without a size, or with one that is none, may be any. */
int64_t size_of(std::string_view dimension)
{
    const int64_t size = number_of(dimension, dimension_value);

    return size > 0 ? size : -1;
}

onnx_value read_value(std::string_view message)
{
    onnx_value value = {text_of(message, value_name), false, {}};

    for_each(message, value_type, [&](std::string_view type) {
        for_each(type, type_tensor, [&](std::string_view tensor) {
            for_each(tensor, tensor_shape, [&](std::string_view shape) {
                value.has_shape = true;
                for_each(shape, shape_dimension, [&](std::string_view dimension) {
                    value.shape.push_back(size_of(dimension));
                });
            });
        });
    });
    return value;
}

bool has_no_groups(std::string_view node)
{
    bool none = false;

    for_each(node, node_attribute, [&](std::string_view attribute) {
        none = none || (text_of(attribute, attribute_name) == "group" &&
                        number_of(attribute, attribute_number) < 1);
    });
    return none;
}

/* Whether all that nodes take is an input, a weight, or what a node before them gives. */
bool is_sound(std::string_view message, const std::vector<std::string> &weights,
              const std::vector<onnx_value> &inputs)
{
    std::set<std::string, std::less<>> known(weights.begin(), weights.end());
    bool sound = true;

    known.insert(""); /* an input that is left out */
    for (const onnx_value &input : inputs)
        known.insert(input.name);
    for_each(message, graph_node, [&](std::string_view node) {
        for_each(node, node_input, [&](std::string_view input) {
            sound = sound && known.find(input) != known.end();
        });
        for_each(node, node_output, [&](std::string_view output) { known.emplace(output); });
        sound = sound && !has_no_groups(node);
    });
    return sound;
}

void read_graph(std::string_view message, onnx_graph &graph)
{
    std::vector<std::string> weights;

    for_each(message, graph_initializer,
             [&](std::string_view tensor) { weights.push_back(text_of(tensor, tensor_name)); });
    for_each(message, graph_input, [&](std::string_view input) {
        onnx_value value = read_value(input);
        /* Old files declare the weights among the inputs. */
        if (std::find(weights.begin(), weights.end(), value.name) == weights.end())
            graph.inputs.push_back(std::move(value));
    });
    graph.is_sound = is_sound(message, weights, graph.inputs);
    for_each(message, graph_output,
             [&](std::string_view output) { graph.outputs.push_back(read_value(output)); });
}

} // namespace

onnx_graph read_onnx(std::string_view bytes)
{
    onnx_graph graph;

    for_each(bytes, model_graph, [&](std::string_view found) { read_graph(found, graph); });
    return graph;
}

} // namespace vision
