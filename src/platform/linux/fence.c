/* SPDX-License-Identifier: Apache-2.0 */
#include "platform/platform.h"

#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

bool platform_fence_is_cheap;

static bool membarrier(int command)
{
    return syscall(SYS_membarrier, command, 0, 0) == 0;
}

static bool interrupt_others(void)
{
    return membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED);
}

__attribute__((constructor(101))) static void prepare_fence(void)
{
    platform_fence_is_cheap =
        membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) && interrupt_others();
}

/*
 * A filter that came after the constructor can forbid the call. From here on the light fence is a
 * real one; a millisecond is far longer than a processor holds back what was written without it.
 */
static void give_up_cheap_fence(void)
{
    const struct timespec duration = {0, 1000000};

    __atomic_store_n(&platform_fence_is_cheap, false, __ATOMIC_SEQ_CST);
    nanosleep(&duration, NULL);
}

void platform_heavy_fence(void)
{
    if (__atomic_load_n(&platform_fence_is_cheap, __ATOMIC_RELAXED) && !interrupt_others())
        give_up_cheap_fence();
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}
