/* SPDX-License-Identifier: Apache-2.0 */
/* Many threads use one connection; none waits for another, and none gets what is another's. */
#include "../unit/together.h"
#include "captured.h"
#include "kit.h"

enum { THREADS = 8, CALLS = 200, ROUNDS = 20 };

static size_t some_size(size_t number, size_t i)
{
    static const size_t sizes[] = {0, 8, 100, 4096, 5000, 60000, 70000, (1 << 20) + 9};
    size_t which = number * 5 + i * 3;

    /* The largest are rare. */
    return sizes[i % 50 ? which % 7 : which % 8];
}

static void call_often(size_t number)
{
    for (size_t i = 0; i < CALLS; i++)
        expect(!mirror(&remote, some_size(number, i), (unsigned int)(number * CALLS + i)),
               "the bytes that this thread sent come back");
}

static void test_calls_of_one_session(void **state)
{
    (void)state;
    together(THREADS, call_often);
    assert_int_equal(unexpected(), 0);
}

static void sessions_and_resources(size_t number)
{
    char bytes[3000];
    struct vaccel_session sess;
    struct vaccel_resource res;

    fill(bytes, sizeof(bytes), (unsigned int)number);
    for (size_t i = 0; i < ROUNDS; i++) {
        expect(!remote_begin(&sess, number % 2 ? VACCEL_PLUGIN_DEBUG : 0), "a session begins");
        expect(!vaccel_resource_init_from_buf(&res, bytes, sizeof(bytes), VACCEL_RESOURCE_LIB, NULL,
                                              true),
               "a resource is made");
        expect(!vaccel_resource_register(&res, &sess), "it is registered");
        expect(!vaccel_exec_with_resource(&sess, &res, "s", NULL, 0, NULL, 0), "it is used");
        expect(!mirror(&sess, 1000 * i, (unsigned int)number), "another operation works");
        if (i % 2)
            expect(!vaccel_resource_release(&res), "the resource goes first");
        expect(!vaccel_session_release(&sess), "the session ends");
        if (i % 2 == 0)
            expect(!vaccel_resource_release(&res), "the resource goes last");
    }
}

static void test_sessions_and_resources(void **state)
{
    struct count before = count_in(&remote), after;

    (void)state;
    together(THREADS, sessions_and_resources);
    assert_int_equal(unexpected(), 0);
    after = count_in(&remote);
    assert_int_equal(after.sessions, before.sessions);
    assert_int_equal(after.registrations, before.registrations);
}

static struct vaccel_resource shared;

static void share(size_t number)
{
    struct vaccel_session sess;

    (void)number;
    expect(!remote_begin(&sess, 0), "a session begins");
    for (size_t i = 0; i < ROUNDS; i++) {
        expect(!vaccel_resource_register(&shared, &sess), "the resource is registered");
        expect(!vaccel_exec_with_resource(&sess, &shared, "s", NULL, 0, NULL, 0), "it is used");
        expect(!vaccel_resource_unregister(&shared, &sess), "it is unregistered");
    }
    expect(!vaccel_session_release(&sess), "the session ends");
}

static void test_a_resource_that_all_share(void **state)
{
    static char bytes[100000];

    (void)state;
    assert_int_equal(vaccel_resource_init_from_buf(&shared, bytes, sizeof(bytes),
                                                   VACCEL_RESOURCE_LIB, NULL, true),
                     0);
    together(THREADS, share);
    assert_int_equal(unexpected(), 0);
    assert_int_equal(vaccel_resource_release(&shared), 0);
}

static int wait_in(struct vaccel_session *sess)
{
    return vaccel_call(sess, "mirror.wait", NULL, 0, NULL, 0);
}

/* Wait until so many calls are in wait_in(); "mirror.open" also lets them go on. */
static int when_waiting(const char *name, int32_t count)
{
    struct vaccel_arg read = ARG(INT32, &count, sizeof(count));

    return vaccel_call(&remote, name, &read, 1, NULL, 0);
}

