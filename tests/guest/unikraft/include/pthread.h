/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GUEST_UNIKRAFT_PTHREAD_H
#define GUEST_UNIKRAFT_PTHREAD_H

#include <stdbool.h>
#include <stddef.h>

/*
 * As much of threads as the conformance suite uses, by Unikraft's, of which one runs until it waits or yields.
 * So what is waited for is looked at again and again.
 */

typedef struct pthread *pthread_t;
typedef struct {
    bool is_locked;
} pthread_mutex_t;
typedef struct {
    unsigned int broadcasts;
} pthread_cond_t;
typedef struct {
    unsigned int missing;
} pthread_barrier_t;

#define PTHREAD_MUTEX_INITIALIZER \
    { \
        false \
    }
#define PTHREAD_COND_INITIALIZER \
    { \
        0 \
    }

int pthread_create(pthread_t *thread, const void *attributes, void *(*main)(void *argument),
                   void *argument);
int pthread_join(pthread_t thread, void **result);

int pthread_mutex_lock(pthread_mutex_t *mutex);
int pthread_mutex_unlock(pthread_mutex_t *mutex);

int pthread_cond_wait(pthread_cond_t *condition, pthread_mutex_t *mutex);
int pthread_cond_broadcast(pthread_cond_t *condition);

int pthread_barrier_init(pthread_barrier_t *barrier, const void *attributes, unsigned int count);
int pthread_barrier_wait(pthread_barrier_t *barrier);
int pthread_barrier_destroy(pthread_barrier_t *barrier);

#endif
