/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TORCH_OPERATORS_HPP
#define TORCH_OPERATORS_HPP

#include <string>

namespace torchscript
{

/*
 * Take from TorchScript, in this process, the operators that a model has no use for but mischief, except those in
 * VACCEL_TORCH_ALLOW_OPS. What uses one is not compiled then, be it a method, something that it calls, or a
 * __setstate__, which would run while the model is loaded.
 */
void refuse_operators();

/* Which of them torch missed, as it says in @text; empty: none. */
std::string refused_operator_in(const std::string &text);

} // namespace torchscript

#endif
