/* SPDX-License-Identifier: Apache-2.0 */
#include "device.h"

#include <uk/wait.h>

#include <pthread.h>

/*
 * Unikraft's cooperative scheduler. Each thread is one of the host's, so that it has variables of its own,
 * but only the one whose turn it is runs.
 */

enum { TICK_NS = 100, THREADS_MOST = 32 };

struct uk_thread {
    pthread_t host;
    pthread_cond_t turn;
    bool is_blocked;
    bool has_ended;
    struct uk_thread *joins; /* who waits for its end */
    uint64_t wakes_at;       /* 0: never by itself */
    void (*run)(void *argument);
    void *argument;
};

static struct uk_thread boot = {.turn = PTHREAD_COND_INITIALIZER};
static struct uk_thread *threads[THREADS_MOST] = {&boot};
static size_t nr_threads = 1;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct uk_thread *running = &boot;
static _Thread_local struct uk_thread *current = &boot;
static void (*at_end)(struct uk_thread *thread);

static uint64_t now = 1000000000;
static unsigned int idled;
static bool interrupts_off;
static bool interrupt_waits;

void stand_in_at_thread_end(void (*ended)(struct uk_thread *thread))
{
    at_end = ended;
}

struct uk_thread *uk_thread_current(void)
{
    return current;
}

uint64_t machine_now(void)
{
    return now;
}

unsigned int machine_idled(void)
{
    return idled;
}

static void handle_interrupt(void)
{
    struct virtqueue *ring;

    interrupt_waits = false;
    interrupts_off = true;
    if (ring_owner)
        UK_TAILQ_FOREACH(ring, &ring_owner->virtio.vqs, next)
    if (virtqueue_hasdata(ring))
        ring->vq_callback(ring, ring->priv);
    interrupts_off = false;
}

void machine_interrupt(void)
{
    interrupt_waits = true;
}

void machine_step(void)
{
    if (ring_owner && ring_owner->pace == BY_ITSELF)
        device_serve(ring_owner);
    if (ring_owner && ring_owner->backend && ring_owner->backend->has_called(ring_owner, 0))
        machine_interrupt();
    if (interrupt_waits && !interrupts_off)
        handle_interrupt();
}

unsigned long ukplat_lcpu_save_irqf(void)
{
    unsigned long flags = !interrupts_off;

    interrupts_off = true;
    return flags;
}

void ukplat_lcpu_restore_irqf(unsigned long flags)
{
    interrupts_off = !flags;
    machine_step();
}

__nsec ukplat_monotonic_clock(void)
{
    now += TICK_NS;
    machine_step();
    return now;
}

__nsec ukplat_wall_clock(void)
{
    return UINT64_C(1700000000000000000) + ukplat_monotonic_clock();
}

static bool is_ready(struct uk_thread *thread)
{
    if (thread->is_blocked && thread->wakes_at && thread->wakes_at <= now)
        thread->is_blocked = false;
    return !thread->is_blocked && !thread->has_ended;
}

/* The next one in turn, the one that runs last. */
static struct uk_thread *next_ready(void)
{
    size_t place = 0;
    size_t i;

    while (threads[place] != running)
        place++;
    for (i = 1; i <= nr_threads; i++)
        if (is_ready(threads[(place + i) % nr_threads]))
            return threads[(place + i) % nr_threads];
    return NULL;
}

/* Time is that of the world as long as a part of it may call. */
static void wait_for_backend(uint64_t next)
{
    enum { WAIT_MS = 1, NS_PER_MS = 1000000 };

    if (ring_owner->backend->has_called(ring_owner, WAIT_MS))
        machine_interrupt();
    else
        now = next < now + NS_PER_MS ? next : now + NS_PER_MS;
    machine_step();
}

