/* SPDX-License-Identifier: Apache-2.0 */
#include "output.hpp"

#include "failure.hpp"

#include <ATen/core/function_schema.h>
#include <vaccel.h>

namespace torchscript
{

namespace
{

void flatten(const c10::IValue &value, const std::string &name, std::vector<output> &outputs);

void add(const at::Tensor &tensor, const std::string &name, std::vector<output> &outputs)
{
    outputs.push_back({name.empty() ? "output_" + std::to_string(outputs.size()) : name, tensor});
}

void flatten_tuple(const c10::IValue &value, std::vector<output> &outputs)
{
    const auto tuple = value.toTuple();
    const c10::TupleTypePtr type = tuple->type<c10::TupleType>();
    const std::shared_ptr<c10::FunctionSchema> &fields = type->schema();

    for (size_t i = 0; i < tuple->elements().size(); i++)
        flatten(tuple->elements()[i], fields ? fields->arguments()[i].name() : "", outputs);
}

void flatten_dictionary(const c10::IValue &value, std::vector<output> &outputs)
{
    for (const auto &entry : value.toGenericDict())
        flatten(entry.value(), entry.key().isString() ? entry.key().toStringRef() : "", outputs);
}

void flatten(const c10::IValue &value, const std::string &name, std::vector<output> &outputs)
{
    if (value.isTensor())
        add(value.toTensor(), name, outputs);
    else if (value.isNone())
        add(at::Tensor(), name, outputs);
    else if (value.isBool())
        add(at::scalar_tensor(value.toBool(), at::kBool), name, outputs);
    else if (value.isInt())
        add(at::scalar_tensor(value.toInt(), at::kLong), name, outputs);
    else if (value.isDouble())
        add(at::scalar_tensor(value.toDouble(), at::kDouble), name, outputs);
    else if (value.isTuple())
        flatten_tuple(value, outputs);
    else if (value.isGenericDict())
        flatten_dictionary(value, outputs);
    else if (value.isList())
        for (const c10::IValue &element : value.toListRef())
            flatten(element, "", outputs);
    else
        throw failure(VACCEL_EBACKEND, "the model gave a " + value.type()->annotation_str() +
                                           ": let it return tensors, numbers, or tuples, lists and "
                                           "dictionaries of them");
}

} // namespace

std::vector<output> outputs_in(const c10::IValue &value)
{
    std::vector<output> outputs;

    flatten(value, "", outputs);
    return outputs;
}

} // namespace torchscript