/* The first ones wait for what the last one calls after all of its other calls. */
static void wait_or_go_on(size_t number)
{
    if (number < THREADS - 1) {
        expect(!wait_in(&remote), "a call waits until another lets it go on");
        return;
    }
    for (unsigned int i = 0; i < CALLS; i++)
        expect(!mirror(&remote, i * 100, i), "calls go on beside those that wait");
    expect(!when_waiting("mirror.open", THREADS - 1), "all others wait at the same time");
}

static void test_slow_calls_do_not_hold_up_others(void **state)
{
    (void)state;
    together(THREADS, wait_or_go_on);
    assert_int_equal(unexpected(), 0);
}

/* The end of a session waits for its calls; the beginning of another does not. */
static struct vaccel_session slow;
static struct door begun = DOOR_CLOSED;
static bool ended;

static void use_another_session(void)
{
    struct vaccel_session sess;

    expect(!remote_begin(&sess, 0), "a session begins");
    expect(!mirror(&sess, 10, 1), "it works");
    expect(!vaccel_session_release(&sess), "it ends");
}

static void call_release_or_go_on(size_t number)
{
    if (number == 0) {
        expect(!wait_in(&slow), "the call ends as it should");
        return;
    }
    if (number == 1) {
        expect(!when_waiting("mirror.see", 1), "the call has begun");
        door_open(&begun);
        expect(!vaccel_session_release(&slow), "the session ends");
        __atomic_store_n(&ended, true, __ATOMIC_SEQ_CST);
        return;
    }
    door_pass(&begun);
    use_another_session();
    expect(!__atomic_load_n(&ended, __ATOMIC_SEQ_CST), "the end waits for the call");
    expect(!when_waiting("mirror.open", 1), "the call goes on");
}

static void test_a_release_waits_for_calls(void **state)
{
    (void)state;
    ended = false;
    assert_int_equal(remote_begin(&slow, 0), 0);
    together(3, call_release_or_go_on);
    assert_int_equal(unexpected(), 0);
    assert_true(ended);
}

/* What is said of one call is in the log whole, also if many fail at once. */
static void fail_often(size_t number)
{
    char sentence[64], out[1];
    int32_t code = VACCEL_EIO;

    for (size_t i = 0; i < ROUNDS; i++) {
        struct vaccel_arg read[] = {ARG(INT32, &code, sizeof(code)),
                                    ARG(STRING, sentence, sizeof(sentence))};
        struct vaccel_arg write = ARG(BUFFER, out, 1);

        memset(sentence, 0, sizeof(sentence));
        snprintf(sentence, sizeof(sentence), "thread %zu fails in round %zu;", number, i);
        expect(vaccel_call(&remote, "mirror.fail", read, 2, &write, 1) == VACCEL_EIO, "it fails");
    }
}

static void test_sentences_of_all_threads(void **state)
{
    char sentence[64];
    const char *said;

    (void)state;
    capture_begin();
    together(THREADS, fail_often);
    said = capture_end();
    assert_int_equal(unexpected(), 0);
    for (size_t number = 0; number < THREADS; number++)
        for (size_t i = 0; i < ROUNDS; i++) {
            snprintf(sentence, sizeof(sentence), "thread %zu fails in round %zu;", number, i);
            assert_non_null(strstr(said, sentence));
        }
}

#define test(function) cmocka_unit_test_setup_teardown(function, kit_begin, kit_end)

int thread_cases(void)
{
    const struct CMUnitTest tests[] = {
        test(test_calls_of_one_session),      test(test_sessions_and_resources),
        test(test_a_resource_that_all_share), test(test_slow_calls_do_not_hold_up_others),
        test(test_a_release_waits_for_calls), test(test_sentences_of_all_threads),
    };

    return cmocka_run_group_tests_name("threads", tests, NULL, NULL);
}