/* All sleep: time goes on to what happens next. */
static void idle(void)
{
    uint64_t next = ring_owner ? device_next(ring_owner) : UINT64_MAX;
    size_t i;

    idled++;
    must(!interrupts_off);
    if (ring_owner && device_serve(ring_owner)) {
        machine_step();
        return;
    }
    for (i = 0; i < nr_threads; i++)
        if (!threads[i]->has_ended && threads[i]->wakes_at && threads[i]->wakes_at < next)
            next = threads[i]->wakes_at;
    if (ring_owner && ring_owner->backend) {
        wait_for_backend(next);
        return;
    }
    must(next != UINT64_MAX && "all threads sleep for ever");
    if (now < next)
        now = next;
    machine_step();
}

static void hand_over(void)
{
    struct uk_thread *next;

    while (!(next = next_ready()))
        idle();
    running = next;
    if (next == current)
        return;
    pthread_cond_signal(&next->turn);
    while (running != current && !current->has_ended)
        pthread_cond_wait(&current->turn, &lock);
}

/* The thread whose turn it is has the lock only here: others wait for their turns with it. */
static void give_up_turn(void)
{
    must(running == current);
    pthread_mutex_lock(&lock);
    hand_over();
    pthread_mutex_unlock(&lock);
}

void uk_sched_yield(void)
{
    machine_step();
    give_up_turn();
}

static void sleep_until(uint64_t wakes_at)
{
    current->is_blocked = true;
    current->wakes_at = wakes_at;
    give_up_turn();
    current->wakes_at = 0;
}

void uk_sched_thread_sleep(__nsec nsec)
{
    machine_step();
    sleep_until(now + nsec);
}

static void *run(void *argument)
{
    struct uk_thread *thread = argument;

    current = thread;
    pthread_mutex_lock(&lock);
    while (running != thread)
        pthread_cond_wait(&thread->turn, &lock);
    pthread_mutex_unlock(&lock);
    thread->run(thread->argument);
    if (at_end)
        at_end(thread);
    thread->has_ended = true;
    if (thread->joins)
        thread->joins->is_blocked = false;
    give_up_turn();
    return NULL;
}

struct uk_thread *thread_begin(void (*run_it)(void *argument), void *argument)
{
    struct uk_thread *thread = calloc(1, sizeof(*thread));

    must(thread && nr_threads < THREADS_MOST);
    thread->run = run_it;
    thread->argument = argument;
    pthread_cond_init(&thread->turn, NULL);
    threads[nr_threads++] = thread;
    must(!pthread_create(&thread->host, NULL, run, thread));
    return thread;
}

static void forget(const struct uk_thread *thread)
{
    size_t place = 0;

    while (threads[place] != thread)
        place++;
    threads[place] = threads[--nr_threads];
}

void thread_join(struct uk_thread *thread)
{
    thread->joins = current;
    while (!thread->has_ended)
        sleep_until(0);
    pthread_join(thread->host, NULL);
    forget(thread);
    pthread_cond_destroy(&thread->turn);
    free(thread);
}

void uk_waitq_init(struct uk_waitq *queue)
{
    UK_TAILQ_INIT(&queue->waiting);
}

void uk_waitq_wake_up(struct uk_waitq *queue)
{
    struct uk_waitq_entry *entry;

    UK_TAILQ_FOREACH(entry, &queue->waiting, next)
    entry->thread->is_blocked = false;
}

unsigned long stand_in_wait_begin(void)
{
    machine_step();
    return ukplat_lcpu_save_irqf();
}

void stand_in_wait(struct uk_waitq *queue, struct uk_waitq_entry *entry, __nsec deadline,
                   unsigned long interrupts)
{
    if (!entry->thread) {
        entry->thread = current;
        UK_TAILQ_INSERT_TAIL(&queue->waiting, entry, next);
    }
    current->is_blocked = true;
    current->wakes_at = deadline;
    ukplat_lcpu_restore_irqf(interrupts);
    give_up_turn();
    current->wakes_at = 0;
}

void stand_in_wait_end(struct uk_waitq *queue, struct uk_waitq_entry *entry)
{
    if (entry->thread)
        UK_TAILQ_REMOVE(&queue->waiting, entry, next);
}
