/* SPDX-License-Identifier: Apache-2.0 */
#include "platform/platform.h"

#include <time.h>

uint64_t platform_clock(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC_RAW, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}
