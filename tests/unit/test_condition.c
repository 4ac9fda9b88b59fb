/* SPDX-License-Identifier: Apache-2.0 */
/* A condition variable over platform_wait(): who waits longest is woken first, and a deadline ends it. */
#include "stream/condition.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { THREADS = 4, ITEMS = 2000, SOME_MS = 20, NS_PER_MS = 1000000 };

static struct platform_mutex lock;
static struct condition condition, other;
static unsigned int waiting, turns;
static unsigned int order[THREADS];

/* Waits once it is its turn to, and notes when it was woken. */
static void *wait_in_line(void *argument)
{
    unsigned int number = (unsigned int)(uintptr_t)argument;

    platform_lock(&lock);
    while (waiting != number) {
        platform_unlock(&lock);
        platform_pause(0);
        platform_lock(&lock);
    }
    waiting++;
    condition_wait(&condition, &lock, 0);
    order[number] = turns++;
    condition_signal(&other);
    platform_unlock(&lock);
    return NULL;
}

static void start(pthread_t *threads)
{
    waiting = turns = 0;
    for (uintptr_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, wait_in_line, (void *)i), 0);
    platform_lock(&lock);
    while (waiting < THREADS) {
        platform_unlock(&lock);
        platform_pause(0);
        platform_lock(&lock);
    }
}

static void finish(const pthread_t *threads)
{
    platform_unlock(&lock);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_null(condition.first);
}

static void test_signal_wakes_who_waits_longest(void **state)
{
    pthread_t threads[THREADS];

    (void)state;
    start(threads);
    for (unsigned int i = 1; i <= THREADS; i++) {
        condition_signal(&condition);
        while (turns < i)
            condition_wait(&other, &lock, platform_clock() + SOME_MS * NS_PER_MS);
    }
    finish(threads);
    for (unsigned int i = 0; i < THREADS; i++)
        assert_int_equal(order[i], i);
}

static void test_broadcast_wakes_all(void **state)
{
    pthread_t threads[THREADS];

    (void)state;
    start(threads);
    condition_broadcast(&condition);
    finish(threads);
    assert_int_equal(turns, THREADS);
}

static void test_nobody_need_wait(void **state)
{
    (void)state;
    platform_lock(&lock);
    condition_signal(&condition);
    condition_broadcast(&condition);
    platform_unlock(&lock);
}

/* Those before and behind it in the line stay there. */
static void *give_up(void *unused)
{
    (void)unused;
    platform_lock(&lock);
    condition_wait(&condition, &lock, platform_clock() + SOME_MS * NS_PER_MS);
    waiting++;
    condition_signal(&other);
    platform_unlock(&lock);
    return NULL;
}

static void test_deadline_takes_out_of_the_line(void **state)
{
    pthread_t threads[THREADS], late;

    (void)state;
    start(threads);
    assert_int_equal(pthread_create(&late, NULL, give_up, NULL), 0);
    condition_wait(&condition, &lock, 1); /* long over */
    condition_wait(&condition, &lock, platform_clock() + 2 * SOME_MS * NS_PER_MS);
    while (waiting == THREADS)
        condition_wait(&other, &lock, platform_clock() + SOME_MS * NS_PER_MS);
    pthread_join(late, NULL);
    for (unsigned int i = 1; i <= THREADS; i++) {
        condition_signal(&condition);
        while (turns < i)
            condition_wait(&other, &lock, platform_clock() + SOME_MS * NS_PER_MS);
    }
    finish(threads);
    assert_int_equal(turns, THREADS);
}

/* A queue with room for one, several on either side. */
static struct condition filled, emptied;
static unsigned int item, taken_sum;

static void *put_items(void *unused)
{
    (void)unused;
    for (unsigned int i = 1; i <= ITEMS; i++) {
        platform_lock(&lock);
        while (item)
            condition_wait(&emptied, &lock, 0);
        item = i;
        condition_signal(&filled);
        platform_unlock(&lock);
    }
    return NULL;
}

static void *take_items(void *unused)
{
    (void)unused;
    for (unsigned int i = 1; i <= ITEMS; i++) {
        platform_lock(&lock);
        while (!item)
            condition_wait(&filled, &lock, 0);
        taken_sum += item;
        item = 0;
        condition_signal(&emptied);
        platform_unlock(&lock);
    }
    return NULL;
}

static void test_no_wake_is_lost(void **state)
{
    pthread_t threads[2 * THREADS];

    (void)state;
    for (size_t i = 0; i < 2 * THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, i % 2 ? put_items : take_items, NULL),
                         0);
    for (size_t i = 0; i < 2 * THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(taken_sum, THREADS * (ITEMS * (ITEMS + 1) / 2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_signal_wakes_who_waits_longest),
        cmocka_unit_test(test_broadcast_wakes_all),
        cmocka_unit_test(test_nobody_need_wait),
        cmocka_unit_test(test_deadline_takes_out_of_the_line),
        cmocka_unit_test(test_no_wake_is_lost),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
