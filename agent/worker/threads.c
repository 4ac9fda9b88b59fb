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

void monotonic_condition(pthread_cond_t *condition)
{
    pthread_condattr_t monotonic;

    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(condition, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

bool wait_until(pthread_cond_t *condition, pthread_mutex_t *lock, uint64_t until)
{
    const struct timespec end = {(time_t)(until / 1000), (long)(until % 1000) * 1000000};

    if (!until)
        return pthread_cond_wait(condition, lock) == 0;
    return pthread_cond_timedwait(condition, lock, &end) == 0;
}

bool thread_start(void *(*run)(void *context), void *context)
{
    pthread_t thread;

    if (pthread_create(&thread, NULL, run, context))
        return false;
    pthread_detach(thread);
    return true;
}
