/* SPDX-License-Identifier: Apache-2.0 */
#include "in_place.hpp"

#include "in_place_operators.hpp"

#include <algorithm>
#include <memory>
#include <string_view>

#include <torch/csrc/jit/ir/alias_analysis.h>
#include <torch/csrc/jit/ir/ir.h>
#include <torch/csrc/jit/passes/inliner.h>
#include <vaccel.h>

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
constexpr std::string_view known_to_compute[] = {
    "aten::_convolution", "aten::add",        "aten::addmm",     "aten::batch_norm",
    "aten::bmm",          "aten::cat",        "aten::conv1d",    "aten::conv2d",
    "aten::conv3d",       "aten::div",        "aten::empty",     "aten::full",
    "aten::layer_norm",   "aten::linear",     "aten::matmul",    "aten::mul",
    "aten::ones",         "aten::zeros",      "aten::sub",       "aten::instance_norm",
    "aten::group_norm",   "aten::embedding",  "aten::clone",     "prim::Constant",
    "prim::GetAttr",      "aten::zeros_like", "aten::ones_like", "aten::empty_like",
};

bool is_known_to_compute(const Node *node)
{
    const std::string_view name = node->kind().toQualString();

    return std::find(std::begin(known_to_compute), std::end(known_to_compute), name) !=
           std::end(known_to_compute);
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

/* What a call that could not be inlined does is not known, so that it is none of those that bear changes. */
bool needs_copies(const Node *node)
{
    return !bears_changes(*node) || writes_to_container(node) || may_write_argument(node);
}

/* Null: none. */
const Node *first_that_needs_copies(const Block *block)
{
    const Node *found = nullptr;

    for (const Node *node : block->nodes()) {
        if (needs_copies(node))
            return node;
        for (const Block *inner : node->blocks())
            found = found ? found : first_that_needs_copies(inner);
        if (found)
            return found;
    }
    return nullptr;
}

void tell(const torch::jit::Method &method, size_t argument, bool in_place, const char *reason)
{
    vaccel_debug("[torch] %s: input \"%s\" %s%s", method.name().c_str(),
                 method.function().getSchema().arguments()[argument].name().c_str(),
                 in_place ? "can be used in place" : "is copied: ", in_place ? "" : reason);
}

} // namespace

std::vector<bool> usable_in_place(const torch::jit::Method &method)
{
    const std::shared_ptr<torch::jit::Graph> graph = method.graph()->copy();
    std::vector<bool> usable(graph->inputs().size(), false);

    torch::jit::Inline(*graph);
    const Node *obstacle = first_that_needs_copies(graph->block());
    const auto aliases = obstacle ? nullptr : std::make_unique<torch::jit::AliasDb>(graph);
    for (size_t i = 1; i < usable.size(); i++) {
        const torch::jit::Value *argument = graph->inputs()[i];

        if (argument->type()->kind() != c10::TypeKind::TensorType)
            continue;
        usable[i] = aliases && !aliases->hasWriters(argument);
        tell(method, i, usable[i], obstacle ? obstacle->kind().toQualString() : "it is written to");
    }
    return usable;
}

} // namespace torchscript
