/* SPDX-License-Identifier: Apache-2.0 */
/* One thread of an agent's connection reads; while it runs a request another one does. */
#include "agent/worker/readers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <time.h>

#include <cmocka.h>

enum { THREADS = 5, TURNS = 3000, MS = 1000000 };

static struct readers readers;
static atomic_int inside, turns, most_inside;
static atomic_int stuck_until; /* the turn during whose request another one must read */

static int begin(void **state)
{
    (void)state;
    readers = (struct readers){0};
    readers_begin(&readers);
    inside = turns = most_inside = stuck_until = 0;
    return 0;
}

static int end(void **state)
{
    (void)state;
    readers_end(&readers);
    return 0;
}

static void pause_ns(long ns)
{
    const struct timespec time = {.tv_nsec = ns};

    nanosleep(&time, NULL);
}

/* Returns which one it was. */
static int read_one(void)
{
    int now = atomic_fetch_add(&inside, 1) + 1;
    int turn;

    if (now > most_inside)
        most_inside = now;
    turn = atomic_fetch_add(&turns, 1);
    atomic_fetch_sub(&inside, 1);
    if (turn + 1 >= TURNS)
        readers_close(&readers);
    return turn;
}

static void *serve(void *context)
{
    long run_ns = *(long *)context;

    while (readers_enter(&readers)) {
        read_one();
        readers_leave(&readers, true);
        if (run_ns)
            pause_ns(run_ns);
        readers_note_time(&readers, run_ns ? (uint64_t)run_ns : 100);
    }
    return NULL;
}

static void run_all(long run_ns)
{
    pthread_t threads[THREADS];
    int i;

    for (i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, serve, &run_ns);
    for (i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(most_inside, 1);
    assert_true(turns >= TURNS);
}

static void test_short_requests(void **state)
{
    (void)state;
    run_all(0);
}

static void test_long_requests(void **state)
{
    (void)state;
    run_all(50000);
}

/* Who is not needed sleeps: the process may not take much more time than passes for one thread. */
static double processor_seconds(void)
{
    struct timespec time;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void *wait_for_turn(void *context)
{
    (void)context;
    if (readers_enter(&readers))
        readers_leave(&readers, false);
    return NULL;
}

static void test_who_waits_does_not_spin(void **state)
{
    pthread_t threads[THREADS];
    double before;
    int i;

    (void)state;
    assert_true(readers_enter(&readers));
    for (i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, wait_for_turn, NULL);
    pause_ns(50 * MS);
    before = processor_seconds();
    pause_ns(400 * MS);
    assert_true(processor_seconds() - before < 0.2);
    readers_close(&readers);
    for (i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
}

static void *read_while_stuck(void *context)
{
    (void)context;
    while (readers_enter(&readers)) {
        atomic_store(&stuck_until, 1);
        readers_leave(&readers, true);
        readers_note_time(&readers, 100);
        if (atomic_load(&stuck_until))
            return NULL;
    }
    return NULL;
}

/* All were short, so nobody is woken; but one looks, and reads. */
static void test_an_unexpectedly_long_request(void **state)
{
    pthread_t other;
    int waited;

    (void)state;
    assert_true(readers_enter(&readers));
    pthread_create(&other, NULL, read_while_stuck, NULL);
    while (!atomic_load(&readers.watching))
        pause_ns(MS);
    assert_false(readers_leave(&readers, true));
    for (waited = 0; !atomic_load(&stuck_until) && waited < 5000; waited++)
        pause_ns(MS);
    assert_int_equal(stuck_until, 1);
    pthread_join(other, NULL);
}

enum { CLIENT_CALLS = 200, CALL_NS = 2 * MS };

/* As of a client that makes one call after the other: which threads run them. */
struct client {
    pthread_mutex_t one_call;
    atomic_int calls, hand_overs;
    pthread_t last;
};

static void *serve_client(void *context)
{
    struct client *client = context;

    while (readers_enter(&readers)) {
        pthread_mutex_lock(&client->one_call);
        if (!pthread_equal(client->last, pthread_self()))
            atomic_fetch_add(&client->hand_overs, 1);
        client->last = pthread_self();
        if (atomic_fetch_add(&client->calls, 1) + 1 >= CLIENT_CALLS)
            readers_close(&readers);
        readers_leave(&readers, true);
        pause_ns(CALL_NS);
        readers_note_time(&readers, CALL_NS);
        pthread_mutex_unlock(&client->one_call);
    }
    return NULL;
}

/* A machine under load may hand some over; without a reason each is. */
static void test_one_long_call_after_the_other_stays_with_a_thread(void **state)
{
    struct client client = {.one_call = PTHREAD_MUTEX_INITIALIZER};
    pthread_t threads[THREADS];
    int i;

    (void)state;
    for (i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, serve_client, &client);
    for (i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_true(client.hand_overs < CLIENT_CALLS / 2);
}

static void test_a_thread_is_asked_for(void **state)
{
    (void)state;
    assert_true(readers_enter(&readers));
    assert_true(readers_leave(&readers, true));
    assert_true(readers_close(&readers));
    assert_false(readers_close(&readers));
    assert_false(readers_enter(&readers));
}

#define test(function) cmocka_unit_test_setup_teardown(function, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(test_short_requests),
        test(test_long_requests),
        test(test_who_waits_does_not_spin),
        test(test_an_unexpectedly_long_request),
        test(test_one_long_call_after_the_other_stays_with_a_thread),
        test(test_a_thread_is_asked_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
