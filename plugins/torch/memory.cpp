/* SPDX-License-Identifier: Apache-2.0 */
#include "memory.hpp"

#include "failure.hpp"
#include "settings.hpp"

#include <malloc.h>

#include <vaccel.h>
#if __has_include(<c10/core/CachingDeviceAllocator.h>)
#include <c10/core/CachingDeviceAllocator.h>
#endif

namespace torchscript
{

/* Before 2.9 the allocator of a GPU can only be reached with CUDA's own headers. */
static void empty_device_cache()
{
#if __has_include(<c10/core/CachingDeviceAllocator.h>)
    auto *allocator = dynamic_cast<c10::DeviceAllocator *>(c10::GetAllocator(device().type()));

    if (allocator && allocator->initialized())
        allocator->emptyCache();
#endif
}

void give_back_memory() noexcept
{
    guarded("unload", VACCEL_EBACKEND, [] {
        empty_device_cache();
        malloc_trim(0);
        return VACCEL_OK;
    });
}

} // namespace torchscript
