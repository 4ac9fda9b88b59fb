/* SPDX-License-Identifier: Apache-2.0 */
#include "model.hpp"

#include "archive.hpp"
#include "failure.hpp"
#include "operators.hpp"
#include "settings.hpp"

#include <memory>

#include <torch/csrc/jit/serialization/import.h>
#include <vaccel.h>

namespace torchscript
{

namespace
{

torch::jit::Module load(const void *bytes, size_t size)
{
    const auto from = std::make_shared<archive>(bytes, size);

    check_archive(from);
    try {
        return torch::jit::load(from, device());
    } catch (const std::exception &error) {
        const std::string name = refused_operator_in(error.what());

        if (name.empty())
            throw;
        throw failure(VACCEL_EBACKEND, "the model uses the operator " + name +
                                           ", which may reach files or memory that are not the "
                                           "model's: who trusts the model sets "
                                           "VACCEL_TORCH_ALLOW_OPS=" +
                                           name);
    }
}

} // namespace

model::model(const void *bytes, size_t size) : module_(load(bytes, size))
{
    module_.eval();
    for (const torch::jit::Method &each : module_.get_methods())
        methods_.emplace_back(each);
}

const method &model::find(const char *signature) const
{
    const std::string wanted = signature ? signature : "forward";
    std::vector<std::string> names;

    for (const method &each : methods_) {
        if (each.name() == wanted)
            return each;
        names.push_back(each.name());
    }
    throw failure(VACCEL_EINVAL,
                  "there is no method \"" + wanted + "\": the model has " + quoted(names));
}

} // namespace torchscript
