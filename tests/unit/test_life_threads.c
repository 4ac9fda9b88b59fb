/* SPDX-License-Identifier: Apache-2.0 */
/* The library begins, ends and begins again while threads use it; and held outputs. */
#include "together.h"
#include "with_plugins.h"

#include <sched.h>
#include <setjmp.h>

#include <cmocka.h>

enum { THREADS = 6, CALLS = 300, RELOADS = 30 };

static struct counter *counter;
static struct vaccel_session sess;
static bool stop;

static int begin(void **state)
{
    (void)state;
    counter = counter_open("counter");
    counter_open("second");
    stop = false;
    return library_begin("counter") || vaccel_session_init(&sess, 0);
}

static int end(void **state)
{
    (void)state;
    return vaccel_cleanup() || unexpected();
}

static bool going_on(void)
{
    return !__atomic_load_n(&stop, __ATOMIC_RELAXED);
}

static void reload(void)
{
    for (int i = 0; i < RELOADS; i++)
        expect(!library_begin("counter"), "the library begins anew");
    __atomic_store_n(&stop, true, __ATOMIC_RELAXED);
}

/* After a release, whatever it returned, the structs are the thread's own again. */
static void use_or_be_refused(void)
{
    struct vaccel_session mine;
    struct vaccel_resource res;
    int ret = vaccel_session_init(&mine, 0);

    expect(ret == VACCEL_OK || ret == VACCEL_ESESS, "begun, or not initialised");
    if (ret != VACCEL_OK)
        return;
    ret = vaccel_noop(&mine);
    expect(ret == VACCEL_OK || ret == VACCEL_ESESS, "called, or ended by cleanup");
    if (!vaccel_resource_init_from_buf(&res, "x", 1, VACCEL_RESOURCE_LIB, NULL, true)) {
        ret = vaccel_resource_register(&res, &mine);
        expect(ret == VACCEL_OK || ret == VACCEL_ESESS, "registered, or over");
        vaccel_resource_release(&res);
        expect(!res.id, "the resource is over");
    }
    vaccel_session_release(&mine);
    expect(!mine.id, "the session is over");
}

static void reload_or_use(size_t number)
{
    if (number == 0)
        reload();
    while (going_on())
        use_or_be_refused();
}

static void test_the_library_begins_anew_while_it_is_used(void **state)
{
    (void)state;
    together(THREADS, reload_or_use);
    assert_int_equal(unexpected(), 0);
    assert_int_equal(counter_calls(counter, COUNTER_SESSION_INIT),
                     counter_calls(counter, COUNTER_SESSION_RELEASE));
    assert_int_equal(counter_calls(counter, COUNTER_REGISTER),
                     counter_calls(counter, COUNTER_UNREGISTER));
}

/* A hook refuses each second session: its struct is freed at once. */
static int refuse(struct counter *of, enum counter_hook hook, struct vaccel_session *session,
                  struct vaccel_resource *res)
{
    (void)session, (void)res;
    return hook == COUNTER_SESSION_INIT && counter_calls(of, hook) % 2 ? VACCEL_EIO : 0;
}

static void reload_or_fail(size_t number)
{
    struct vaccel_session *made;

    if (number == 0)
        reload();
    while (going_on()) {
        if (vaccel_session_new(&made, 0))
            continue;
        vaccel_session_release(made);
        free(made);
    }
}

static void test_sessions_fail_to_begin_while_the_library_ends(void **state)
{
    (void)state;
    counter->hook = refuse;
    together(THREADS, reload_or_fail);
    assert_int_equal(unexpected(), 0);
}

static char path_of_second[512];

static void reload_or_load(size_t number)
{
    int ret;

    if (number == 0)
        reload();
    while (going_on()) {
        ret = vaccel_plugin_load(path_of_second);
        expect(ret == VACCEL_OK || ret == VACCEL_EEXIST || ret == VACCEL_EPERM,
               "loaded, or there, or too late");
    }
}

static void test_plugins_are_loaded_while_the_library_ends(void **state)
{
    (void)state;
    snprintf(path_of_second, sizeof(path_of_second), "%s", plugin_path("second"));
    together(4, reload_or_load);
    assert_int_equal(unexpected(), 0);
    assert_int_equal(vaccel_cleanup(), 0);
    assert_int_equal(library_begin("counter second"), 0);
}

static void reload_or_ask(size_t number)
{
    int ret;

    if (number == 0)
        reload();
    while (going_on()) {
        vaccel_rundir(); /* what it says may be gone already */
        ret = vaccel_log_init();
        expect(ret == VACCEL_OK || ret == VACCEL_ESESS, "with the settings, or too late");
    }
}

static void test_settings_are_asked_for_while_the_library_ends(void **state)
{
    (void)state;
    together(4, reload_or_ask);
    assert_int_equal(unexpected(), 0);
}

/* A plugin's init() takes its time while another thread ends the library. */
static struct door inside = DOOR_CLOSED, way_out = DOOR_CLOSED;
static bool ended;

static int take_time(struct counter *of, enum counter_hook hook, struct vaccel_session *session,
                     struct vaccel_resource *res)
{
    (void)of, (void)session, (void)res;
    if (hook != COUNTER_INIT)
        return 0;
    door_open(&inside);
    door_pass(&way_out);
    return 0;
}

static void load_end_or_watch(size_t number)
{
    if (number == 0) {
        expect(!vaccel_plugin_load(path_of_second), "loaded in time");
        return;
    }
    door_pass(&inside);
    if (number == 1) {
        expect(!vaccel_cleanup(), "the library ends");
        __atomic_store_n(&ended, true, __ATOMIC_RELEASE);
        return;
    }
    while (vaccel_is_initialized())
        sched_yield();
    expect(vaccel_plugin_load(path_of_second) == VACCEL_EPERM, "too late");
    expect(!__atomic_load_n(&ended, __ATOMIC_ACQUIRE), "but it waits for init()");
    door_open(&way_out);
}

