/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_TOGETHER_H
#define TESTS_TOGETHER_H

/*
 * Threads that begin at once. cmocka's own asserts leave a test by a jump, which only the main
 * thread may do: others note what they did not expect, and the test asks at the end.
 */

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

static unsigned int unexpected_count;

static inline void expect(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "not so: %s\n", what);
    __atomic_add_fetch(&unexpected_count, 1, __ATOMIC_RELAXED);
}

static inline unsigned int unexpected(void)
{
    return __atomic_exchange_n(&unexpected_count, 0, __ATOMIC_RELAXED);
}

struct together {
    pthread_t thread;
    pthread_barrier_t *barrier;
    void (*work)(size_t number);
    size_t number;
};

static inline void *together_main(void *argument)
{
    const struct together *mine = argument;

    pthread_barrier_wait(mine->barrier);
    mine->work(mine->number);
    return NULL;
}

/* Call work(0) to work(count - 1), each in a thread of its own, and wait for all. */
static inline void together(size_t count, void (*work)(size_t number))
{
    struct together threads[32];
    pthread_barrier_t barrier;

    pthread_barrier_init(&barrier, NULL, (unsigned int)count);
    for (size_t i = 0; i < count; i++) {
        threads[i] = (struct together){.barrier = &barrier, .work = work, .number = i};
        if (pthread_create(&threads[i].thread, NULL, together_main, &threads[i]))
            abort();
    }
    for (size_t i = 0; i < count; i++)
        pthread_join(threads[i].thread, NULL);
    pthread_barrier_destroy(&barrier);
}

/* A door that a thread waits at until another one opens it. */
struct door {
    pthread_mutex_t lock;
    pthread_cond_t moved;
    bool open;
};

#define DOOR_CLOSED \
    { \
        PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false \
    }

static inline void door_open(struct door *door)
{
    pthread_mutex_lock(&door->lock);
    door->open = true;
    pthread_cond_broadcast(&door->moved);
    pthread_mutex_unlock(&door->lock);
}

static inline void door_pass(struct door *door)
{
    pthread_mutex_lock(&door->lock);
    while (!door->open)
        pthread_cond_wait(&door->moved, &door->lock);
    pthread_mutex_unlock(&door->lock);
}

static inline void door_close(struct door *door)
{
    pthread_mutex_lock(&door->lock);
    door->open = false;
    pthread_mutex_unlock(&door->lock);
}

#endif
