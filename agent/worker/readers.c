/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/worker/readers.h"
#include "agent/worker/worker.h"

#include <errno.h>
#include <time.h>

enum {
    SHORT_NS = 20000, /* about what it takes to wake a thread */
    LOOK_NS = 1000000,
    LONGEST_LOOK_NS = 100000000,
    CROWDED = 16, /* one request in a crowd is forgotten after half a dozen others */
    CROWD_STEP = 32,
    LOOKS = 100, /* without a request, until there is nothing to watch any more */
};

void readers_begin(struct readers *readers)
{
    monotonic_condition(&readers->wake);
    pthread_mutex_init(&readers->lock, NULL);
}

void readers_end(struct readers *readers)
{
    pthread_cond_destroy(&readers->wake);
    pthread_mutex_destroy(&readers->lock);
}

static bool take_turn(struct readers *readers)
{
    return !atomic_load(&readers->present) && !atomic_exchange(&readers->present, true);
}

static bool is_alone(const struct readers *readers)
{
    return atomic_load_explicit(&readers->crowd, memory_order_relaxed) < CROWDED;
}

static long look_ns(const struct readers *readers)
{
    uint64_t two = 2 * atomic_load_explicit(&readers->usual_ns, memory_order_relaxed);

    if (!is_alone(readers) || two < LOOK_NS)
        return LOOK_NS;
    return two < LONGEST_LOOK_NS ? (long)two : LONGEST_LOOK_NS;
}

static struct timespec next_look(const struct readers *readers)
{
    struct timespec at;

    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_nsec += look_ns(readers);
    if (at.tv_nsec >= 1000000000) {
        at.tv_nsec -= 1000000000;
        at.tv_sec++;
    }
    return at;
}

/* Until woken, or for the time of a look. Under the lock, as what follows. */
static void sleep_a_look(struct readers *readers)
{
    const struct timespec until = next_look(readers);
    int ret = 0;

    while (!readers->woken && !atomic_load(&readers->closing) && ret != ETIMEDOUT)
        ret = pthread_cond_timedwait(&readers->wake, &readers->lock, &until);
}

/*
 * Look whether the reader is away with the same request as a look before. True: the turn is the
 * caller's. False: woken, or nothing has happened for a while. Whoever leaves the next moment sees that
 * nobody watches; who left before is seen here.
 */
static bool watch(struct readers *readers)
{
    uint64_t seen = atomic_load(&readers->absences);
    uint64_t now;
    int idle = 0;

    while (!readers->woken && !atomic_load(&readers->closing)) {
        sleep_a_look(readers);
        now = atomic_load(&readers->absences);
        if (now == seen && take_turn(readers))
            return true;
        idle = now == seen ? idle + 1 : 0;
        seen = now;
        if (idle < LOOKS)
            continue;
        atomic_store(&readers->watching, false);
        if (atomic_load(&readers->absences) == seen)
            return false;
        atomic_store(&readers->watching, true);
        idle = 0;
    }
    return false;
}

static void sleep_until_woken(struct readers *readers)
{
    while (!readers->woken && !atomic_load(&readers->closing))
        pthread_cond_wait(&readers->wake, &readers->lock);
}

/* Watch, or sleep until woken. Returns whether the turn is the caller's. */
static bool wait_once(struct readers *readers)
{
    bool mine = false;

    if (!atomic_exchange(&readers->watching, true)) {
        mine = watch(readers);
        atomic_store(&readers->watching, false);
    }
    if (mine)
        return true;
    sleep_until_woken(readers);
    readers->woken = false;
    return !is_alone(readers) && take_turn(readers);
}

static void wait(struct readers *readers)
{
    readers->waiting++;
    while (!wait_once(readers) && !atomic_load(&readers->closing))
        continue;
    readers->waiting--;
}

bool readers_enter(struct readers *readers)
{
    if (!take_turn(readers)) {
        pthread_mutex_lock(&readers->lock);
        wait(readers);
        pthread_mutex_unlock(&readers->lock);
    }
    return !atomic_load(&readers->closing);
}

/* One that was woken before and did not look yet will do. False: there is none. */
static bool wake_one(struct readers *readers)
{
    bool any;

    pthread_mutex_lock(&readers->lock);
    any = readers->waiting != 0;
    readers->woken = any;
    pthread_mutex_unlock(&readers->lock);
    if (any)
        pthread_cond_signal(&readers->wake);
    return any;
}

/* A moving sum over about eight requests; the reader's alone to change. */
static void note_crowd(struct readers *readers)
{
    unsigned int crowd = atomic_load_explicit(&readers->crowd, memory_order_relaxed);
    bool others = atomic_fetch_add(&readers->running, 1) != 0;

    crowd = crowd - crowd / 8 + (others ? CROWD_STEP : 0);
    atomic_store_explicit(&readers->crowd, crowd, memory_order_relaxed);
}

bool readers_leave(struct readers *readers, bool runs)
{
    bool is_short = atomic_load_explicit(&readers->usual_ns, memory_order_relaxed) < SHORT_NS;

    if (runs)
        note_crowd(readers);
    atomic_store(&readers->present, false);
    atomic_fetch_add(&readers->absences, 1);
    if ((is_short || is_alone(readers)) && atomic_load(&readers->watching))
        return false;
    return !wake_one(readers);
}

/* A moving average over about eight. */
void readers_note_time(struct readers *readers, uint64_t ns)
{
    uint64_t usual = atomic_load_explicit(&readers->usual_ns, memory_order_relaxed);

    atomic_fetch_sub(&readers->running, 1);
    atomic_store_explicit(&readers->usual_ns, usual - usual / 8 + ns / 8, memory_order_relaxed);
}

bool readers_close(struct readers *readers)
{
    if (atomic_exchange(&readers->closing, true))
        return false;
    pthread_mutex_lock(&readers->lock);
    pthread_cond_broadcast(&readers->wake);
    pthread_mutex_unlock(&readers->lock);
    return true;
}
