/* SPDX-License-Identifier: Apache-2.0 */
#include "onnx.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace vision
{

namespace
{

/* Field numbers of the messages in onnx.proto. */
constexpr uint64_t model_graph = 7, graph_initializer = 5, tensor_name = 8;
constexpr uint64_t graph_input = 11, graph_output = 12;
constexpr uint64_t value_name = 1, value_type = 2, type_tensor = 1, tensor_shape = 2;
constexpr uint64_t shape_dimension = 1, dimension_value = 1;

/* A field of a protobuf message: a number, or bytes, which may be a message again. */
struct field {
    uint64_t number;
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
    next = {key >> 3, 0, {}};
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

/* Calls @visit for every field of that number; damaged messages end early. */
void for_each(std::string_view message, uint64_t number,
              const std::function<void(const field &)> &visit)
{
    field next{};

    while (!message.empty() && take_field(message, next)) {
        if (next.number == number)
            visit(next);
    }
}

std::string text_of(std::string_view message, uint64_t number)
{
    std::string text;

    for_each(message, number, [&](const field &found) { text = found.bytes; });
    return text;
}

/* A dimension without a size, or with one that is none, may be any. */
int64_t size_of(std::string_view dimension)
{
    int64_t size = 0;

    for_each(dimension, dimension_value, [&](const field &value) { size = int64_t(value.value); });
    return size > 0 ? size : -1;
}

onnx_value read_value(std::string_view message)
{
    onnx_value value = {text_of(message, value_name), false, {}};

    for_each(message, value_type, [&](const field &type) {
        for_each(type.bytes, type_tensor, [&](const field &tensor) {
            for_each(tensor.bytes, tensor_shape, [&](const field &shape) {
                value.has_shape = true;
                for_each(shape.bytes, shape_dimension, [&](const field &dimension) {
                    value.shape.push_back(size_of(dimension.bytes));
                });
            });
        });
    });
    return value;
}

void read_graph(std::string_view message, onnx_graph &graph)
{
    std::vector<std::string> weights;

    for_each(message, graph_initializer,
             [&](const field &tensor) { weights.push_back(text_of(tensor.bytes, tensor_name)); });
    for_each(message, graph_input, [&](const field &input) {
        onnx_value value = read_value(input.bytes);
        /* Old files declare the weights among the inputs. */
        if (std::find(weights.begin(), weights.end(), value.name) == weights.end())
            graph.inputs.push_back(std::move(value));
    });
    for_each(message, graph_output,
             [&](const field &output) { graph.outputs.push_back(read_value(output.bytes)); });
}

} // namespace

onnx_graph read_onnx(std::string_view bytes)
{
    onnx_graph graph;

    for_each(bytes, model_graph, [&](const field &found) { read_graph(found.bytes, graph); });
    return graph;
}

} // namespace vision
