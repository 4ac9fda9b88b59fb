/* SPDX-License-Identifier: Apache-2.0 */
/* Public calls of the core with NULLs, in the wrong order and too late. */
#include "with_plugins.h"

#include <setjmp.h>

#include <cmocka.h>

static struct counter *counter;
static struct vaccel_session sess, gone;
static struct vaccel_resource res, gone_res;

static int begin(void **state)
{
    (void)state;
    counter = counter_open("counter");
    return library_begin("counter") || vaccel_session_init(&sess, 0) ||
           vaccel_session_init(&gone, 0) || vaccel_session_release(&gone) ||
           vaccel_resource_init_from_buf(&res, "x", 1, VACCEL_RESOURCE_LIB, NULL, true) ||
           vaccel_resource_init_from_buf(&gone_res, "x", 1, VACCEL_RESOURCE_LIB, NULL, true) ||
           vaccel_resource_release(&gone_res);
}

static int end(void **state)
{
    (void)state;
    return vaccel_cleanup();
}

static void test_sessions_without_a_struct(void **state)
{
    struct vaccel_session *found;

    (void)state;
    assert_int_equal(vaccel_session_init(NULL, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_session_new(NULL, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_session_release(NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_session_delete(NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_session_update(NULL, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_session_make_rundir(NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_session_get_by_id(NULL, 1), VACCEL_EINVAL);
    assert_int_equal(vaccel_session_get_by_id(&found, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_session_get_by_id(&found, -5), VACCEL_EINVAL);
}

static void test_lookups_without_a_struct(void **state)
{
    struct vaccel_resource *found, **all;
    size_t count;

    (void)state;
    assert_false(vaccel_session_has_resource(NULL, &res));
    assert_false(vaccel_session_has_resource(&sess, NULL));
    assert_int_equal(vaccel_session_resource_by_id(NULL, &found, 1), VACCEL_EINVAL);
    assert_int_equal(vaccel_session_resource_by_id(&sess, NULL, 1), VACCEL_EINVAL);
    assert_int_equal(vaccel_session_resource_by_id(&sess, &found, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_session_resource_by_type(NULL, &found, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_session_resource_by_type(&sess, NULL, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_session_resource_by_type(&sess, &found, VACCEL_RESOURCE_MAX),
                     VACCEL_EINVAL);
    assert_int_equal(vaccel_session_resources_by_type(NULL, &all, &count, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_session_resources_by_type(&sess, NULL, &count, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_session_resources_by_type(&sess, &all, NULL, 0), VACCEL_EINVAL);
    assert_int_equal(
        vaccel_session_resources_by_type(&sess, &all, &count, (vaccel_resource_type_t)-1),
        VACCEL_EINVAL);
}

static void test_resources_without_a_struct(void **state)
{
    struct vaccel_resource *found, **all;
    size_t count;

    (void)state;
    assert_int_equal(vaccel_resource_new(NULL, "/etc/passwd", 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_resource_multi_new(NULL, NULL, 0, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_resource_from_buf(NULL, "x", 1, 0, NULL, true), VACCEL_EINVAL);
    assert_int_equal(vaccel_resource_from_blobs(NULL, NULL, 0, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_resource_release(NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_resource_delete(NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_resource_refcount(NULL), -VACCEL_EINVAL);
    assert_int_equal(vaccel_resource_get_by_id(NULL, 1), VACCEL_EINVAL);
    assert_int_equal(vaccel_resource_get_by_id(&found, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_resource_get_by_type(NULL, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_resource_get_by_type(&found, VACCEL_RESOURCE_MAX), VACCEL_EINVAL);
    assert_int_equal(vaccel_resource_get_all_by_type(NULL, &count, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_resource_get_all_by_type(&all, NULL, 0), VACCEL_EINVAL);
}

static void test_registering_without_a_struct(void **state)
{
    (void)state;
    assert_int_equal(vaccel_resource_register(NULL, &sess), VACCEL_EINVAL);
    assert_int_equal(vaccel_resource_register(&res, NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_resource_unregister(NULL, &sess), VACCEL_EINVAL);
    assert_int_equal(vaccel_resource_unregister(&res, NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_resource_unregister(&res, &sess), VACCEL_EINVAL);
}

static void test_after_release(void **state)
{
    (void)state;
    assert_int_equal(vaccel_session_release(&gone), VACCEL_EINVAL);
    assert_int_equal(vaccel_resource_release(&gone_res), VACCEL_EINVAL);
    assert_int_equal(vaccel_resource_register(&res, &gone), VACCEL_ESESS);
    assert_int_equal(vaccel_resource_register(&gone_res, &sess), VACCEL_ESESS);
    assert_int_equal(vaccel_resource_unregister(&res, &gone), VACCEL_ESESS);
    assert_int_equal(vaccel_resource_sync(&res, &gone), VACCEL_ESESS);
    assert_int_equal(vaccel_resource_sync(&gone_res, &sess), VACCEL_ESESS);
    assert_false(vaccel_session_has_resource(&gone, &res));
    assert_false(vaccel_session_has_resource(&sess, &gone_res));
    assert_int_equal(vaccel_resource_refcount(&gone_res), -VACCEL_EINVAL);
    assert_int_equal(vaccel_exec_with_resource(&gone, &res, "s", NULL, 0, NULL, 0), VACCEL_ESESS);
    assert_int_equal(vaccel_exec_with_resource(&sess, &gone_res, "s", NULL, 0, NULL, 0),
                     VACCEL_ESESS);
}

/* As a static variable is: never initialised, all zero. */
static void test_before_init(void **state)
{
    struct vaccel_session never = {0};
    struct vaccel_resource never_res = {0};
    struct vaccel_resource *found;

    (void)state;
    assert_int_equal(vaccel_noop(&never), VACCEL_ESESS);
    assert_int_equal(vaccel_session_release(&never), VACCEL_EINVAL);
    assert_int_equal(vaccel_resource_release(&never_res), VACCEL_EINVAL);
    assert_int_equal(vaccel_resource_register(&never_res, &sess), VACCEL_ESESS);
    assert_int_equal(vaccel_resource_register(&res, &never), VACCEL_ESESS);
    assert_int_equal(vaccel_session_resource_by_id(&never, &found, 1), VACCEL_ESESS);
    assert_int_equal(vaccel_session_update(&never, 0), VACCEL_ESESS);
}

static void test_state_of_what_is_not_there(void **state)
{
    struct vaccel_plugin stranger = {0};
    int value;

    (void)state;
    assert_int_equal(vaccel_plugin_set_session_state(NULL, &sess, &value), VACCEL_EINVAL);
    assert_int_equal(vaccel_plugin_set_session_state(counter->plugin, NULL, &value), VACCEL_EINVAL);
    assert_int_equal(vaccel_plugin_set_session_state(&stranger, &sess, &value), VACCEL_ENOENT);
    assert_int_equal(vaccel_plugin_set_session_state(counter->plugin, &gone, &value), VACCEL_ESESS);
    assert_int_equal(vaccel_plugin_set_resource_state(NULL, &res, &value), VACCEL_EINVAL);
    assert_int_equal(vaccel_plugin_set_resource_state(counter->plugin, NULL, &value),
                     VACCEL_EINVAL);
    assert_int_equal(vaccel_plugin_set_resource_state(&stranger, &res, &value), VACCEL_ENOENT);
    assert_int_equal(vaccel_plugin_set_resource_state(counter->plugin, &gone_res, &value),
                     VACCEL_ESESS);
    assert_null(vaccel_plugin_session_state(NULL, &sess));
    assert_null(vaccel_plugin_session_state(counter->plugin, NULL));
    assert_null(vaccel_plugin_session_state(&stranger, &sess));
    assert_null(vaccel_plugin_session_state(counter->plugin, &gone));
    assert_null(vaccel_plugin_resource_state(NULL, &res));
    assert_null(vaccel_plugin_resource_state(counter->plugin, NULL));
    assert_null(vaccel_plugin_resource_state(counter->plugin, &gone_res));
}

static void test_the_struct_can_be_used_again(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(vaccel_session_init(&gone, 0), 0);
        assert_int_equal(
            vaccel_resource_init_from_buf(&gone_res, "x", 1, VACCEL_RESOURCE_LIB, NULL, true), 0);
        assert_int_equal(vaccel_resource_register(&gone_res, &gone), 0);
        assert_int_equal(vaccel_exec_with_resource(&gone, &gone_res, "s", NULL, 0, NULL, 0), 0);
        assert_int_equal(vaccel_session_release(&gone), 0);
        assert_int_equal(vaccel_resource_release(&gone_res), 0);
    }
}

#define test(function) cmocka_unit_test_setup_teardown(function, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(test_sessions_without_a_struct),
        test(test_lookups_without_a_struct),
        test(test_resources_without_a_struct),
        test(test_registering_without_a_struct),
        test(test_after_release),
        test(test_before_init),
        test(test_state_of_what_is_not_there),
        test(test_the_struct_can_be_used_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
