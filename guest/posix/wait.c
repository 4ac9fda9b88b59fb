/* SPDX-License-Identifier: Apache-2.0 */
#include "platform/platform.h"

#include <pthread.h>
#include <time.h>

/*
 * Who waits for a word sleeps in the room that the word's address leads to. Several words share one: then
 * who is woken finds that it was not meant, as platform_wait() allows.
 */
enum { ROOMS = 16, NS_PER_S = 1000000000 };

static struct room {
    pthread_mutex_t lock;
    pthread_cond_t woken;
} rooms[ROOMS];

static pthread_once_t once = PTHREAD_ONCE_INIT;

/* The clock of platform_clock(), which nobody sets. */
static void make_rooms(void)
{
    pthread_condattr_t monotonic;
    size_t i;

    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    for (i = 0; i < ROOMS; i++) {
        pthread_mutex_init(&rooms[i].lock, NULL);
        pthread_cond_init(&rooms[i].woken, &monotonic);
    }
    pthread_condattr_destroy(&monotonic);
}

static struct room *room_of(const uint32_t *word)
{
    uint32_t mixed = (uint32_t)((uintptr_t)word / sizeof(*word)) * UINT32_C(0x9e3779b9);

    pthread_once(&once, make_rooms);
    return &rooms[(mixed >> 16) % ROOMS];
}

void platform_wait(const uint32_t *word, uint32_t value, uint64_t deadline)
{
    const struct timespec until = {(time_t)(deadline / NS_PER_S), (long)(deadline % NS_PER_S)};
    struct room *room = room_of(word);

    pthread_mutex_lock(&room->lock);
    if (__atomic_load_n(word, __ATOMIC_ACQUIRE) == value)
        (void)(deadline ? pthread_cond_timedwait(&room->woken, &room->lock, &until)
                        : pthread_cond_wait(&room->woken, &room->lock));
    pthread_mutex_unlock(&room->lock);
}

void platform_wake(const uint32_t *word)
{
    struct room *room = room_of(word);

    pthread_mutex_lock(&room->lock);
    pthread_cond_broadcast(&room->woken);
    pthread_mutex_unlock(&room->lock);
}

/* The one that a signal wakes could be another's. */
void platform_wake_one(const uint32_t *word)
{
    platform_wake(word);
}
