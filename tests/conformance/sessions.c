/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions: their hints, how they end, and what may not be done from within. */
#include "kit.h"

enum { NR_SESSIONS = 20, TEXT_SIZE = 64 };

static void which(struct vaccel_session *sess, char text[TEXT_SIZE])
{
    struct vaccel_arg write = ARG(CHAR_ARRAY, text, TEXT_SIZE);

    memset(text, 0, TEXT_SIZE);
    assert_int_equal(vaccel_call(sess, "which-plugin", NULL, 0, &write, 1), 0);
}

static void assert_which(struct vaccel_session *sess, const char *expected)
{
    char text[TEXT_SIZE];

    which(sess, text);
    assert_string_equal(text, expected);
}

/* A plugin sees the hint without that for a transport. */
static void test_the_hint_chooses_the_plugin(void **state)
{
    static const struct {
        uint32_t hint;
        const char *expected;
    } hints[] = {
        {0, "digest, 0x0"},
        {VACCEL_PLUGIN_DEBUG, "digest, 0x100"},
        {VACCEL_PLUGIN_SOFTWARE, "mirror, 0x8"},
        {VACCEL_PLUGIN_SOFTWARE | VACCEL_PLUGIN_CPU, "mirror, 0x9"},
        {VACCEL_PLUGIN_FPGA, "digest, 0x4"},
    };
    static struct vaccel_session sess[5];

    (void)state;
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(remote_begin(&sess[i], hints[i].hint), 0);
    for (size_t i = 0; i < 5; i++)
        assert_which(&sess[i], hints[i].expected);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(vaccel_session_release(&sess[i]), 0);
}

static void test_another_hint(void **state)
{
    static struct vaccel_session sess;
    static struct vaccel_resource res;

    (void)state;
    assert_int_equal(remote_begin(&sess, 0), 0);
    assert_int_equal(vaccel_session_update(&sess, remote_hint(VACCEL_PLUGIN_SOFTWARE)), 0);
    assert_int_equal(sess.hint, remote_hint(VACCEL_PLUGIN_SOFTWARE));
    assert_which(&sess, "mirror, 0x8");
    assert_int_equal(vaccel_resource_init_from_buf(&res, "x", 1, VACCEL_RESOURCE_LIB, NULL, true),
                     0);
    assert_int_equal(vaccel_resource_register(&res, &sess), 0);
    assert_int_equal(vaccel_session_update(&sess, remote_hint(0)), VACCEL_ENOTSUP);
    assert_which(&sess, "mirror, 0x8");
    assert_int_equal(vaccel_resource_release(&res), 0);
    assert_int_equal(vaccel_session_update(&sess, remote_hint(0)), 0);
    assert_which(&sess, "digest, 0x0");
    assert_int_equal(vaccel_session_release(&sess), 0);
}

static void test_one_after_the_other(void **state)
{
    struct count before = count_in(&remote);
    static struct vaccel_session sess;

    (void)state;
    for (int i = 0; i < NR_SESSIONS; i++) {
        assert_int_equal(remote_begin(&sess, 0), 0);
        assert_int_equal(mirror(&sess, 1000, (unsigned int)i), 0);
        assert_int_equal(count_in(&remote).sessions, before.sessions + 1);
        assert_int_equal(vaccel_session_release(&sess), 0);
    }
    assert_int_equal(count_in(&remote).sessions, before.sessions);
}

static void test_many_at_once(void **state)
{
    struct count before = count_in(&remote);
    static struct vaccel_session sess[NR_SESSIONS];

    (void)state;
    for (int i = 0; i < NR_SESSIONS; i++)
        assert_int_equal(remote_begin(&sess[i], 0), 0);
    assert_int_equal(count_in(&remote).sessions, before.sessions + NR_SESSIONS);
    for (int i = 0; i < NR_SESSIONS; i += 2)
        assert_int_equal(vaccel_session_release(&sess[i]), 0);
    for (int i = 1; i < NR_SESSIONS; i += 2)
        assert_int_equal(mirror(&sess[i], 1000, (unsigned int)i), 0);
    for (int i = 1; i < NR_SESSIONS; i += 2)
        assert_int_equal(vaccel_session_release(&sess[i]), 0);
    assert_int_equal(count_in(&remote).sessions, before.sessions);
}

/* Who would wait for himself is refused, on the other side too. */
static void test_no_release_from_within(void **state)
{
    static struct vaccel_session sess;
    static struct vaccel_resource res;

    (void)state;
    assert_int_equal(remote_begin(&sess, VACCEL_PLUGIN_SOFTWARE), 0);
    assert_int_equal(vaccel_call(&sess, "mirror.release", NULL, 0, NULL, 0), VACCEL_EBUSY);
    assert_int_equal(vaccel_resource_init_from_buf(&res, "x", 1, VACCEL_RESOURCE_LIB, NULL, true),
                     0);
    assert_int_equal(vaccel_resource_register(&res, &sess), 0);
    assert_int_equal(vaccel_exec_with_resource(&sess, &res, "release", NULL, 0, NULL, 0),
                     VACCEL_EBUSY);
    assert_int_equal(vaccel_exec_with_resource(&sess, &res, "unregister", NULL, 0, NULL, 0),
                     VACCEL_EBUSY);
    assert_int_equal(mirror(&sess, 1000, 1), 0);
    assert_int_equal(vaccel_session_release(&sess), 0);
    assert_int_equal(vaccel_resource_release(&res), 0);
}

static void test_resources_that_are_left_go_with_the_session(void **state)
{
    struct count before = count_in(&remote);
    static struct vaccel_resource res[3];
    static struct vaccel_session sess;

    (void)state;
    assert_int_equal(remote_begin(&sess, 0), 0);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(
            vaccel_resource_init_from_buf(&res[i], "x", 1, VACCEL_RESOURCE_DATA, NULL, true), 0);
        assert_int_equal(vaccel_resource_register(&res[i], &sess), 0);
    }
    assert_int_equal(count_in(&remote).registrations, before.registrations + 3);
    assert_int_equal(vaccel_session_release(&sess), 0);
    assert_int_equal(count_in(&remote).registrations, before.registrations);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(vaccel_resource_refcount(&res[i]), 0);
        assert_int_equal(vaccel_resource_release(&res[i]), 0);
    }
}

#define test(function) cmocka_unit_test_setup_teardown(function, kit_begin, kit_end)

int session_cases(void)
{
    const struct CMUnitTest tests[] = {
        test(test_the_hint_chooses_the_plugin),
        test(test_another_hint),
        test(test_one_after_the_other),
        test(test_many_at_once),
        test(test_no_release_from_within),
        test(test_resources_that_are_left_go_with_the_session),
    };

    return cmocka_run_group_tests_name("sessions", tests, NULL, NULL);
}
