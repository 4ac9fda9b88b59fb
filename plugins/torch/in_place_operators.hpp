/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TORCH_IN_PLACE_OPERATORS_HPP
#define TORCH_IN_PLACE_OPERATORS_HPP

#include <torch/csrc/jit/ir/ir.h>

namespace torchscript
{

/*
 * Whether the operator may read memory that somebody changes meanwhile, where wrong numbers are all that comes
 * of it: the places that its kernels touch depend on sizes and on integers alone. Integers are never in such
 * memory. Most operators of torch are not looked at; of those it is false.
 */
bool bears_changes(const torch::jit::Node &node);

} // namespace torchscript

#endif
