/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a session, in one thread. */
#include "scratch.h"
#include "with_plugins.h"

#include <setjmp.h>

#include <cmocka.h>

enum { MANY = 3000 };

static struct counter *counter;

static int begin(void **state)
{
    (void)state;
    counter = counter_open("counter");
    return library_begin("counter");
}

static int end(void **state)
{
    (void)state;
    return vaccel_cleanup();
}

static void test_init_fills_the_struct(void **state)
{
    struct vaccel_session sess;
    char end[64];

    (void)state;
    memset(&sess, 0x5a, sizeof(sess));
    assert_int_equal(vaccel_session_init(&sess, VACCEL_PLUGIN_GPU), 0);
    assert_int_equal(sess.id, 1);
    assert_int_equal(sess.hint, VACCEL_PLUGIN_GPU);
    assert_int_equal(sess.remote_id, 0);
    assert_false(sess.is_virtio);
    assert_ptr_equal(sess.plugin, counter->plugin);
    assert_null(sess.priv);
    snprintf(end, sizeof(end), "/session.%lld", (long long)sess.id);
    assert_string_equal(sess.rundir + strlen(sess.rundir) - strlen(end), end);
    assert_int_equal(vaccel_session_release(&sess), 0);
    assert_int_equal(sess.id, 0);
    assert_null(sess.plugin);
}

static void test_plugins_are_told(void **state)
{
    struct vaccel_session sess;

    (void)state;
    assert_int_equal(vaccel_session_init(&sess, VACCEL_PLUGIN_CPU | VACCEL_PLUGIN_GPU), 0);
    assert_int_equal(counter->flags, VACCEL_PLUGIN_CPU | VACCEL_PLUGIN_GPU);
    assert_int_equal(counter_calls(counter, COUNTER_SESSION_INIT), 1);
    assert_int_equal(counter_calls(counter, COUNTER_SESSION_RELEASE), 0);
    assert_int_equal(vaccel_noop(&sess), 0);
    assert_int_equal(counter_calls(counter, COUNTER_OPERATION), 1);
    assert_int_equal(vaccel_session_release(&sess), 0);
    assert_int_equal(counter_calls(counter, COUNTER_SESSION_RELEASE), 1);
}

static void test_a_plugin_that_refuses_leaves_nothing(void **state)
{
    struct vaccel_session sess, *made = (void *)1;
    struct vaccel_session *found;

    (void)state;
    counter->results[COUNTER_SESSION_INIT] = VACCEL_ENODEV;
    assert_int_equal(vaccel_session_init(&sess, 0), VACCEL_ENODEV);
    assert_int_equal(sess.id, 0);
    assert_int_equal(counter_calls(counter, COUNTER_SESSION_RELEASE), 0);
    assert_int_equal(vaccel_session_get_by_id(&found, 1), VACCEL_ENOENT);
    assert_int_equal(vaccel_noop(&sess), VACCEL_ESESS);
    assert_int_equal(vaccel_session_new(&made, 0), VACCEL_ENODEV);
    assert_ptr_equal(made, (void *)1);
    counter->results[COUNTER_SESSION_INIT] = 0;
    assert_int_equal(vaccel_session_init(&sess, 0), 0);
    assert_int_equal(vaccel_session_release(&sess), 0);
}

/* The second of three refuses: the first is told that it ends, the third never hears of it. */
static void test_who_was_told_is_told_the_end(void **state)
{
    struct counter *second = counter_open("second");
    struct counter *third = counter_open("third");
    struct vaccel_session sess;

    (void)state;
    second->results[COUNTER_SESSION_INIT] = VACCEL_EIO;
    assert_int_equal(vaccel_plugin_load(plugin_path("second")), 0);
    assert_int_equal(vaccel_plugin_load(plugin_path("third")), 0);
    assert_int_equal(vaccel_session_init(&sess, 0), VACCEL_EIO);
    assert_int_equal(counter_calls(counter, COUNTER_SESSION_INIT), 1);
    assert_int_equal(counter_calls(counter, COUNTER_SESSION_RELEASE), 1);
    assert_int_equal(counter_calls(second, COUNTER_SESSION_RELEASE), 0);
    assert_int_equal(counter_calls(third, COUNTER_SESSION_INIT), 0);
}

