/* SPDX-License-Identifier: Apache-2.0 */
#include "operators.hpp"

#include "failure.hpp"

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <vector>

#include <torch/csrc/jit/runtime/operator.h>
#include <vaccel.h>

namespace torchscript
{

namespace
{

/* Names; one that ends with * stands for all that begin so. */
constexpr std::string_view refused[] = {
    /* Files, and other processes. */
    "aten::from_file",
    "aten::save",
    "c10d::*",
    "_c10d_functional::*",
    "prim::rpc_*",
    /* They believe indices, sizes and places, and read or write anywhere. */
    "aten::_coalesced_",
    "aten::_convert_indices_*",
    "aten::_ctc_loss*",
    "aten::_indices",
    "aten::_nested_view_from_buffer*",
    "aten::_sobol_engine_*",
    "aten::_sparse_bsc_tensor_unsafe",
    "aten::_sparse_bsr_tensor_unsafe",
    "aten::_sparse_compressed_tensor_unsafe",
    "aten::_sparse_coo_tensor_unsafe",
    "aten::_sparse_csc_tensor_unsafe",
    "aten::_sparse_csr_tensor_unsafe",
    "aten::ctc_loss",
    "static_runtime::*",
};

bool matches(const std::string &name, std::string_view pattern)
{
    if (pattern.back() != '*')
        return name == pattern;
    return name.compare(0, pattern.size() - 1, pattern, 0, pattern.size() - 1) == 0;
}

bool is_refused(const std::string &name)
{
    return std::any_of(std::begin(refused), std::end(refused),
                       [&](std::string_view pattern) { return matches(name, pattern); });
}

std::vector<std::string> allowed_by_setting()
{
    const char *value = std::getenv("VACCEL_TORCH_ALLOW_OPS");
    const std::string list = value ? value : "";
    std::vector<std::string> names;

    for (size_t at = list.find_first_not_of(", "); at != std::string::npos;) {
        const size_t end = std::min(list.find_first_of(", ", at), list.size());

        names.push_back(list.substr(at, end - at));
        at = list.find_first_not_of(", ", end);
    }
    return names;
}

void check(const std::vector<std::string> &allowed)
{
    for (const std::string &name : allowed) {
        if (!is_refused(name))
            throw failure(VACCEL_EINVAL, "VACCEL_TORCH_ALLOW_OPS names \"" + name +
                                             "\", which is no operator that is refused: give "
                                             "names such as aten::from_file, with commas between");
    }
}

} // namespace

void refuse_operators()
{
    const std::vector<std::string> allowed = allowed_by_setting();

    check(allowed);
    for (const std::shared_ptr<torch::jit::Operator> &each : torch::jit::getAllOperators()) {
        const std::string &name = each->schema().name();

        if (is_refused(name) && std::find(allowed.begin(), allowed.end(), name) == allowed.end())
            torch::jit::deregisterOperator(each->schema());
    }
}

std::string refused_operator_in(const std::string &text)
{
    const std::string before = "Unknown builtin op: ";
    const size_t found = text.find(before);

    if (found == std::string::npos)
        return "";
    const size_t at = found + before.size();
    std::string name = text.substr(at, text.find_first_of(" \n", at) - at);
    while (!name.empty() && name.back() == '.')
        name.pop_back();
    return is_refused(name) ? name : "";
}

} // namespace torchscript
