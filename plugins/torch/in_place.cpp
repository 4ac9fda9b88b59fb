/* SPDX-License-Identifier: Apache-2.0 */
#include "in_place.hpp"

#include <set>
#include <string>
#include <string_view>

#include <torch/csrc/jit/ir/alias_analysis.h>
#include <torch/csrc/jit/ir/ir.h>
#include <torch/csrc/jit/passes/inliner.h>

namespace torchscript
{

namespace
{

using torch::jit::Block;
using torch::jit::Node;

/* Lists and dictionaries may be the module's own, and keep what is put into them. */
bool writes_to_container(const Node *node)
{
    const c10::FunctionSchema *schema = node->maybeSchema();

    if (!schema)
        return false;
    for (size_t i = 0; i < schema->arguments().size() && i < node->inputs().size(); i++) {
        const c10::AliasInfo *alias = schema->arguments()[i].alias_info();

        if (alias && alias->isWrite() &&
            node->inputs()[i]->type()->kind() != c10::TypeKind::TensorType)
            return true;
    }
    return false;
}

bool is_written(const Node *node, size_t i)
{
    const c10::FunctionSchema *schema = node->maybeSchema();

    if (!schema || i >= schema->arguments().size() || i >= node->inputs().size())
        return false;
    const c10::AliasInfo *alias = schema->arguments()[i].alias_info();
    return alias && alias->isWrite();
}

/* Of those, what their schema says is true: the result is new memory, or the module's. */
bool is_known_to_compute(const Node *node)
{
    static const std::set<std::string> names = {
        "aten::_convolution", "aten::add",        "aten::addmm",     "aten::batch_norm",
        "aten::bmm",          "aten::cat",        "aten::conv1d",    "aten::conv2d",
        "aten::conv3d",       "aten::div",        "aten::empty",     "aten::full",
        "aten::layer_norm",   "aten::linear",     "aten::matmul",    "aten::mul",
        "aten::ones",         "aten::zeros",      "aten::sub",       "aten::instance_norm",
        "aten::group_norm",   "aten::embedding",  "aten::clone",     "prim::Constant",
        "prim::GetAttr",      "aten::zeros_like", "aten::ones_like", "aten::empty_like",
    };

    return names.count(node->kind().toQualString()) > 0;
}

/*
 * Many operators return their argument itself now and then, of which their schema and so the analysis of aliases
 * know nothing: dropout() in evaluation mode, type_as(), sum_to_size().
 */
bool may_be_argument(const torch::jit::Value *value)
{
    while (is_written(value->node(), 0))
        value = value->node()->inputs()[0];
    return !is_known_to_compute(value->node());
}

bool may_write_argument(const Node *node)
{
    for (size_t i = 0; i < node->inputs().size(); i++) {
        if (is_written(node, i) && may_be_argument(node->inputs()[i]))
            return true;
    }
    return false;
}

/* What a call that could not be inlined does is not known; a fork may outlive the run. */
bool may_keep(const Node *node)
{
    switch (node->kind()) {
    case c10::prim::SetAttr:
    case c10::prim::CallMethod:
    case c10::prim::CallFunction:
    case c10::prim::fork:
        return true;
    default:
        return writes_to_container(node) || may_write_argument(node);
    }
}

/*
 * Operators that look at all elements to see how large the result is, and again to write it, without a look
 * at its end. Whoever shares the memory could change them in between.
 */
bool looks_twice(const Node *node)
{
    static const std::set<std::string_view> operators = {
        "_index_put_impl_",   "_unique",           "_unique2",
        "argwhere",           "bincount",          "index",
        "index_put",          "index_put_",        "masked_scatter",
        "masked_scatter_",    "masked_select",     "nonzero",
        "nonzero_numpy",      "repeat_interleave", "to_sparse",
        "unique_consecutive", "unique_dim",        "unique_dim_consecutive"};
    const std::string_view name = node->kind().toUnqualString();

    return operators.count(name) != 0 || (name == "where" && node->inputs().size() == 1);
}

bool any_needs_copies(const Block *block)
{
    for (const Node *node : block->nodes()) {
        if (may_keep(node) || looks_twice(node))
            return true;
        for (const Block *inner : node->blocks()) {
            if (any_needs_copies(inner))
                return true;
        }
    }
    return false;
}

} // namespace

std::vector<bool> usable_in_place(const torch::jit::Method &method)
{
    const std::shared_ptr<torch::jit::Graph> graph = method.graph()->copy();
    std::vector<bool> usable(graph->inputs().size(), false);

    torch::jit::Inline(*graph);
    if (any_needs_copies(graph->block()))
        return usable;
    const torch::jit::AliasDb aliases(graph);
    for (size_t i = 1; i < usable.size(); i++) {
        const torch::jit::Value *argument = graph->inputs()[i];

        usable[i] =
            argument->type()->kind() == c10::TypeKind::TensorType && !aliases.hasWriters(argument);
    }
    return usable;
}

} // namespace torchscript