static void test_cleanup_waits_for_a_plugin_being_loaded(void **state)
{
    struct counter *second = counter_open("second");

    (void)state;
    second->hook = take_time;
    snprintf(path_of_second, sizeof(path_of_second), "%s", plugin_path("second"));
    together(3, load_end_or_watch);
    assert_int_equal(unexpected(), 0);
    assert_int_equal(counter_calls(second, COUNTER_FINI), 1);
}

/* A hook refuses a session that cleanup has begun to end. */
static int refuse_when_ended(struct counter *of, enum counter_hook hook,
                             struct vaccel_session *session, struct vaccel_resource *res)
{
    (void)of, (void)res;
    if (hook != COUNTER_SESSION_INIT)
        return 0;
    door_open(&inside);
    while (vaccel_session_make_rundir(session) != VACCEL_ESESS)
        sched_yield();
    return VACCEL_EIO;
}

static void fail_or_end(size_t number)
{
    struct vaccel_session mine;

    if (number == 0) {
        expect(vaccel_session_init(&mine, 0) == VACCEL_EIO, "refused");
        expect(!__atomic_load_n(&mine.id, __ATOMIC_ACQUIRE), "and nobody has the struct in hand");
        return;
    }
    door_pass(&inside);
    expect(!vaccel_cleanup(), "the library ends");
}

static void test_a_session_that_fails_is_its_owners_again(void **state)
{
    (void)state;
    door_close(&inside);
    counter->hook = refuse_when_ended;
    together(2, fail_or_end);
    assert_int_equal(unexpected(), 0);
}

/* Threads that called once and now wait. */
static pthread_barrier_t twice;

static void call_and_wait(size_t number)
{
    expect(!vaccel_noop(&sess), "a call");
    pthread_barrier_wait(&twice);
    if (number == 0) {
        expect(!library_begin("counter"), "the library begins anew");
        expect(!vaccel_session_init(&sess, 0), "and a session");
    }
    pthread_barrier_wait(&twice);
    expect(!vaccel_noop(&sess), "another call");
}

static void test_idle_threads_outlive_a_reload(void **state)
{
    (void)state;
    pthread_barrier_init(&twice, NULL, THREADS);
    together(THREADS, call_and_wait);
    pthread_barrier_destroy(&twice);
    assert_int_equal(unexpected(), 0);
    assert_int_equal(counter_calls(counter, COUNTER_OPERATION), 2 * THREADS);
}

static void put_and_fetch(size_t number)
{
    char data[64], room[64];

    memset(data, (int)('a' + number), sizeof(data));
    for (int i = 0; i < CALLS; i++) {
        struct vaccel_output out = {0};

        expect(!vaccel_output_put(&sess, &out, data, (size_t)(i % 64)), "put");
        if (i % 5 == 0) {
            expect(!vaccel_output_drop(&sess, &out), "dropped");
            continue;
        }
        out.data = room;
        expect(!vaccel_output_fetch(&sess, &out), "fetched");
        expect(out.size == (size_t)(i % 64) && !memcmp(room, data, out.size), "and is the same");
    }
}

static void test_each_fetches_what_it_put(void **state)
{
    (void)state;
    together(THREADS, put_and_fetch);
    assert_int_equal(unexpected(), 0);
}

static struct vaccel_output held;
static int fetched;

static void fetch(size_t number)
{
    struct vaccel_output out = held;
    char room[8];
    int ret;

    out.data = room;
    ret = number % 2 ? vaccel_output_drop(&sess, &out) : vaccel_output_fetch(&sess, &out);
    if (ret == VACCEL_OK)
        __atomic_add_fetch(&fetched, 1, __ATOMIC_RELAXED);
    else
        expect(ret == VACCEL_ENOENT, "another thread has it");
}

static void test_one_of_several_fetches(void **state)
{
    (void)state;
    for (int i = 0; i < RELOADS; i++) {
        held = (struct vaccel_output){0};
        fetched = 0;
        assert_int_equal(vaccel_output_put(&sess, &held, "12345", 5), 0);
        together(4, fetch);
        assert_int_equal(fetched, 1);
    }
    assert_int_equal(unexpected(), 0);
}

static void put_or_release(size_t number)
{
    struct vaccel_output out = {0};

    if (number == 0) {
        expect(!vaccel_session_release(&sess), "the session ends");
        return;
    }
    while (vaccel_output_put(&sess, &out, "12345", 5) == VACCEL_OK)
        out = (struct vaccel_output){0};
}

static void test_a_session_ends_while_outputs_are_put(void **state)
{
    (void)state;
    for (int i = 0; i < RELOADS; i++) {
        together(4, put_or_release);
        assert_int_equal(vaccel_session_init(&sess, 0), 0);
    }
    assert_int_equal(unexpected(), 0);
}

#define test(function) cmocka_unit_test_setup_teardown(function, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(test_the_library_begins_anew_while_it_is_used),
        test(test_sessions_fail_to_begin_while_the_library_ends),
        test(test_plugins_are_loaded_while_the_library_ends),
        test(test_settings_are_asked_for_while_the_library_ends),
        test(test_cleanup_waits_for_a_plugin_being_loaded),
        test(test_a_session_that_fails_is_its_owners_again),
        test(test_idle_threads_outlive_a_reload),
        test(test_each_fetches_what_it_put),
        test(test_one_of_several_fetches),
        test(test_a_session_ends_while_outputs_are_put),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