static void test_failed_release_hook_is_no_error(void **state)
{
    struct vaccel_session sess;

    (void)state;
    counter->results[COUNTER_SESSION_RELEASE] = VACCEL_EIO;
    assert_int_equal(vaccel_session_init(&sess, 0), 0);
    assert_int_equal(vaccel_session_release(&sess), 0);
    assert_int_equal(sess.id, 0);
}

/* A hook of the first registers a resource, then the second refuses the session. */
static struct vaccel_resource hooked;

static int register_in_init(struct counter *of, enum counter_hook hook, struct vaccel_session *sess,
                            struct vaccel_resource *res)
{
    (void)of, (void)res;
    return hook == COUNTER_SESSION_INIT ? vaccel_resource_register(&hooked, sess) : 0;
}

static void test_what_a_hook_registered_is_undone(void **state)
{
    struct counter *second = counter_open("second");
    struct vaccel_session sess;

    (void)state;
    counter->hook = register_in_init;
    second->results[COUNTER_SESSION_INIT] = VACCEL_EIO;
    assert_int_equal(vaccel_plugin_load(plugin_path("second")), 0);
    assert_int_equal(
        vaccel_resource_init_from_buf(&hooked, "x", 1, VACCEL_RESOURCE_DATA, NULL, true), 0);
    assert_int_equal(vaccel_session_init(&sess, 0), VACCEL_EIO);
    assert_int_equal(vaccel_resource_refcount(&hooked), 0);
    assert_int_equal(counter_calls(counter, COUNTER_UNREGISTER), 1);
    assert_int_equal(vaccel_resource_release(&hooked), 0);
}

static void test_ids_are_found_and_used_again(void **state)
{
    struct vaccel_session a, b, c, *found;

    (void)state;
    assert_int_equal(vaccel_session_init(&a, 0), 0);
    assert_int_equal(vaccel_session_init(&b, 0), 0);
    assert_int_equal(b.id, a.id + 1);
    assert_int_equal(vaccel_session_get_by_id(&found, b.id), 0);
    assert_ptr_equal(found, &b);
    assert_int_equal(vaccel_session_release(&a), 0);
    assert_int_equal(vaccel_session_get_by_id(&found, 1), VACCEL_ENOENT);
    assert_int_equal(vaccel_session_get_by_id(&found, 3), VACCEL_ENOENT);
    assert_int_equal(vaccel_session_get_by_id(&found, INT64_MAX), VACCEL_ENOENT);
    assert_int_equal(vaccel_session_init(&c, 0), 0);
    assert_int_equal(c.id, 1);
    assert_int_equal(vaccel_session_release(&b), 0);
    assert_int_equal(vaccel_session_release(&c), 0);
}

static const struct vaccel_session *ended_first;

static int note_first_end(struct counter *of, enum counter_hook hook, struct vaccel_session *sess,
                          struct vaccel_resource *res)
{
    (void)of, (void)res;
    if (hook == COUNTER_SESSION_RELEASE && !ended_first)
        ended_first = sess;
    return 0;
}

static void test_a_plugins_own_is_not_found_and_ends_last(void **state)
{
    struct vaccel_session own, other, *found;

    (void)state;
    ended_first = NULL;
    counter->hook = note_first_end;
    assert_int_equal(vaccel_session_init(&own, 0), 0);
    assert_int_equal(vaccel_plugin_own_session(&own), 0);
    assert_int_equal(vaccel_session_init(&other, 0), 0);
    assert_int_equal(vaccel_noop(&own), 0);
    assert_int_equal(vaccel_session_get_by_id(&found, own.id), VACCEL_ENOENT);
    assert_int_equal(vaccel_session_get_by_id(&found, other.id), 0);
    assert_int_equal(vaccel_cleanup(), 0);
    assert_ptr_equal(ended_first, &other);
    assert_int_equal(counter_calls(counter, COUNTER_SESSION_RELEASE), 2);
    assert_int_equal(own.id, 0);
    assert_int_equal(vaccel_plugin_own_session(&own), VACCEL_ESESS);
    assert_int_equal(vaccel_plugin_own_session(NULL), VACCEL_EINVAL);
}

