/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BROKER_MOMENT_H
#define BROKER_MOMENT_H

#include <stdint.h>
#include <time.h>

/* Milliseconds of a clock that never runs backwards. */
typedef int64_t moment;

#define MOMENT_NEVER INT64_MAX

static inline moment moment_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

static inline moment moment_earlier(moment a, moment b)
{
    return a < b ? a : b;
}

/* Until then, as poll() wants it. */
static inline int moment_timeout(moment when)
{
    moment left = when - moment_now();

    if (when == MOMENT_NEVER)
        return -1;
    if (left > INT32_MAX)
        return INT32_MAX;
    return left > 0 ? (int)left : 0;
}

#endif
