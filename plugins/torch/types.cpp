/* SPDX-License-Identifier: Apache-2.0 */
#include "types.hpp"

#include <torch/csrc/api/include/torch/version.h>

namespace torchscript
{

namespace
{

struct same {
    vaccel_data_type here;
    c10::ScalarType in_torch;
};

constexpr same types[] = {
    {VACCEL_DATA_FLOAT32, c10::ScalarType::Float},
    {VACCEL_DATA_FLOAT64, c10::ScalarType::Double},
    {VACCEL_DATA_FLOAT16, c10::ScalarType::Half},
    {VACCEL_DATA_BFLOAT16, c10::ScalarType::BFloat16},
    {VACCEL_DATA_INT8, c10::ScalarType::Char},
    {VACCEL_DATA_INT16, c10::ScalarType::Short},
    {VACCEL_DATA_INT32, c10::ScalarType::Int},
    {VACCEL_DATA_INT64, c10::ScalarType::Long},
    {VACCEL_DATA_UINT8, c10::ScalarType::Byte},
    {VACCEL_DATA_BOOL, c10::ScalarType::Bool},
    {VACCEL_DATA_COMPLEX64, c10::ScalarType::ComplexFloat},
    {VACCEL_DATA_COMPLEX128, c10::ScalarType::ComplexDouble},
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 3)
    {VACCEL_DATA_FLOAT8_E4M3, c10::ScalarType::Float8_e4m3fn},
    {VACCEL_DATA_FLOAT8_E5M2, c10::ScalarType::Float8_e5m2},
    {VACCEL_DATA_UINT16, c10::ScalarType::UInt16},
    {VACCEL_DATA_UINT32, c10::ScalarType::UInt32},
    {VACCEL_DATA_UINT64, c10::ScalarType::UInt64},
#endif
};

} // namespace

std::optional<c10::ScalarType> torch_type(vaccel_data_type type)
{
    for (const same &pair : types) {
        if (pair.here == type)
            return pair.in_torch;
    }
    return std::nullopt;
}

std::optional<vaccel_data_type> vaccel_type(c10::ScalarType type)
{
    for (const same &pair : types) {
        if (pair.in_torch == type)
            return pair.here;
    }
    return std::nullopt;
}

} // namespace torchscript
