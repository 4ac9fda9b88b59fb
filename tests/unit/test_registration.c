/* SPDX-License-Identifier: Apache-2.0 */
/* Resources join sessions and leave them. */
#include "with_plugins.h"

#include <setjmp.h>

#include <cmocka.h>

enum { MANY = 300 };

static struct counter *counter, *second;
static struct vaccel_session sess;
static struct vaccel_resource res;

static int begin(void **state)
{
    (void)state;
    counter = counter_open("counter");
    second = counter_open("second");
    return library_begin("counter second") || vaccel_session_init(&sess, 0) ||
           vaccel_resource_init_from_buf(&res, "x", 1, VACCEL_RESOURCE_LIB, NULL, true);
}

static int end(void **state)
{
    (void)state;
    return vaccel_cleanup();
}

static int use(void)
{
    return vaccel_exec_with_resource(&sess, &res, "symbol", NULL, 0, NULL, 0);
}

static void test_every_plugin_is_told_once(void **state)
{
    (void)state;
    assert_false(vaccel_session_has_resource(&sess, &res));
    assert_int_equal(use(), VACCEL_EPERM);
    assert_int_equal(vaccel_resource_register(&res, &sess), 0);
    assert_int_equal(vaccel_resource_register(&res, &sess), 0);
    assert_true(vaccel_session_has_resource(&sess, &res));
    assert_int_equal(vaccel_resource_refcount(&res), 1);
    assert_int_equal(counter_calls(counter, COUNTER_REGISTER), 1);
    assert_int_equal(counter_calls(second, COUNTER_REGISTER), 1);
    assert_int_equal(use(), 0);
    assert_int_equal(vaccel_resource_unregister(&res, &sess), 0);
    assert_int_equal(vaccel_resource_unregister(&res, &sess), VACCEL_EINVAL);
    assert_int_equal(counter_calls(counter, COUNTER_UNREGISTER), 1);
    assert_int_equal(counter_calls(second, COUNTER_UNREGISTER), 1);
    assert_int_equal(vaccel_resource_refcount(&res), 0);
    assert_int_equal(use(), VACCEL_EPERM);
}

static void test_refused_by_one_it_is_registered_with_none(void **state)
{
    (void)state;
    second->results[COUNTER_REGISTER] = VACCEL_ENOSPC;
    assert_int_equal(vaccel_resource_register(&res, &sess), VACCEL_ENOSPC);
    assert_int_equal(counter_calls(counter, COUNTER_UNREGISTER), 1);
    assert_int_equal(counter_calls(second, COUNTER_UNREGISTER), 0);
    assert_false(vaccel_session_has_resource(&sess, &res));
    assert_int_equal(vaccel_resource_refcount(&res), 0);
    second->results[COUNTER_REGISTER] = 0;
    assert_int_equal(vaccel_resource_register(&res, &sess), 0);
}

/* It is an answer like any other, not a reason to ask for ever. */
static void test_a_plugin_may_say_try_again(void **state)
{
    (void)state;
    counter->results[COUNTER_REGISTER] = VACCEL_EAGAIN;
    assert_int_equal(vaccel_resource_register(&res, &sess), VACCEL_EAGAIN);
    assert_int_equal(counter_calls(counter, COUNTER_REGISTER), 1);
}

static void test_failed_unregister_hook_is_told_and_done(void **state)
{
    (void)state;
    assert_int_equal(vaccel_resource_register(&res, &sess), 0);
    counter->results[COUNTER_UNREGISTER] = VACCEL_EIO;
    assert_int_equal(vaccel_resource_unregister(&res, &sess), VACCEL_EIO);
    assert_int_equal(counter_calls(second, COUNTER_UNREGISTER), 1);
    assert_false(vaccel_session_has_resource(&sess, &res));
}

