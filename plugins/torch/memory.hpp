/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TORCH_MEMORY_HPP
#define TORCH_MEMORY_HPP

namespace torchscript
{

/* To the system and the device: what was freed, and torch and the C library would keep for later. */
void give_back_memory() noexcept;

} // namespace torchscript

#endif
