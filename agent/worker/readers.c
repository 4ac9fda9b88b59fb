/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/worker/readers.h"
#include "agent/worker/worker.h"

#include <errno.h>
#include <time.h>

enum {
    SHORT_NS = 20000, /* about what it takes to wake a thread */
    LOOK_NS = 1000000,
    LONGEST_LOOK_NS = 16000000,
    CROWDED = 16, /* one request in a crowd is forgotten after half a dozen others */
    CROWD_STEP = 32,
    LOOKS = 100,       /* without a request, until there is nothing to watch any more */
    ANSWER_LOOKS = 15, /* until an answer has been on its way for long */
};

void readers_begin(struct readers *readers, const struct readers_source *source, void *context)
{
    readers->source = source;
    readers->context = context;
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

/* What has taken long may take much longer. */
static long longer(long ns)
{
    return 2 * ns < LONGEST_LOOK_NS ? 2 * ns : LONGEST_LOOK_NS;
}

static struct timespec moment_after(long ns)
{
    struct timespec at;

    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_nsec += ns;
    if (at.tv_nsec >= 1000000000) {
        at.tv_nsec -= 1000000000;
        at.tv_sec++;
    }
    return at;
}

/* Until woken, or for so long. Under the lock, as what follows. */
static void sleep_for(struct readers *readers, long ns)
{
    const struct timespec until = moment_after(ns);
    int ret = 0;

    while (!readers->woken && !atomic_load(&readers->closing) && ret != ETIMEDOUT)
        ret = pthread_cond_timedwait(&readers->wake, &readers->lock, &until);
}

/* Who is sending an answer will be back, unless the client does not take it. */
static bool is_too_long(const struct readers *readers, int looks)
{
    return looks > ANSWER_LOOKS || (looks > 0 && readers->source->running(readers->context));
}

/*
 * Whether something has waited for too long: then the turn is the caller's. Who finds the turn taken meanwhile
 * tries again under the lock.
 */
static bool take_what_waits(struct readers *readers, int *looks)
{
    bool taken = take_turn(readers);

    *looks = taken && readers->source->has_come(readers->context) ? *looks + 1 : 0;
    if (is_too_long(readers, *looks))
        return true;
    if (taken)
        atomic_store(&readers->present, false);
    return false;
}

/*
 * Look whether the reader is away with the same request as a look before, and something waits. True: the turn is
 * the caller's. False: woken, or nothing has happened for a while. Whoever leaves the next moment sees that
 * nobody watches; who left before is seen here.
 */
static bool watch(struct readers *readers)
{
    uint64_t seen = atomic_load(&readers->absences);
    long pause = look_ns(readers);
    int waiting = 0;
    int idle = 0;
    uint64_t now;

    while (!readers->woken && !atomic_load(&readers->closing)) {
        sleep_for(readers, waiting ? LOOK_NS : pause);
        now = atomic_load(&readers->absences);
        if (now != seen)
            waiting = 0;
        else if (take_what_waits(readers, &waiting))
            return true;
        pause = now != seen || atomic_load(&readers->present) ? look_ns(readers) : longer(pause);
        idle = now == seen && atomic_load(&readers->present) ? idle + 1 : 0;
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

static uintptr_t this_thread(void)
{
    static _Thread_local char place;

    return (uintptr_t)&place;
}

/* The thread that ran the last request will be back for the next one, unless there is a crowd. */
static bool is_anothers(const struct readers *readers)
{
    uintptr_t last = atomic_load(&readers->last);

    return last && last != this_thread() && is_alone(readers);
}

static bool take_free_turn(struct readers *readers)
{
    if (is_anothers(readers) || !take_turn(readers))
        return false;
    if (!is_anothers(readers))
        return true;
    atomic_store(&readers->present, false); /* that has just been changed */
    return false;
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
    return !is_alone(readers) && take_free_turn(readers);
}

static void wait(struct readers *readers)
{
    readers->waiting++;
    while (!wait_once(readers) && !atomic_load(&readers->closing))
        continue;
    readers->waiting--;
}

static bool is_mine(const struct readers *readers)
{
    return atomic_load(&readers->last) == this_thread() && is_alone(readers);
}

/*
 * Whoever reads in its place is in the middle of a message, and does not wait for another one. Under the lock,
 * which is let go meanwhile.
 */
static bool take_turn_back(struct readers *readers)
{
    struct timespec moment = {.tv_nsec = LOOK_NS / 2};

    while (is_mine(readers) && !atomic_load(&readers->closing)) {
        if (take_turn(readers))
            return true;
        moment.tv_nsec = longer(moment.tv_nsec);
        pthread_mutex_unlock(&readers->lock);
        nanosleep(&moment, NULL);
        pthread_mutex_lock(&readers->lock);
    }
    return false;
}

bool readers_may_wait(const struct readers *readers)
{
    return !is_anothers(readers);
}

bool readers_enter(struct readers *readers)
{
    if (!take_free_turn(readers)) {
        pthread_mutex_lock(&readers->lock);
        if (!take_turn_back(readers) && !take_free_turn(readers))
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

/*
 * A moving sum over about eight requests; the reader's alone to change. One whose answer is being sent does not
 * count: the client may have it already.
 */
static void note_crowd(struct readers *readers)
{
    unsigned int crowd = atomic_load_explicit(&readers->crowd, memory_order_relaxed);
    bool others = readers->source->running(readers->context) > 1;

    crowd = crowd - crowd / 8 + (others ? CROWD_STEP : 0);
    atomic_store_explicit(&readers->crowd, crowd, memory_order_relaxed);
}

bool readers_leave(struct readers *readers, bool runs)
{
    bool is_short = atomic_load_explicit(&readers->usual_ns, memory_order_relaxed) < SHORT_NS;

    if (runs) {
        note_crowd(readers);
        atomic_store(&readers->last, this_thread());
    }
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