static void test_the_end_of_either_unregisters(void **state)
{
    struct vaccel_session other;

    (void)state;
    assert_int_equal(vaccel_session_init(&other, 0), 0);
    assert_int_equal(vaccel_resource_register(&res, &sess), 0);
    assert_int_equal(vaccel_resource_register(&res, &other), 0);
    assert_int_equal(vaccel_resource_refcount(&res), 2);
    assert_int_equal(vaccel_session_release(&other), 0);
    assert_int_equal(vaccel_resource_refcount(&res), 1);
    assert_int_equal(counter_calls(counter, COUNTER_UNREGISTER), 1);
    assert_int_equal(vaccel_resource_release(&res), 0);
    assert_int_equal(counter_calls(counter, COUNTER_UNREGISTER), 2);
    assert_false(vaccel_session_has_resource(&sess, &res));
    assert_int_equal(vaccel_resource_refcount(&res), -VACCEL_EINVAL);
    assert_int_equal(vaccel_resource_register(&res, &sess), VACCEL_ESESS);
    assert_int_equal(vaccel_resource_unregister(&res, &sess), VACCEL_ESESS);
    assert_int_equal(use(), VACCEL_ESESS);
}

static void test_state_is_apart_for_each_plugin(void **state)
{
    int one, two;

    (void)state;
    assert_int_equal(vaccel_resource_register(&res, &sess), 0);
    assert_int_equal(vaccel_plugin_set_resource_state(counter->plugin, &res, &one), 0);
    assert_int_equal(vaccel_plugin_set_resource_state(second->plugin, &res, &two), 0);
    assert_int_equal(vaccel_plugin_set_session_state(counter->plugin, &sess, &two), 0);
    assert_ptr_equal(vaccel_plugin_resource_state(counter->plugin, &res), &one);
    assert_ptr_equal(vaccel_plugin_resource_state(second->plugin, &res), &two);
    assert_ptr_equal(vaccel_plugin_session_state(counter->plugin, &sess), &two);
    assert_null(vaccel_plugin_session_state(second->plugin, &sess));
}

static void test_lookups_in_the_order_of_registration(void **state)
{
    struct vaccel_resource data, lib, *found, **all;
    size_t count;

    (void)state;
    assert_int_equal(vaccel_resource_init_from_buf(&data, "x", 1, VACCEL_RESOURCE_DATA, NULL, 1),
                     0);
    assert_int_equal(vaccel_resource_init_from_buf(&lib, "x", 1, VACCEL_RESOURCE_LIB, NULL, 1), 0);
    assert_int_equal(vaccel_resource_register(&lib, &sess), 0);
    assert_int_equal(vaccel_resource_register(&data, &sess), 0);
    assert_int_equal(vaccel_resource_register(&res, &sess), 0);
    assert_int_equal(vaccel_session_resource_by_id(&sess, &found, data.id), 0);
    assert_ptr_equal(found, &data);
    assert_int_equal(vaccel_session_resource_by_type(&sess, &found, VACCEL_RESOURCE_LIB), 0);
    assert_ptr_equal(found, &lib);
    assert_int_equal(vaccel_session_resources_by_type(&sess, &all, &count, VACCEL_RESOURCE_LIB), 0);
    assert_int_equal(count, 2);
    assert_ptr_equal(all[0], &lib);
    assert_ptr_equal(all[1], &res);
    free(all);
    assert_int_equal(vaccel_session_resource_by_id(&sess, &found, 99), VACCEL_ENOENT);
    assert_int_equal(vaccel_session_resource_by_type(&sess, &found, VACCEL_RESOURCE_MODEL),
                     VACCEL_ENOENT);
    assert_int_equal(vaccel_session_resources_by_type(&sess, &all, &count, VACCEL_RESOURCE_MODEL),
                     VACCEL_ENOENT);
    assert_int_equal(count, 0);
    assert_int_equal(vaccel_session_release(&sess), 0);
    assert_int_equal(vaccel_session_resource_by_id(&sess, &found, data.id), VACCEL_ESESS);
    assert_int_equal(vaccel_resource_release(&data) | vaccel_resource_release(&lib), 0);
}

