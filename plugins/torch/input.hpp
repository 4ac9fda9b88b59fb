/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TORCH_INPUT_HPP
#define TORCH_INPUT_HPP

#include <string>

#include <ATen/core/ivalue.h>
#include <vaccel.h>

namespace torchscript
{

/* Of Optional[T]: T. */
c10::TypePtr without_optional(const c10::TypePtr &type);

/* Whether tensors can be a value of this type: a tensor or a number is one, a tuple of them several. */
bool takes_tensors(const c10::TypePtr &type);

/*
 * The tensor as a value of @type, which is no tuple, on the device where models run.
 * @in_place  it may be the caller's own memory, if no integers or bools lie there; it is read until the device
 *            has finished
 */
c10::IValue input_value(const vaccel_tensor &tensor, const std::string &name,
                        const c10::TypePtr &type, bool in_place);

} // namespace torchscript

#endif
