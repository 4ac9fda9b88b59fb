/* SPDX-License-Identifier: Apache-2.0 */
#include "platform/platform.h"

/* Nothing here can interrupt the other processors: both fences are real ones. */
bool platform_fence_is_cheap;

void platform_heavy_fence(void)
{
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}
