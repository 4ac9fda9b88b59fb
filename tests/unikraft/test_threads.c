/* SPDX-License-Identifier: Apache-2.0 */
/* Locks, waiting and the end of threads, under a cooperative scheduler. */
#include "core/marks.h"
#include "machine.h"
#include "platform/platform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <uk/sched.h>

#include <cmocka.h>

enum { THREADS = 8, ROUNDS = 200, MS = 1000000 };

static struct uk_thread *threads[THREADS];

static void run_all(void (*run)(void *argument))
{
    size_t i;

    for (i = 0; i < THREADS; i++)
        threads[i] = thread_begin(run, (void *)i);
    for (i = 0; i < THREADS; i++)
        thread_join(threads[i]);
}

static struct platform_mutex mutex;
static unsigned int inside;
static unsigned int sum;
static unsigned int met; /* how often one found another one inside before it had the lock */

static void count(void *unused)
{
    unsigned int before;
    int i;

    (void)unused;
    for (i = 0; i < ROUNDS; i++) {
        met += inside;
        platform_lock(&mutex);
        must(!inside);
        inside = 1;
        before = sum;
        uk_sched_yield();
        sum = before + 1;
        inside = 0;
        platform_unlock(&mutex);
        uk_sched_yield();
    }
}

static void test_one_has_the_lock(void **state)
{
    (void)state;
    sum = met = 0;
    run_all(count);
    assert_int_equal(sum, THREADS * ROUNDS);
    assert_true(met > ROUNDS);
}

/* Also while who has it sleeps: then nobody runs. */
static void sleep_inside(void *unused)
{
    (void)unused;
    platform_lock(&mutex);
    must(!inside);
    inside = 1;
    uk_sched_thread_sleep(MS);
    inside = 0;
    platform_unlock(&mutex);
}

static void test_who_has_the_lock_sleeps(void **state)
{
    uint64_t start = machine_now();

    (void)state;
    run_all(sleep_inside);
    assert_true(machine_now() - start >= THREADS * (uint64_t)MS);
    assert_true(machine_now() - start < 2 * THREADS * (uint64_t)MS);
    assert_int_equal(mutex.state, 0);
}

/* A lock that is free costs nobody his turn. */
static void raise(void *value)
{
    *(uint32_t *)value = 1;
}

static void test_a_free_lock(void **state)
{
    static uint32_t value;
    struct uk_thread *thread = thread_begin(raise, &value);
    int i;

    (void)state;
    for (i = 0; i < ROUNDS; i++) {
        platform_lock(&mutex);
        platform_unlock(&mutex);
    }
    assert_int_equal(value, 0);
    thread_join(thread);
    assert_int_equal(value, 1);
}

static uint32_t word;
static uint32_t other_word;

static void test_waiting_for_what_is_not_so(void **state)
{
    uint64_t start = machine_now();

    (void)state;
    word = 1;
    platform_wait(&word, 0, 0);
    platform_wait(&word, 0, start + MS);
    assert_true(machine_now() - start < MS);
}

static void test_waiting_ends_at_the_deadline(void **state)
{
    uint64_t deadline = platform_clock() + 3 * (uint64_t)MS;

    (void)state;
    word = 0;
    platform_wait(&word, 0, deadline);
    assert_true(machine_now() >= deadline && machine_now() < deadline + MS);
    platform_wait(&word, 0, 1);
    assert_true(machine_now() < deadline + MS);
}

static void change_later(void *unused)
{
    (void)unused;
    uk_sched_thread_sleep(MS);
    other_word = 1;
    platform_wake(&other_word);
    uk_sched_thread_sleep(MS);
    word = 1;
    platform_wake(&word);
}

static unsigned int woken;

static void wait_for_word(void *unused)
{
    (void)unused;
    while (!word)
        platform_wait(&word, 0, 0);
    woken++;
}

static void test_all_who_sleep_are_woken(void **state)
{
    struct uk_thread *waker = thread_begin(change_later, NULL);
    uint64_t start = machine_now();

    (void)state;
    word = other_word = woken = 0;
    run_all(wait_for_word);
    thread_join(waker);
    assert_int_equal(woken, THREADS);
    assert_true(machine_now() - start >= 2 * (uint64_t)MS);
    assert_true(machine_now() - start < 3 * (uint64_t)MS);
}

static char session;

static void *seen[THREADS];

static void mark(void *place)
{
    must(!platform_thread_pointer);
    must(!marks_enter(&session, NULL));
    uk_sched_yield();
    must(marks_mine(&session, NULL));
    marks_leave();
    seen[(size_t)place] = platform_thread_pointer;
}

/* Each has its own, and leaves them to those that come later. */
static void test_the_end_of_a_thread(void **state)
{
    size_t blocks;
    size_t i;
    size_t j;

    (void)state;
    run_all(mark);
    blocks = heap_blocks();
    for (i = 0; i < THREADS; i++)
        for (j = 0; j < i; j++)
            assert_ptr_not_equal(seen[i], seen[j]);
    for (i = 0; i < 10; i++)
        run_all(mark);
    assert_int_equal(heap_blocks(), blocks);
}

static void test_a_pause(void **state)
{
    static uint32_t value;
    struct uk_thread *thread = thread_begin(raise, &value);
    uint64_t start = machine_now();
    unsigned int attempt = 0;

    (void)state;
    platform_pause(attempt++);
    assert_int_equal(value, 1);
    thread_join(thread);
    start = machine_now();
    platform_pause(UINT32_MAX);
    assert_true(machine_now() - start >= MS && machine_now() - start < 2 * (uint64_t)MS);
    for (start = machine_now(); attempt < 100; attempt++)
        platform_pause(attempt);
    assert_true(machine_now() - start < 100 * (uint64_t)MS * 2);
}

static void test_the_clock_goes_on(void **state)
{
    uint64_t before = platform_clock();

    (void)state;
    assert_true(platform_clock() > before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_has_the_lock),
        cmocka_unit_test(test_who_has_the_lock_sleeps),
        cmocka_unit_test(test_a_free_lock),
        cmocka_unit_test(test_waiting_for_what_is_not_so),
        cmocka_unit_test(test_waiting_ends_at_the_deadline),
        cmocka_unit_test(test_all_who_sleep_are_woken),
        cmocka_unit_test(test_the_end_of_a_thread),
        cmocka_unit_test(test_a_pause),
        cmocka_unit_test(test_the_clock_goes_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
