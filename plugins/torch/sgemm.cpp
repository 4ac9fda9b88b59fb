/* SPDX-License-Identifier: Apache-2.0 */
#include "failure.hpp"
#include "functions.h"
#include "settings.hpp"

#include <array>

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>

namespace
{

at::Tensor matrix(const vaccel_torch_tensor &tensor, int rows, int columns)
{
    return at::from_blob(tensor.data, {rows, columns}, at::TensorOptions(at::kFloat));
}

at::Tensor on_device(const vaccel_torch_tensor &tensor, int rows, int columns)
{
    return matrix(tensor, rows, columns).to(torchscript::device());
}

} // namespace

/* The library has checked that the tensors are floats and large enough. */
int torch_sgemm(struct vaccel_session *, struct vaccel_torch_tensor **a,
                struct vaccel_torch_tensor **b, struct vaccel_torch_tensor **c, int m, int n, int k,
                struct vaccel_torch_tensor **out)
{
    const std::array<int64_t, 2> dims = {m, n};
    const int ret = vaccel_torch_tensor_allocate(out, 2, dims.data(), VACCEL_TORCH_FLOAT,
                                                 sizeof(float) * size_t(m) * size_t(n));
    if (ret != VACCEL_OK)
        return ret;
    const int computed = torchscript::guarded("torch_sgemm", VACCEL_EBACKEND, [&] {
        const c10::InferenceMode no_gradients;

        torchscript::prepare_thread();
        matrix(**out, m, n)
            .copy_(at::addmm(on_device(**c, m, n), on_device(**a, m, k), on_device(**b, k, n)));
        return VACCEL_OK;
    });
    if (computed != VACCEL_OK) {
        vaccel_torch_tensor_delete(*out);
        *out = nullptr;
    }
    return computed;
}
