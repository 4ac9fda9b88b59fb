/* SPDX-License-Identifier: Apache-2.0 */
/* The library ends and begins again. */
#include "kit.h"

enum { ROUNDS = 3 };

static void test_the_library_begins_again(void **state)
{
    for (unsigned int i = 0; i < ROUNDS; i++) {
        assert_int_equal(mirror(&remote, 100000, i), 0);
        assert_int_equal(kit_end(state), 0);
        assert_int_equal(kit_begin(state), 0);
    }
}

/* At cleanup the plugin's hooks release what it opened for its side of the session. */
static void test_cleanup_ends_both_sides(void **state)
{
    struct count before = count_in(&remote);
    static struct vaccel_session sess;
    static struct vaccel_resource res;

    (void)state;
    assert_int_equal(remote_begin(&sess, 0), 0);
    assert_int_equal(
        vaccel_resource_init_from_buf(&res, "abc", 4, VACCEL_RESOURCE_DATA, NULL, true), 0);
    assert_int_equal(vaccel_resource_register(&res, &sess), 0);
    assert_int_equal(vaccel_cleanup(), 0);
    assert_int_equal(sess.id, 0);
    assert_int_equal(res.id, 0);
    assert_int_equal(vaccel_session_release(&sess), VACCEL_EINVAL);
    assert_int_equal(kit_begin(NULL), 0);
    assert_int_equal(count_in(&remote).sessions, before.sessions);
    assert_int_equal(count_in(&remote).registrations, before.registrations);
}

#define test(function) cmocka_unit_test_setup_teardown(function, kit_begin, kit_end)

int life_cases(void)
{
    const struct CMUnitTest tests[] = {
        test(test_the_library_begins_again),
        test(test_cleanup_ends_both_sides),
    };

    return cmocka_run_group_tests_name("life", tests, NULL, NULL);
}
