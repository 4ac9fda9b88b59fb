/* SPDX-License-Identifier: Apache-2.0 */
#include "include/pthread.h"

#include <errno.h>
#include <stdlib.h>
#include <uk/sched.h>

struct pthread {
    void *(*main)(void *argument);
    void *argument;
    void *result;
    bool has_ended;
};

static _Noreturn void run(void *data)
{
    struct pthread *thread = data;

    thread->result = thread->main(thread->argument);
    thread->has_ended = true;
    uk_thread_exit();
}

int pthread_create(pthread_t *created, const void *attributes, void *(*main)(void *argument),
                   void *argument)
{
    struct pthread *thread = calloc(1, sizeof(*thread));

    (void)attributes;
    if (!thread)
        return EAGAIN;
    thread->main = main;
    thread->argument = argument;
    *created = thread;
    if (uk_sched_thread_create(uk_sched_current(), run, thread, "thread"))
        return 0;
    free(thread);
    return EAGAIN;
}

int pthread_join(pthread_t thread, void **result)
{
    while (!thread->has_ended)
        uk_sched_yield();
    if (result)
        *result = thread->result;
    free(thread);
    return 0;
}

int pthread_mutex_lock(pthread_mutex_t *mutex)
{
    while (mutex->is_locked)
        uk_sched_yield();
    mutex->is_locked = true;
    return 0;
}

int pthread_mutex_unlock(pthread_mutex_t *mutex)
{
    mutex->is_locked = false;
    return 0;
}

int pthread_cond_wait(pthread_cond_t *condition, pthread_mutex_t *mutex)
{
    unsigned int before = condition->broadcasts;

    pthread_mutex_unlock(mutex);
    while (condition->broadcasts == before)
        uk_sched_yield();
    return pthread_mutex_lock(mutex);
}

int pthread_cond_broadcast(pthread_cond_t *condition)
{
    condition->broadcasts++;
    return 0;
}

int pthread_barrier_init(pthread_barrier_t *barrier, const void *attributes, unsigned int count)
{
    (void)attributes;
    barrier->missing = count;
    return 0;
}

int pthread_barrier_wait(pthread_barrier_t *barrier)
{
    barrier->missing--;
    while (barrier->missing)
        uk_sched_yield();
    return 0;
}

int pthread_barrier_destroy(pthread_barrier_t *barrier)
{
    (void)barrier;
    return 0;
}
