/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/worker/worker.h"

#include <pthread.h>
#include <time.h>

uint64_t monotonic_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

uint64_t monotonic_ms(void)
{
    return monotonic_ns() / 1000000;
}

bool thread_start(void *(*run)(void *context), void *context)
{
    pthread_t thread;

    if (pthread_create(&thread, NULL, run, context))
        return false;
    pthread_detach(thread);
    return true;
}
