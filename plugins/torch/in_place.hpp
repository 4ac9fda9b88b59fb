/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TORCH_IN_PLACE_HPP
#define TORCH_IN_PLACE_HPP

#include <vector>

#include <torch/csrc/jit/api/method.h>

namespace torchscript
{

/*
 * For each argument of @method, self being the first: whether the caller's memory can be handed to it as a
 * tensor of floats, since nothing in the method writes into it, keeps it for longer than a run, or counts on it
 * being the same when looked at again. The log says so.
 */
std::vector<bool> usable_in_place(const torch::jit::Method &method);

} // namespace torchscript

#endif
