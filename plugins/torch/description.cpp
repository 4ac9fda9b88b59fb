/* SPDX-License-Identifier: Apache-2.0 */
#include "description.hpp"

#include "input.hpp"

#include <vector>

#include <ATen/core/function_schema.h>

#include <vaccel.h>

namespace torchscript
{

namespace
{

struct part {
    std::string name;
    c10::TypePtr type;
};

vaccel_data_type number_type(const c10::Type &type)
{
    switch (type.kind()) {
    case c10::TypeKind::IntType:
        return VACCEL_DATA_INT64;
    case c10::TypeKind::FloatType:
        return VACCEL_DATA_FLOAT64;
    case c10::TypeKind::BoolType:
        return VACCEL_DATA_BOOL;
    default:
        return VACCEL_DATA_UNKNOWN;
    }
}

int nr_dims(const c10::Type &type)
{
    return type.kind() == c10::TypeKind::TensorType ? -1 : 0;
}

/* False: how many tensors there are is not known. */
bool flatten(const c10::TypePtr &given, const std::string &name, std::vector<part> &parts)
{
    const c10::TypePtr type = without_optional(given);
    const c10::TupleTypePtr tuple = type->cast<c10::TupleType>();
    bool known = tuple || takes_tensors(type);

    if (!tuple) {
        parts.push_back({name.empty() ? "output_" + std::to_string(parts.size()) : name, type});
        return known;
    }
    for (size_t i = 0; i < tuple->elements().size(); i++) {
        const std::string field = tuple->schema() ? tuple->schema()->arguments()[i].name() : "";

        known = flatten(tuple->elements()[i], field, parts) && known;
    }
    return known;
}

} // namespace

int describe_input(struct vaccel_model_info *info, const std::string &name,
                   const c10::TypePtr &type)
{
    return vaccel_model_info_add_input(info, name.c_str(), number_type(*type), nr_dims(*type),
                                       nullptr);
}

int describe_outputs(struct vaccel_model_info *info, const c10::TypePtr &type)
{
    std::vector<part> parts;
    int ret = VACCEL_OK;

    if (!flatten(type, "", parts))
        return VACCEL_OK;
    for (const part &each : parts) {
        if (ret == VACCEL_OK)
            ret = vaccel_model_info_add_output(info, each.name.c_str(), number_type(*each.type),
                                               nr_dims(*each.type), nullptr);
    }
    return ret;
}

} // namespace torchscript
