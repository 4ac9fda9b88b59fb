/* SPDX-License-Identifier: Apache-2.0 */
/* One thread of an agent's connection reads; while it runs a request another one does. */
#include "agent/worker/readers.h"
#include "agent/worker/worker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <time.h>

#include <cmocka.h>

enum { THREADS = 5, TURNS = 3000, MS = 1000000 };

static struct readers readers;
static atomic_int inside, turns, most_inside;
static atomic_int stuck_until; /* the turn during whose request another one must read */

/* A client's next request comes as soon as the last one is answered. */
static atomic_bool one_by_one;
static atomic_bool answered;
/* What needs no more than an answer comes, too. */
static atomic_int pings;

static atomic_int looks;

static bool has_come(void *context)
{
    (void)context;
    looks++;
    return !one_by_one || answered || pings;
}

static atomic_uint running;

static unsigned int count_running(void *context)
{
    (void)context;
    return running;
}

static const struct readers_source source = {has_come, count_running};

static int begin(void **state)
{
    (void)state;
    one_by_one = answered = false;
    pings = looks = 0;
    running = 0;
    readers = (struct readers){0};
    readers_begin(&readers, &source, NULL);
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
        running++;
        readers_leave(&readers, true);
        if (run_ns)
            pause_ns(run_ns);
        running--;
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

/* The longer a request takes, the less often one looks whether something has come. */
static void test_who_watches_a_long_request_looks_seldom(void **state)
{
    pthread_t threads[THREADS];
    uint64_t begun;
    int i;

    (void)state;
    one_by_one = true;
    running = 1;
    assert_true(readers_enter(&readers));
    for (i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, wait_for_turn, NULL);
    while (!atomic_load(&readers.watching))
        pause_ns(MS);
    begun = monotonic_ns();
    readers_leave(&readers, true);
    do
        pause_ns(600 * MS);
    while (!looks);
    assert_in_range(looks, 1, (monotonic_ns() - begun) / (10 * MS));
    readers_close(&readers);
    for (i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
}

static atomic_int in_place;

/* In the middle of a message, and then it was no request. */
static void *read_in_place(void *context)
{
    (void)context;
    if (readers_enter(&readers)) {
        in_place = 1;
        pause_ns(20 * MS);
        readers_leave(&readers, false);
    }
    return NULL;
}

/* Nothing comes any more, so that who does not take the turn back waits for ever. */
static void test_who_ran_the_request_reads_again_behind_a_ping(void **state)
{
    pthread_t other;

    (void)state;
    in_place = 0;
    running = 1;
    assert_true(readers_enter(&readers));
    pthread_create(&other, NULL, read_in_place, NULL);
    while (!atomic_load(&readers.watching))
        pause_ns(MS);
    assert_false(readers_leave(&readers, true));
    while (!in_place)
        pause_ns(MS);
    one_by_one = true;
    running = 0;
    readers_note_time(&readers, 20 * MS);
    assert_true(readers_enter(&readers));
    pthread_join(other, NULL);
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

/* Who waits comes to read while the caller is away. */
static void leave_for_long(void)
{
    pthread_t other;
    int waited;

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

/* All were short, so nobody is woken; but one looks, and reads. */
static void test_an_unexpectedly_long_request(void **state)
{
    (void)state;
    running = 1;
    leave_for_long();
}

static void test_an_answer_that_is_not_taken(void **state)
{
    (void)state;
    one_by_one = answered = true;
    leave_for_long();
}

enum { CLIENT_CALLS = 100, CALL_NS = 3 * MS, BACK_NS = 3 * MS, LATE_NS = 15 * MS };

/* As of a client that makes one call after the other: which threads run them. */
struct client {
    bool pings;
    atomic_int calls, hand_overs, waits;
    pthread_t last;
    uint64_t answered_at;
};

/* Who does not come back for so long after an answer is not waited for; nor is anybody before the first call. */
static bool is_late(const struct client *client)
{
    return monotonic_ns() - client->answered_at >= LATE_NS;
}

/* Returns whether that was what came. */
static bool take_ping(struct client *client)
{
    if (!pings)
        return false;
    pings--;
    if (!pthread_equal(client->last, pthread_self()) && readers_may_wait(&readers))
        client->waits++;
    return true;
}

static void run_call(struct client *client)
{
    pause_ns(CALL_NS / 3);
    pings += client->pings;
    pause_ns(CALL_NS / 3 * 2);
    running = 0;
    client->answered_at = monotonic_ns();
    answered = true;
    pause_ns(BACK_NS);
    readers_note_time(&readers, CALL_NS);
}

static void *serve_client(void *context)
{
    struct client *client = context;

    while (readers_enter(&readers)) {
        if (take_ping(client)) {
            readers_leave(&readers, false);
            continue;
        }
        client->hand_overs += !pthread_equal(client->last, pthread_self()) && !is_late(client);
        client->last = pthread_self();
        if (atomic_fetch_add(&client->calls, 1) + 1 >= CLIENT_CALLS)
            readers_close(&readers);
        answered = false;
        running = 1;
        readers_leave(&readers, true);
        run_call(client);
    }
    return NULL;
}

static void serve_one_by_one(struct client *client)
{
    pthread_t threads[THREADS];
    int i;

    one_by_one = true;
    for (i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, serve_client, client);
    for (i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(client->hand_overs, 0);
    assert_int_equal(client->waits, 0);
}

/* Who looks finds nothing while one runs, and then that it has been answered, though its thread is late. */
static void test_one_long_call_after_the_other_stays_with_a_thread(void **state)
{
    struct client client = {0};

    (void)state;
    serve_one_by_one(&client);
}

/* Who reads a ping meanwhile does not wait for the next call. */
static void test_so_it_does_with_pings(void **state)
{
    struct client client = {.pings = true};

    (void)state;
    serve_one_by_one(&client);
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
        test(test_who_watches_a_long_request_looks_seldom),
        test(test_who_ran_the_request_reads_again_behind_a_ping),
        test(test_an_unexpectedly_long_request),
        test(test_an_answer_that_is_not_taken),
        test(test_one_long_call_after_the_other_stays_with_a_thread),
        test(test_so_it_does_with_pings),
        test(test_a_thread_is_asked_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
