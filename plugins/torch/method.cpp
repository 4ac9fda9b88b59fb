/* SPDX-License-Identifier: Apache-2.0 */
#include "method.hpp"

#include "description.hpp"
#include "failure.hpp"
#include "in_place.hpp"
#include "input.hpp"

#include <algorithm>

#include <vaccel.h>

namespace torchscript
{

/* A method's first argument is the module. */
method::method(const torch::jit::Method &from) : method_(from)
{
    const std::vector<c10::Argument> &arguments = method_.function().getSchema().arguments();
    const std::vector<bool> in_place = usable_in_place(method_);

    for (size_t i = 1; i < arguments.size(); i++) {
        first_inputs_.push_back(inputs_.size());
        if (takes_tensors(arguments[i].type()))
            add_inputs(arguments[i].name(), arguments[i].type(), in_place[i]);
    }
    first_inputs_.push_back(inputs_.size());
}

void method::add_inputs(const std::string &name, const c10::TypePtr &type, bool in_place)
{
    const c10::TypePtr plain = without_optional(type);
    const c10::TupleTypePtr tuple = plain->cast<c10::TupleType>();

    if (!tuple) {
        inputs_.push_back({name, plain, in_place});
        return;
    }
    for (size_t i = 0; i < tuple->elements().size(); i++)
        add_inputs(name + "." + std::to_string(i), tuple->elements()[i], false);
}

std::vector<std::string> method::input_names() const
{
    std::vector<std::string> names;

    for (const input &each : inputs_)
        names.push_back(each.name);
    return names;
}

size_t method::place_of(const vaccel_tensor &tensor, size_t position) const
{
    if (!tensor.name && position < inputs_.size())
        return position;
    for (size_t place = 0; tensor.name && place < inputs_.size(); place++) {
        if (inputs_[place].name == tensor.name)
            return place;
    }
    throw failure(VACCEL_EINVAL, "there is no input " +
                                     (tensor.name ? '"' + std::string(tensor.name) + '"'
                                                  : "at place " + std::to_string(position)) +
                                     ": the inputs of \"" + name() + "\" are " +
                                     quoted(input_names()));
}

method::given method::sort(const vaccel_tensor *tensors, size_t nr_tensors) const
{
    given sorted(inputs_.size(), nullptr);

    for (size_t i = 0; i < nr_tensors; i++) {
        const size_t place = place_of(tensors[i], i);

        if (sorted[place])
            throw failure(VACCEL_EINVAL,
                          "input \"" + inputs_[place].name + "\" is given twice: give it once");
        sorted[place] = &tensors[i];
    }
    return sorted;
}

c10::IValue method::value(const given &tensors, const c10::TypePtr &type, size_t &next) const
{
    const c10::TypePtr plain = without_optional(type);
    const c10::TupleTypePtr tuple = plain->cast<c10::TupleType>();

    if (tuple) {
        std::vector<c10::IValue> elements;

        for (const c10::TypePtr &element : tuple->elements())
            elements.push_back(value(tensors, element, next));
        return c10::ivalue::Tuple::createNamed(std::move(elements), tuple);
    }
    const input &wanted = inputs_[next];
    const vaccel_tensor *tensor = tensors[next++];
    if (!tensor)
        throw failure(VACCEL_EINVAL, "input \"" + wanted.name + "\" is missing: the inputs of \"" +
                                         name() + "\" are " + quoted(input_names()));
    return input_value(*tensor, wanted.name, wanted.type, wanted.in_place);
}

/* An argument of which no tensor is given has its default, if there is one. */
c10::IValue method::argument(const given &tensors, size_t number) const
{
    const c10::Argument &argument = method_.function().getSchema().arguments()[number + 1];
    const auto first = tensors.begin() + ptrdiff_t(first_inputs_[number]);
    const auto end = tensors.begin() + ptrdiff_t(first_inputs_[number + 1]);
    const bool missing = std::none_of(first, end, [](const vaccel_tensor *t) { return t; });

    if (missing && argument.default_value())
        return *argument.default_value();
    if (first == end)
        throw failure(VACCEL_EINVAL, "argument \"" + argument.name() + "\" of \"" + name() +
                                         "\" is a " + argument.type()->annotation_str() +
                                         ", which is no tensor, number or tuple of them: give it "
                                         "a default value in the model");
    size_t next = first_inputs_[number];
    return value(tensors, argument.type(), next);
}

c10::IValue method::operator()(const vaccel_tensor *tensors, size_t nr_tensors) const
{
    const given sorted = sort(tensors, nr_tensors);
    std::vector<c10::IValue> arguments;

    for (size_t i = 0; i + 1 < first_inputs_.size(); i++)
        arguments.push_back(argument(sorted, i));
    return method_(std::move(arguments));
}

int method::describe(struct vaccel_model_info *info) const
{
    int ret = VACCEL_OK;

    for (const input &each : inputs_) {
        if (ret == VACCEL_OK)
            ret = describe_input(info, each.name, each.type);
    }
    for (const c10::Argument &result : method_.function().getSchema().returns()) {
        if (ret == VACCEL_OK)
            ret = describe_outputs(info, result.type());
    }
    return ret;
}

} // namespace torchscript
