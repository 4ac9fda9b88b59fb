/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions that several threads use, begin and end at once. */
#include "together.h"
#include "with_plugins.h"

#include <sched.h>
#include <setjmp.h>

#include <cmocka.h>

enum { THREADS = 8, CALLS = 500, ROUNDS = 60 };

static struct counter *counter;
static struct vaccel_session sess;
static struct vaccel_session several[THREADS];

static int begin(void **state)
{
    (void)state;
    counter = counter_open("counter");
    return library_begin("counter") || vaccel_session_init(&sess, 0);
}

static int end(void **state)
{
    (void)state;
    return vaccel_cleanup() || unexpected();
}

static void call_shared_and_own(size_t number)
{
    struct vaccel_session *own = &several[number];

    expect(!vaccel_session_init(own, 0), "a session begins");
    for (int i = 0; i < CALLS; i++) {
        expect(!vaccel_noop(&sess), "a call on the shared session");
        expect(!vaccel_noop(own), "a call on the own session");
    }
    expect(!vaccel_session_release(own), "a session ends");
}

static void test_one_session_and_several(void **state)
{
    (void)state;
    together(THREADS, call_shared_and_own);
    assert_int_equal(unexpected(), 0);
    assert_int_equal(counter_calls(counter, COUNTER_OPERATION), 2 * THREADS * CALLS);
    assert_int_equal(counter_calls(counter, COUNTER_SESSION_INIT), THREADS + 1);
    assert_int_equal(counter_calls(counter, COUNTER_SESSION_RELEASE), THREADS);
}

/* The first thread calls, the second releases, the third watches. */
static struct door inside = DOOR_CLOSED, leave = DOOR_CLOSED;
static bool left;

static int stay_inside(struct counter *of, enum counter_hook hook, struct vaccel_session *session,
                       struct vaccel_resource *res)
{
    (void)of, (void)session, (void)res;
    if (hook != COUNTER_OPERATION)
        return 0;
    door_open(&inside);
    door_pass(&leave);
    __atomic_store_n(&left, true, __ATOMIC_RELEASE);
    return 0;
}

static void call_release_or_watch(size_t number)
{
    if (number == 0) {
        expect(!vaccel_noop(&sess), "the call that began in time ends well");
        return;
    }
    door_pass(&inside);
    if (number == 1) {
        expect(!vaccel_session_release(&sess), "the session ends");
        expect(__atomic_load_n(&left, __ATOMIC_ACQUIRE), "release waited for the call");
        return;
    }
    while (vaccel_session_make_rundir(&sess) != VACCEL_ESESS)
        sched_yield();
    expect(vaccel_noop(&sess) == VACCEL_ESESS, "a call that comes too late is refused");
    expect(vaccel_call(&sess, "noop", NULL, 0, NULL, 0) == VACCEL_ESESS, "by name as well");
    expect(!__atomic_load_n(&left, __ATOMIC_ACQUIRE), "the first call is still inside");
    door_open(&leave);
}

static void test_release_waits_for_calls_and_refuses_new_ones(void **state)
{
    (void)state;
    counter->hook = stay_inside;
    together(3, call_release_or_watch);
    assert_int_equal(unexpected(), 0);
    assert_int_equal(counter_calls(counter, COUNTER_OPERATION), 1);
    assert_int_equal(sess.id, 0);
}

static void call_until_released(size_t number)
{
    struct vaccel_op_info infos[8];
    size_t count = 8;
    int ret = 0;

    for (int i = 0; number == 0 && i < CALLS / 10; i++)
        vaccel_noop(&sess);
    if (number == 0) {
        expect(!vaccel_session_release(&sess), "the session ends");
        return;
    }
    while (ret == VACCEL_OK) {
        ret = number % 2 ? vaccel_noop(&sess) : vaccel_op_list(&sess, infos, &count);
        count = 8;
    }
    expect(ret == VACCEL_ESESS, "a released session is told");
}

static void test_released_while_others_call(void **state)
{
    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        together(6, call_until_released);
        assert_int_equal(vaccel_session_init(&sess, 0), 0);
    }
    assert_int_equal(unexpected(), 0);
}

static int released;

static void release(size_t number)
{
    int ret = vaccel_session_release(&sess);

    (void)number;
    if (ret == VACCEL_OK)
        __atomic_add_fetch(&released, 1, __ATOMIC_RELAXED);
    else
        expect(ret == VACCEL_ESESS || ret == VACCEL_EINVAL, "too late");
    expect(!__atomic_load_n(&sess.id, __ATOMIC_ACQUIRE), "whoever releases, afterwards it is over");
}

static void test_one_of_several_releases(void **state)
{
    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        released = 0;
        together(4, release);
        assert_int_equal(released, 1);
        assert_int_equal(vaccel_session_init(&sess, 0), 0);
    }
    assert_int_equal(unexpected(), 0);
    assert_int_equal(counter_calls(counter, COUNTER_SESSION_RELEASE), ROUNDS);
}

static void come_and_go(size_t number)
{
    struct vaccel_session *made, *found;

    (void)number;
    for (int i = 0; i < CALLS / 2; i++) {
        expect(!vaccel_session_new(&made, 0), "a session begins");
        expect(!vaccel_session_get_by_id(&found, made->id) && found == made, "it is found");
        expect(!vaccel_noop(made), "it works");
        expect(!vaccel_session_delete(made), "it ends");
    }
}

static void test_sessions_come_and_go(void **state)
{
    (void)state;
    together(THREADS, come_and_go);
    assert_int_equal(unexpected(), 0);
    assert_int_equal(counter_calls(counter, COUNTER_OPERATION), THREADS * (CALLS / 2));
}

static void change_or_call(size_t number)
{
    struct vaccel_output out = {0};

    for (int i = 0; i < CALLS; i++) {
        if (number == 0)
            expect(!vaccel_session_update(&sess, i % 2 ? VACCEL_PLUGIN_GPU : 0), "a new hint");
        else
            expect(!vaccel_noop(&sess), "a call meanwhile");
        if (number == 2) {
            expect(!vaccel_output_put(&sess, &out, "x", 1), "an output meanwhile");
            expect(!vaccel_output_drop(&sess, &out), "it is dropped");
        }
    }
}

static void test_the_hint_changes_while_others_call(void **state)
{
    struct counter *second = counter_open("second");

    (void)state;
    second->plugin->info->type = VACCEL_PLUGIN_GPU;
    assert_int_equal(library_begin("counter second"), 0);
    assert_int_equal(vaccel_session_init(&sess, 0), 0);
    together(4, change_or_call);
    assert_int_equal(unexpected(), 0);
    assert_int_equal(counter_calls(counter, COUNTER_OPERATION) +
                         counter_calls(second, COUNTER_OPERATION),
                     3 * CALLS);
}

static void make_rundirs(size_t number)
{
    (void)number;
    expect(!vaccel_session_make_rundir(&sess), "the directory is made");
    expect(vaccel_rundir() != NULL, "so is the one above");
}

static void test_the_run_directory_is_made_once(void **state)
{
    (void)state;
    together(THREADS, make_rundirs);
    assert_int_equal(unexpected(), 0);
}

#define test(function) cmocka_unit_test_setup_teardown(function, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(test_one_session_and_several),
        test(test_release_waits_for_calls_and_refuses_new_ones),
        test(test_released_while_others_call),
        test(test_one_of_several_releases),
        test(test_sessions_come_and_go),
        test(test_the_hint_changes_while_others_call),
        test(test_the_run_directory_is_made_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
