/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TORCH_TYPES_HPP
#define TORCH_TYPES_HPP

#include <optional>

#include <c10/core/ScalarType.h>
#include <vaccel.h>

namespace torchscript
{

/* Nothing, where the other side has no such type. */
std::optional<c10::ScalarType> torch_type(vaccel_data_type type);
std::optional<vaccel_data_type> vaccel_type(c10::ScalarType type);

} // namespace torchscript

#endif