static void test_hundreds_in_one_session(void **state)
{
    static struct vaccel_resource many[MANY];

    (void)state;
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < MANY; i++) {
            assert_int_equal(
                vaccel_resource_init_from_buf(&many[i], "x", 1, VACCEL_RESOURCE_LIB, NULL, true),
                0);
            assert_int_equal(vaccel_resource_register(&many[i], &sess), 0);
        }
        for (int i = 0; i < MANY; i++)
            assert_true(vaccel_session_has_resource(&sess, &many[i]));
        for (int i = 0; i < MANY; i += 2)
            assert_int_equal(vaccel_resource_unregister(&many[i], &sess), 0);
        for (int i = 0; i < MANY; i++)
            assert_int_equal(vaccel_session_has_resource(&sess, &many[i]), i % 2);
        for (int i = 0; i < MANY; i++)
            assert_int_equal(vaccel_resource_release(&many[i]), 0);
    }
}

/* What the hook below got. */
static int from_within[4];

static int attack(struct counter *of, enum counter_hook hook, struct vaccel_session *session,
                  struct vaccel_resource *resource)
{
    if (of != counter || !resource)
        return 0;
    from_within[0] = vaccel_resource_release(resource);
    from_within[1] = vaccel_resource_unregister(resource, session);
    from_within[2] = vaccel_session_release(session);
    from_within[3] =
        hook == COUNTER_OPERATION ? VACCEL_EBUSY : vaccel_resource_register(resource, session);
    return 0;
}

static void assert_all_busy(void)
{
    for (int i = 0; i < 4; i++) {
        assert_int_equal(from_within[i], VACCEL_EBUSY);
        from_within[i] = 0;
    }
}

static void test_hooks_and_calls_cannot_end_what_they_use(void **state)
{
    (void)state;
    counter->hook = attack;
    assert_int_equal(vaccel_resource_register(&res, &sess), 0);
    assert_all_busy();
    assert_int_equal(use(), 0);
    assert_all_busy();
    assert_int_equal(vaccel_resource_unregister(&res, &sess), 0);
    assert_all_busy();
}

static void test_synchronising(void **state)
{
    struct vaccel_resource file;

    (void)state;
    assert_int_equal(vaccel_resource_sync(&res, &sess), VACCEL_EPERM);
    assert_int_equal(vaccel_resource_register(&res, &sess), 0);
    assert_int_equal(vaccel_resource_sync(&res, &sess), 0);
    assert_int_equal(counter_calls(counter, COUNTER_SYNC), 1);
    counter->results[COUNTER_SYNC] = VACCEL_EIO;
    assert_int_equal(vaccel_resource_sync(&res, &sess), VACCEL_EIO);
    assert_int_equal(vaccel_resource_init(&file, "/proc/self/exe", VACCEL_RESOURCE_DATA), 0);
    assert_int_equal(vaccel_resource_register(&file, &sess), 0);
    assert_int_equal(vaccel_resource_sync(&file, &sess), VACCEL_EINVAL);
    assert_int_equal(vaccel_resource_sync(NULL, &sess), VACCEL_EINVAL);
    assert_int_equal(vaccel_resource_sync(&res, NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_resource_release(&file), 0);
}

static void test_a_local_session_downloads_nothing(void **state)
{
    struct vaccel_resource remote;

    (void)state;
    assert_int_equal(vaccel_resource_init(&remote, "http://host/f", VACCEL_RESOURCE_DATA), 0);
    assert_int_equal(vaccel_resource_register(&remote, &sess), VACCEL_ENOTSUP);
    assert_int_equal(vaccel_resource_refcount(&remote), 0);
    assert_int_equal(vaccel_resource_release(&remote), 0);
}

#define test(function) cmocka_unit_test_setup_teardown(function, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(test_every_plugin_is_told_once),
        test(test_refused_by_one_it_is_registered_with_none),
        test(test_a_plugin_may_say_try_again),
        test(test_failed_unregister_hook_is_told_and_done),
        test(test_the_end_of_either_unregisters),
        test(test_state_is_apart_for_each_plugin),
        test(test_lookups_in_the_order_of_registration),
        test(test_hundreds_in_one_session),
        test(test_hooks_and_calls_cannot_end_what_they_use),
        test(test_synchronising),
        test(test_a_local_session_downloads_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
