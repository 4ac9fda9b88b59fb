/* SPDX-License-Identifier: Apache-2.0 */
/* Which thread is in which call, and waiting for it. */
#include "core/marks.h"
#include "together.h"

#include <setjmp.h>
#include <stdarg.h>
#include <time.h>

#include <cmocka.h>

static const char session, other_session, resource, other_resource;

static void test_a_thread_knows_its_own_calls(void **state)
{
    (void)state;
    assert_false(marks_mine(NULL, NULL));
    assert_int_equal(marks_enter(&session, NULL), 0);
    assert_true(marks_mine(NULL, NULL));
    assert_true(marks_mine(&session, NULL));
    assert_false(marks_mine(&session, &resource));
    assert_false(marks_mine(&other_session, NULL));
    marks_use_resource(&resource);
    assert_true(marks_mine(&session, &resource));
    assert_true(marks_mine(NULL, &resource));
    assert_false(marks_mine(NULL, &other_resource));
    assert_true(marks_any());
    marks_leave();
    assert_false(marks_mine(NULL, NULL));
    assert_false(marks_any());
}

static void test_calls_nest_to_a_limit(void **state)
{
    (void)state;
    for (int i = 0; i < MARKS_DEPTH; i++)
        assert_int_equal(marks_enter(&session, NULL), 0);
    assert_int_equal(marks_enter(&other_session, NULL), VACCEL_ELOOP);
    assert_false(marks_mine(&other_session, NULL));
    for (int i = 0; i < MARKS_DEPTH; i++)
        marks_leave();
    assert_false(marks_mine(NULL, NULL));
}

/* It would never end. */
static void test_nobody_waits_for_himself(void **state)
{
    (void)state;
    assert_int_equal(marks_enter(&session, &resource), 0);
    marks_wait(&session, NULL);
    marks_wait(NULL, &resource);
    marks_leave();
}

/* A thread that calls again and again: between two calls hardly any time passes. */
static struct door inside = DOOR_CLOSED;
static bool stop;

static void stay(void)
{
    const struct timespec millisecond = {0, 1000000};

    nanosleep(&millisecond, NULL);
}

static void call_again_or_wait(size_t number)
{
    if (number == 0) {
        door_pass(&inside);
        marks_wait(&session, NULL);
        __atomic_store_n(&stop, true, __ATOMIC_RELAXED);
        return;
    }
    expect(!marks_enter(&session, NULL), "in a call");
    door_open(&inside);
    while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
        stay();
        marks_leave();
        expect(!marks_enter(&session, NULL), "in the next call");
    }
    marks_leave();
}

static void test_who_waits_for_a_call_does_not_wait_for_the_next(void **state)
{
    (void)state;
    together(2, call_again_or_wait);
    assert_int_equal(unexpected(), 0);
}

/* Calls of others are not waited for: here they end only after the wait. */
static void be_elsewhere_or_wait(size_t number)
{
    if (number == 0) {
        door_pass(&inside);
        marks_wait(&session, NULL);
        marks_wait(NULL, &resource);
        marks_wait(&other_session, &resource);
        __atomic_store_n(&stop, true, __ATOMIC_RELAXED);
        return;
    }
    expect(!marks_enter(&other_session, &other_resource), "in another call");
    door_open(&inside);
    while (!__atomic_load_n(&stop, __ATOMIC_RELAXED))
        stay();
    marks_leave();
}

static void test_other_calls_are_not_waited_for(void **state)
{
    (void)state;
    stop = false;
    door_close(&inside);
    together(2, be_elsewhere_or_wait);
    assert_int_equal(unexpected(), 0);
}

static void enter_and_leave(size_t number)
{
    (void)number;
    expect(!marks_enter(&session, NULL), "in a call");
    marks_leave();
}

/* Marks of threads that ended go to new ones. */
static void test_threads_come_and_go(void **state)
{
    (void)state;
    for (int i = 0; i < 50; i++)
        together(4, enter_and_leave);
    assert_int_equal(unexpected(), 0);
    assert_false(marks_any());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_thread_knows_its_own_calls),
        cmocka_unit_test(test_calls_nest_to_a_limit),
        cmocka_unit_test(test_nobody_waits_for_himself),
        cmocka_unit_test(test_who_waits_for_a_call_does_not_wait_for_the_next),
        cmocka_unit_test(test_other_calls_are_not_waited_for),
        cmocka_unit_test(test_threads_come_and_go),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