static void test_thousands_live_at_once(void **state)
{
    static struct vaccel_session *many[MANY];
    struct vaccel_session *found;

    (void)state;
    for (int i = 0; i < MANY; i++)
        assert_int_equal(vaccel_session_new(&many[i], 0), 0);
    for (int i = 0; i < MANY; i++) {
        assert_int_equal(vaccel_session_get_by_id(&found, many[i]->id), 0);
        assert_ptr_equal(found, many[i]);
    }
    for (int i = 0; i < MANY; i++)
        assert_int_equal(vaccel_session_delete(many[i]), 0);
}

static void test_released_session_refuses_calls(void **state)
{
    struct vaccel_op_info info[64];
    struct vaccel_output out = {0};
    struct vaccel_session sess;
    size_t count = 64;

    (void)state;
    assert_int_equal(vaccel_session_init(&sess, 0), 0);
    assert_int_equal(vaccel_session_release(&sess), 0);
    assert_int_equal(vaccel_noop(&sess), VACCEL_ESESS);
    assert_int_equal(vaccel_exec(&sess, "l", "s", NULL, 0, NULL, 0), VACCEL_ESESS);
    assert_int_equal(vaccel_call(&sess, "noop", NULL, 0, NULL, 0), VACCEL_ESESS);
    assert_int_equal(vaccel_call(&sess, "nobody", NULL, 0, NULL, 0), VACCEL_ESESS);
    assert_int_equal(vaccel_op_list(&sess, info, &count), VACCEL_ESESS);
    assert_int_equal(vaccel_session_make_rundir(&sess), VACCEL_ESESS);
    assert_int_equal(vaccel_session_update(&sess, 0), VACCEL_ESESS);
    assert_int_equal(vaccel_output_put(&sess, &out, "x", 1), VACCEL_ESESS);
    assert_int_equal(vaccel_output_fetch(&sess, &out), VACCEL_ESESS);
    assert_int_equal(vaccel_output_drop(&sess, &out), VACCEL_ESESS);
    assert_int_equal(vaccel_session_release(&sess), VACCEL_EINVAL);
}

/* Within a hook of the end the state can still be asked for, but nothing new begins. */
static int look_around(struct counter *of, enum counter_hook hook, struct vaccel_session *sess,
                       struct vaccel_resource *res)
{
    (void)res;
    if (hook != COUNTER_SESSION_RELEASE)
        return 0;
    assert_ptr_equal(vaccel_plugin_session_state(of->plugin, sess), of);
    assert_int_equal(vaccel_noop(sess), VACCEL_ESESS);
    assert_int_equal(vaccel_session_release(sess), VACCEL_EBUSY);
    return 0;
}

static void test_state_lasts_until_the_end(void **state)
{
    struct vaccel_session sess;

    (void)state;
    counter->hook = look_around;
    assert_int_equal(vaccel_session_init(&sess, 0), 0);
    assert_null(vaccel_plugin_session_state(counter->plugin, &sess));
    assert_int_equal(vaccel_plugin_set_session_state(counter->plugin, &sess, counter), 0);
    assert_int_equal(vaccel_session_release(&sess), 0);
    assert_int_equal(counter_calls(counter, COUNTER_SESSION_RELEASE), 1);
    assert_null(vaccel_plugin_session_state(counter->plugin, &sess));
}

static struct vaccel_session *releasing;
static int released_with;

