/* SPDX-License-Identifier: Apache-2.0 */
#include "bare_torch.h"

#include <vector>

#include <torch/csrc/api/include/torch/cuda.h>
#include <torch/script.h>

namespace
{

torch::jit::Module module;
std::vector<at::Tensor> pinned;

c10::Device device()
{
    return bare_torch_has_gpu() ? c10::DeviceType::CUDA : c10::DeviceType::CPU;
}

at::Tensor first_of(const c10::IValue &result)
{
    return result.isTuple() ? result.toTuple()->elements()[0].toTensor() : result.toTensor();
}

} // namespace

int bare_torch_has_gpu(void)
{
    return torch::cuda::is_available();
}

void *bare_torch_pinned(size_t size)
{
    try {
        pinned.push_back(at::empty({int64_t(size)}, at::TensorOptions(at::kByte)).pin_memory());
        return pinned.back().data_ptr();
    } catch (const std::exception &) {
        return nullptr;
    }
}

int bare_torch_load(const char *path)
{
    try {
        module = torch::jit::load(path, device());
        module.eval();
        return 1;
    } catch (const std::exception &) {
        return 0;
    }
}

int bare_torch_run(const struct bare_tensor *input, float *output, size_t nr_floats)
{
    const c10::InferenceMode no_gradients;

    try {
        const at::Tensor tensor =
            at::from_blob(input->data, at::IntArrayRef(input->dims, input->nr_dims),
                          at::TensorOptions(input->words ? at::kLong : at::kFloat))
                .to(device(), /*non_blocking=*/true);
        const at::Tensor result = first_of(module.forward({tensor}));
        if (result.numel() != int64_t(nr_floats))
            return 0;
        at::from_blob(output, result.sizes()).copy_(result);
        return 1;
    } catch (const std::exception &) {
        return 0;
    }
}
