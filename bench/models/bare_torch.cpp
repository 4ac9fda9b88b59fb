/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A TorchScript module by libtorch itself, on the device and with the number of threads that the settings
 * of the plugin say.
 */
#include "runner.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>

#include <ATen/Parallel.h>
#include <torch/csrc/api/include/torch/cuda.h>
#include <torch/script.h>

namespace
{

std::unique_ptr<torch::jit::Module> module;
at::Tensor output;
std::vector<at::Tensor> pinned_memory;

at::Device device()
{
    const char *value = std::getenv("VACCEL_TORCH_DEVICE");

    if (value && std::strcmp(value, "auto") != 0)
        return at::Device(value);
    return torch::cuda::is_available() ? at::kCUDA : at::kCPU;
}

/* What is pinned is torch's own, from a tensor that stays. */
void *memory(const char *kind, size_t size)
{
    if (std::strcmp(kind, "pinned") != 0)
        return std::malloc(size);
    if (!device().is_cuda())
        return nullptr;
    pinned_memory.push_back(
        at::empty({int64_t(size)}, at::TensorOptions(at::kByte).pinned_memory(true)));
    return pinned_memory.back().data_ptr();
}

template <typename Function> int guarded(Function function)
{
    try {
        function();
        return 0;
    } catch (const std::exception &error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}

int load(const runner_task *task)
{
    return guarded([&] {
        module = std::make_unique<torch::jit::Module>(torch::jit::load(task->model, device()));
        module->eval();
    });
}

void unload()
{
    module.reset();
}

at::Tensor wrapped(const runner_input &input, bool pinned)
{
    const at::TensorOptions options(input.is_integer ? at::kLong : at::kFloat);

    return at::from_blob(input.data, at::IntArrayRef(input.dims, input.nr_dims),
                         options.pinned_memory(pinned));
}

int run(const runner_task *task)
{
    return guarded([&] {
        const c10::InferenceMode no_gradients;
        const bool pinned = std::strcmp(task->memory, "pinned") == 0;
        std::vector<c10::IValue> arguments;

        for (size_t i = 0; i < task->nr_inputs; i++)
            arguments.push_back(wrapped(task->inputs[i], pinned).to(device(), true));
        const c10::IValue result = module->forward(std::move(arguments));
        const at::Tensor tensor =
            result.isTuple() ? result.toTuple()->elements()[0].toTensor() : result.toTensor();
        output = tensor.to(at::kCPU).contiguous();
    });
}

const float *output_of_run(size_t *count)
{
    *count = size_t(output.numel());
    return output.data_ptr<float>();
}

} // namespace

int main(int argc, char **argv)
{
    static const runner runner = {memory, load, nullptr, unload, run, output_of_run};
    const char *threads = std::getenv("VACCEL_TORCH_THREADS");

    if (threads)
        at::set_num_threads(int(std::strtol(threads, nullptr, 10)));
    const int status = runner_main(argc, argv, &runner);

    /* When the process ends CUDA is gone before what is static. */
    module.reset();
    output.reset();
    pinned_memory.clear();
    return status;
}
