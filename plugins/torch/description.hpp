/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TORCH_DESCRIPTION_HPP
#define TORCH_DESCRIPTION_HPP

#include <string>

#include <ATen/core/jit_type.h>
#include <vaccel/engine.h>

namespace torchscript
{

/* TorchScript declares numbers, but neither what the elements of a tensor are nor how many. */
int describe_input(struct vaccel_model_info *info, const std::string &name,
                   const c10::TypePtr &type);

/*
 * The outputs of a method that returns @type, as outputs_in() will call them. How many there are in a list or
 * dictionary is not known, so there are none of one that has such.
 */
int describe_outputs(struct vaccel_model_info *info, const c10::TypePtr &type);

} // namespace torchscript

#endif
