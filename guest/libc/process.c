/* SPDX-License-Identifier: Apache-2.0 */
#include "system.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* What there is of a process: its environment, its clocks and its end. */

char *getenv(const char *name)
{
    return (char *)system_environment(name);
}

void exit(int status)
{
    fflush(stdout);
    system_exit(status);
}

void abort(void)
{
    fflush(stdout);
    system_exit(134);
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    const uint64_t second = 1000000000;
    uint64_t time = clock == CLOCK_MONOTONIC ? system_clock() : 0;

    if (clock == CLOCK_REALTIME)
        time = system_time();
    if ((clock == CLOCK_REALTIME && !time) ||
        (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC)) {
        errno = EINVAL;
        return -1;
    }
    now->tv_sec = (time_t)(time / second);
    now->tv_nsec = (long)(time % second);
    return 0;
}

int isatty(int fd)
{
    (void)fd;
    return 0;
}
