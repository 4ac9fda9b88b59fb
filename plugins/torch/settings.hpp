/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TORCH_SETTINGS_HPP
#define TORCH_SETTINGS_HPP

#include <c10/core/Device.h>

namespace torchscript
{

/* Where models run: VACCEL_TORCH_DEVICE. */
c10::Device device();

/* Before torch works in this thread: each has a number of threads of its own for OpenMP. */
void prepare_thread();

/* Wait for what this process has begun on the device. */
void finish_device();

/* After an error: false, if it is one that stays, as each use of the device fails with it from now on. */
bool device_works() noexcept;

} // namespace torchscript

#endif
