/* SPDX-License-Identifier: Apache-2.0 */
#include "settings.hpp"

#include "failure.hpp"
#include "functions.h"
#include "operators.hpp"

#include <charconv>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>

#include <ATen/Parallel.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <torch/csrc/api/include/torch/cuda.h>
#include <torch/csrc/api/include/torch/version.h>

namespace torchscript
{

namespace
{

constexpr int most_threads = 1024;
c10::Device chosen(c10::DeviceType::CPU);

std::string from_environment(const char *name, const char *otherwise)
{
    const char *value = std::getenv(name);

    return value && *value ? value : otherwise;
}

/* The whole of @text as a number. */
std::optional<int> number_in(const std::string &text)
{
    int number = 0;
    const char *end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, number);

    if (error != std::errc() || rest != end || number < 0)
        return std::nullopt;
    return number;
}

/* Which GPU "cuda" or "cuda:N" is. */
std::optional<int> gpu_in(const std::string &value)
{
    if (value == "cuda")
        return 0;
    return value.rfind("cuda:", 0) == 0 ? number_in(value.substr(5)) : std::nullopt;
}

c10::Device gpu(const std::string &value, int number)
{
    const int present = int(torch::cuda::device_count());

    if (number >= present)
        throw failure(VACCEL_ENODEV, "VACCEL_TORCH_DEVICE is \"" + value + "\", but libtorch " +
                                         TORCH_VERSION + " finds " + std::to_string(present) +
                                         " GPUs: write \"auto\" or \"cpu\", or use a libtorch "
                                         "that is built with CUDA and a machine with its driver");
    return {c10::DeviceType::CUDA, c10::DeviceIndex(number)};
}

c10::Device read_device()
{
    const std::string value = from_environment("VACCEL_TORCH_DEVICE", "auto");

    if (value == "cpu")
        return c10::DeviceType::CPU;
    if (value == "auto")
        return torch::cuda::device_count() > 0 ? gpu(value, 0) : c10::Device(c10::DeviceType::CPU);
    const std::optional<int> number = gpu_in(value);
    if (!number)
        throw failure(VACCEL_EINVAL, "VACCEL_TORCH_DEVICE is \"" + value +
                                         "\": write \"auto\", \"cpu\", \"cuda\" or \"cuda:N\"");
    return gpu(value, *number);
}

void read_threads()
{
    const std::string value = from_environment("VACCEL_TORCH_THREADS", "");
    const std::optional<int> number = number_in(value);

    if (value.empty())
        return;
    if (!number || *number < 1 || *number > most_threads)
        throw failure(VACCEL_EINVAL, "VACCEL_TORCH_THREADS is \"" + value +
                                         "\": write a number from 1 to " +
                                         std::to_string(most_threads));
    at::set_num_threads(*number);
}

} // namespace

c10::Device device()
{
    return chosen;
}

void prepare_thread()
{
    thread_local bool prepared = false;

    if (!prepared)
        at::init_num_threads();
    prepared = true;
}

void finish_device()
{
    if (!chosen.is_cpu())
        c10::impl::VirtualGuardImpl(chosen.type()).getStream(chosen).synchronize();
}

bool device_works() noexcept
{
    try {
        finish_device();
    } catch (const std::exception &error) {
        return std::strstr(error.what(), "out of memory");
    } catch (...) {
        return false;
    }
    return true;
}

} // namespace torchscript

int torch_begin(void)
{
    return torchscript::guarded("settings", VACCEL_EBACKEND, [] {
        torchscript::read_threads();
        torchscript::refuse_operators();
        torchscript::chosen = torchscript::read_device();
        vaccel_info("[torch] libtorch %s, models run on %s, with %d threads on the processor",
                    TORCH_VERSION, torchscript::chosen.str().c_str(), at::get_num_threads());
        return VACCEL_OK;
    });
}
