/* SPDX-License-Identifier: Apache-2.0 */
#include "platform/platform.h"
#include "platform/hosted/error_code.h"

#include <pthread.h>
#include <sched.h>
#include <time.h>

_Thread_local void *platform_thread_pointer;

static pthread_key_t ended_key;
static bool ended_key_valid;

static void thread_ended(void *pointer)
{
    platform_thread_pointer = NULL;
    platform_thread_ended(pointer);
}

/* Before all other constructors, which may use what is prepared here. */
__attribute__((constructor(101))) static void make_key(void)
{
    ended_key_valid = pthread_key_create(&ended_key, thread_ended) == 0;
}

/* A thread that ends after dlclose() must not jump to where thread_ended() was. */
__attribute__((destructor(101))) static void forget_key(void)
{
    if (ended_key_valid)
        pthread_key_delete(ended_key);
    ended_key_valid = false;
}

int platform_thread_set(void *pointer)
{
    if (ended_key_valid) {
        int error = pthread_setspecific(ended_key, pointer);

        if (error)
            return hosted_error_code(error);
    }
    platform_thread_pointer = pointer;
    return 0;
}

/* A short wait is cheapest spent in yielding; a long one must not keep a processor busy. */
void platform_pause(unsigned int attempt)
{
    enum { YIELDS = 16, DOUBLINGS = 10 };
    struct timespec duration = {0, 1000000};

    if (attempt < YIELDS) {
        sched_yield();
        return;
    }
    if (attempt - YIELDS < DOUBLINGS)
        duration.tv_nsec = 1000L << (attempt - YIELDS);
    nanosleep(&duration, NULL);
}
