/* SPDX-License-Identifier: Apache-2.0 */
#include "platform/platform.h"

#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { NS_PER_S = 1000000000 };

/* The kernel does not know the clock that platform_clock() reads; so it is told how long. */
void platform_wait(const uint32_t *word, uint32_t value, uint64_t deadline)
{
    uint64_t now = deadline ? platform_clock() : 0;
    uint64_t left = deadline > now ? deadline - now : 0;
    const struct timespec most = {(time_t)(left / NS_PER_S), (long)(left % NS_PER_S)};

    if (!deadline || left)
        syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, deadline ? &most : NULL, NULL, 0);
}

void platform_wake(const uint32_t *word)
{
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
}

void platform_wake_one(const uint32_t *word)
{
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}
