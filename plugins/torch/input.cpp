/* SPDX-License-Identifier: Apache-2.0 */
#include "input.hpp"

#include "failure.hpp"
#include "settings.hpp"
#include "types.hpp"

#include <algorithm>

#include <ATen/ATen.h>

namespace torchscript
{

namespace
{

[[noreturn]] void refuse(const std::string &name, const std::string &why)
{
    throw failure(VACCEL_EINVAL, "input \"" + name + "\" " + why);
}

/* The caller's elements, where they lie. */
at::Tensor wrapped(const vaccel_tensor &tensor, const std::string &name)
{
    const std::optional<c10::ScalarType> type = torch_type(tensor.data_type);

    if (!type)
        refuse(name, std::string("has elements of type ") +
                         vaccel_data_type_name(tensor.data_type) +
                         ", which this libtorch does not have");
    return at::from_blob(tensor.data, at::IntArrayRef(tensor.dims, tensor.nr_dims),
                         at::TensorOptions(*type));
}

/* Torch counts on a bool being 0 or 1, and the caller's bytes can be any, and change. */
at::Tensor with_true_bools(const vaccel_tensor &tensor)
{
    return at::from_blob(tensor.data, at::IntArrayRef(tensor.dims, tensor.nr_dims),
                         at::TensorOptions(at::kByte))
        .ne(0);
}

/* An integer can be a place in a table, and must stay what it was when torch compared it with the table's size. */
at::Tensor on_device(const vaccel_tensor &tensor, const std::string &name, bool in_place)
{
    const bool is_bool = tensor.data_type == VACCEL_DATA_BOOL;
    at::Tensor elements = is_bool ? with_true_bools(tensor) : wrapped(tensor, name);

    if (!device().is_cpu())
        return elements.to(device(), /*non_blocking=*/!is_bool);
    if (is_bool || (in_place && !at::isIntegralType(elements.scalar_type(), false)))
        return elements;
    return elements.clone();
}

c10::Scalar number(const vaccel_tensor &tensor, const std::string &name)
{
    const at::Tensor element = wrapped(tensor, name);

    if (element.numel() != 1)
        refuse(name, "is a number, and the tensor has " + std::to_string(element.numel()) +
                         " elements: give it one");
    return element.item();
}

c10::IValue integer(const vaccel_tensor &tensor, const std::string &name)
{
    const c10::Scalar value = number(tensor, name);

    if (!value.isIntegral(/*includeBool=*/false))
        refuse(name, std::string("is an integer, and the tensor's type ") +
                         vaccel_data_type_name(tensor.data_type) + ": give an INT64");
    return value.to<int64_t>();
}

} // namespace

c10::TypePtr without_optional(const c10::TypePtr &type)
{
    const c10::OptionalTypePtr optional = type->cast<c10::OptionalType>();

    return optional ? optional->getElementType() : type;
}

bool takes_tensors(const c10::TypePtr &type)
{
    const c10::TypePtr plain = without_optional(type);

    switch (plain->kind()) {
    case c10::TypeKind::TensorType:
    case c10::TypeKind::NumberType:
    case c10::TypeKind::IntType:
    case c10::TypeKind::FloatType:
    case c10::TypeKind::BoolType:
        return true;
    case c10::TypeKind::TupleType: {
        const c10::ArrayRef<c10::TypePtr> elements = plain->containedTypes();
        return !elements.empty() && std::all_of(elements.begin(), elements.end(), takes_tensors);
    }
    default:
        return false;
    }
}

c10::IValue input_value(const vaccel_tensor &tensor, const std::string &name,
                        const c10::TypePtr &type, bool in_place)
{
    switch (type->kind()) {
    case c10::TypeKind::NumberType:
        return number(tensor, name);
    case c10::TypeKind::IntType:
        return integer(tensor, name);
    case c10::TypeKind::FloatType:
        return number(tensor, name).to<double>();
    case c10::TypeKind::BoolType:
        return number(tensor, name).to<bool>();
    default:
        return on_device(tensor, name, in_place);
    }
}

} // namespace torchscript