static int release_from_within(struct counter *of, enum counter_hook hook,
                               struct vaccel_session *sess, struct vaccel_resource *res)
{
    (void)of, (void)res;
    if (hook == COUNTER_OPERATION || hook == COUNTER_SESSION_INIT) {
        released_with = vaccel_session_release(releasing ? releasing : sess);
        assert_int_equal(vaccel_cleanup(), VACCEL_EBUSY);
        assert_int_equal(vaccel_bootstrap(), VACCEL_EBUSY);
    }
    return 0;
}

static void test_own_operation_cannot_release_its_session(void **state)
{
    struct vaccel_session sess, other;

    (void)state;
    assert_int_equal(vaccel_session_init(&other, 0), 0);
    counter->hook = release_from_within;
    releasing = NULL;
    assert_int_equal(vaccel_session_init(&sess, 0), 0);
    assert_int_equal(released_with, VACCEL_EBUSY);
    assert_int_equal(vaccel_noop(&sess), 0);
    assert_int_equal(released_with, VACCEL_EBUSY);
    releasing = &other;
    assert_int_equal(vaccel_noop(&sess), 0);
    assert_int_equal(released_with, 0);
    assert_int_equal(vaccel_session_release(&sess), 0);
}

static int call_again(struct counter *of, enum counter_hook hook, struct vaccel_session *sess,
                      struct vaccel_resource *res)
{
    (void)of, (void)res;
    return hook == COUNTER_OPERATION ? vaccel_noop(sess) : 0;
}

static void test_calls_nest_to_a_limit(void **state)
{
    struct vaccel_session sess;

    (void)state;
    assert_int_equal(vaccel_session_init(&sess, 0), 0);
    counter->hook = call_again;
    assert_int_equal(vaccel_noop(&sess), VACCEL_ELOOP);
    assert_true(counter_calls(counter, COUNTER_OPERATION) > 8);
    counter->hook = NULL;
    assert_int_equal(vaccel_noop(&sess), 0);
    assert_int_equal(vaccel_session_release(&sess), 0);
}

static void test_rundir_is_made_on_demand_and_removed(void **state)
{
    struct vaccel_session sess;
    struct stat status;
    char file[4200];

    (void)state;
    assert_int_equal(vaccel_session_init(&sess, 0), 0);
    assert_int_not_equal(stat(sess.rundir, &status), 0);
    assert_int_equal(vaccel_session_make_rundir(&sess), 0);
    assert_int_equal(vaccel_session_make_rundir(&sess), 0);
    assert_int_equal(stat(sess.rundir, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0700);
    snprintf(file, sizeof(file), "%s/file", sess.rundir);
    fclose(fopen(file, "w"));
    assert_int_equal(vaccel_session_release(&sess), 0);
    assert_int_not_equal(stat(sess.rundir, &status), 0);
    assert_int_equal(stat(vaccel_rundir(), &status), 0);
}

static void test_deprecated_names(void **state)
{
    struct vaccel_session sess;

    (void)state;
    assert_int_equal(vaccel_sess_init(&sess, 0), 0);
    assert_false(vaccel_sess_has_resource(&sess, NULL));
    assert_int_equal(vaccel_sess_update(&sess, VACCEL_PLUGIN_GPU), 0);
    assert_int_equal(sess.hint, VACCEL_PLUGIN_GPU);
    assert_int_equal(vaccel_sess_free(&sess), 0);
}

#define test(function) cmocka_unit_test_setup_teardown(function, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(test_init_fills_the_struct),
        test(test_plugins_are_told),
        test(test_a_plugin_that_refuses_leaves_nothing),
        test(test_who_was_told_is_told_the_end),
        test(test_failed_release_hook_is_no_error),
        test(test_what_a_hook_registered_is_undone),
        test(test_ids_are_found_and_used_again),
        test(test_a_plugins_own_is_not_found_and_ends_last),
        test(test_thousands_live_at_once),
        test(test_released_session_refuses_calls),
        test(test_state_lasts_until_the_end),
        test(test_own_operation_cannot_release_its_session),
        test(test_calls_nest_to_a_limit),
        test(test_rundir_is_made_on_demand_and_removed),
        test(test_deprecated_names),
    };

    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
