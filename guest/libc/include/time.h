/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GUEST_TIME_H
#define GUEST_TIME_H

#include <sys/types.h>

struct timespec {
    time_t tv_sec;
    long tv_nsec;
};

#define CLOCK_REALTIME 0 /* EINVAL if the machine does not know the time */
#define CLOCK_MONOTONIC 1

int clock_gettime(clockid_t clock, struct timespec *now);

#endif
