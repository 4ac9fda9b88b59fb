/* SPDX-License-Identifier: Apache-2.0 */
/* The library's life in a process, and what its constructor and destructor do to one. */
#include "scratch.h"
#include "with_plugins.h"

#include <dirent.h>
#include <setjmp.h>
#include <sys/wait.h>

#include <cmocka.h>

static struct counter *counter;

static int begin(void **state)
{
    counter = counter_open("counter");
    return scratch_make(state) || setenv("XDG_RUNTIME_DIR", scratch, 1) || vaccel_cleanup();
}

static int end(void **state)
{
    return vaccel_cleanup() || scratch_remove(state);
}

static void test_begins_ends_and_begins_again(void **state)
{
    (void)state;
    assert_false(vaccel_is_initialized());
    assert_null(vaccel_config());
    assert_null(vaccel_rundir());
    assert_int_equal(library_begin("counter"), 0);
    assert_true(vaccel_is_initialized());
    assert_non_null(vaccel_config());
    assert_int_equal(library_begin("counter"), 0);
    assert_int_equal(counter_calls(counter, COUNTER_INIT), 2);
    assert_int_equal(counter_calls(counter, COUNTER_FINI), 1);
    assert_int_equal(vaccel_cleanup(), 0);
    assert_int_equal(vaccel_cleanup(), 0);
    assert_int_equal(counter_calls(counter, COUNTER_FINI), 2);
    assert_false(vaccel_is_initialized());
}

static void test_the_configuration_is_copied(void **state)
{
    char plugins[512];
    struct vaccel_config config = {.plugins = plugins, .version_ignore = true};

    (void)state;
    snprintf(plugins, sizeof(plugins), "%s", plugin_path("counter"));
    assert_int_equal(vaccel_bootstrap_with_config(&config), 0);
    memset(plugins, 'x', 5);
    assert_string_equal(vaccel_config()->plugins, plugin_path("counter"));
    assert_true(vaccel_config()->version_ignore);
    assert_int_equal(vaccel_bootstrap_with_config((struct vaccel_config *)vaccel_config()), 0);
    assert_string_equal(vaccel_config()->plugins, plugin_path("counter"));
    assert_int_equal(vaccel_bootstrap_with_config(NULL), VACCEL_EINVAL);
    assert_true(vaccel_is_initialized());
}

static void test_a_plugin_that_fails_ends_it(void **state)
{
    struct counter *second = counter_open("second");
    struct vaccel_session sess;

    (void)state;
    second->results[COUNTER_INIT] = VACCEL_ENODEV;
    assert_int_equal(library_begin("counter second"), VACCEL_ENODEV);
    assert_false(vaccel_is_initialized());
    assert_int_equal(counter_calls(counter, COUNTER_FINI), 1);
    assert_int_equal(counter_calls(second, COUNTER_FINI), 1);
    assert_int_equal(vaccel_session_init(&sess, 0), VACCEL_ESESS);
    assert_int_equal(library_begin("counter nobody"), VACCEL_ENOENT);
    assert_int_equal(library_begin("counter"), 0);
}

static void test_a_log_that_cannot_be_opened(void **state)
{
    struct vaccel_config config = {.log_file = (char *)"/nowhere/at/all",
                                   .plugins = (char *)"noop"};

    (void)state;
    assert_int_equal(vaccel_bootstrap_with_config(&config), VACCEL_ENOENT);
    assert_false(vaccel_is_initialized());
    assert_int_equal(library_begin("noop"), 0);
}

static void test_without_it_calls_return_errors(void **state)
{
    struct vaccel_session sess, *found;
    struct vaccel_resource res, *some, **all;
    size_t count;

    (void)state;
    assert_int_equal(vaccel_session_init(&sess, 0), VACCEL_ESESS);
    assert_int_equal(vaccel_noop(&sess), VACCEL_ESESS);
    assert_int_equal(vaccel_session_get_by_id(&found, 1), VACCEL_EPERM);
    assert_int_equal(vaccel_resource_init(&res, "/etc/passwd", 0), VACCEL_EPERM);
    assert_int_equal(vaccel_resource_get_by_id(&some, 1), VACCEL_EPERM);
    assert_int_equal(vaccel_resource_get_by_type(&some, 0), VACCEL_EPERM);
    assert_int_equal(vaccel_resource_get_all_by_type(&all, &count, 0), VACCEL_EPERM);
    sess.id = 1;
    res.id = 1;
    assert_int_equal(vaccel_session_release(&sess), VACCEL_ESESS);
    assert_int_equal(vaccel_resource_release(&res), VACCEL_ESESS);
}

static void test_cleanup_ends_what_lives(void **state)
{
    struct vaccel_session sess, remote;
    struct vaccel_output out = {0};
    struct vaccel_resource res;

    (void)state;
    assert_int_equal(library_begin("counter loopback"), 0);
    assert_int_equal(vaccel_session_init(&sess, 0), 0);
    assert_int_equal(vaccel_session_init(&remote, VACCEL_PLUGIN_REMOTE), 0);
    assert_int_equal(vaccel_resource_init_from_buf(&res, "x", 1, 0, "f", false), 0);
    assert_int_equal(vaccel_resource_register(&res, &sess), 0);
    assert_int_equal(vaccel_output_put(&sess, &out, "x", 1), 0);
    assert_int_equal(vaccel_cleanup(), 0);
    assert_int_equal(counter_calls(counter, COUNTER_UNREGISTER), 1);
    assert_int_equal(counter_calls(counter, COUNTER_SESSION_RELEASE), 2);
    assert_int_equal(sess.id, 0);
    assert_int_equal(res.id, 0);
    assert_int_equal(vaccel_noop(&sess), VACCEL_ESESS);
    assert_int_equal(vaccel_session_release(&sess), VACCEL_EINVAL);
    assert_int_equal(vaccel_resource_release(&res), VACCEL_EINVAL);
}

static void test_the_run_directory_goes_with_it(void **state)
{
    char path[4096];
    struct stat status;

    (void)state;
    assert_int_equal(library_begin("noop"), 0);
    assert_int_equal(scratch_count(), 0);
    snprintf(path, sizeof(path), "%s", vaccel_rundir());
    assert_int_equal(strncmp(path, scratch, strlen(scratch)), 0);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0700);
    assert_int_equal(vaccel_cleanup(), 0);
    assert_int_not_equal(stat(path, &status), 0);
}

/* Run this program anew as one of the children below, in an environment of its own. */
static int run_child(const char *name, const char *variable, const char *value)
{
    pid_t pid = fork();
    int status;

    if (pid == 0) {
        setenv(variable, value, 1);
        execl("/proc/self/exe", "test_bootstrap", name, (char *)NULL);
        _exit(99);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* The constructor failed: the process goes on, and the first call says so. */
static int child_without_plugin(void)
{
    struct vaccel_session sess;

    if (vaccel_is_initialized() || vaccel_session_init(&sess, 0) != VACCEL_ESESS)
        return 1;
    return vaccel_bootstrap() == VACCEL_ENOENT ? 0 : 2;
}

static void test_the_constructor_never_ends_the_process(void **state)
{
    (void)state;
    assert_int_equal(run_child("without_plugin", "VACCEL_PLUGINS", "nonexistent"), 0);
}

static int child_not_begun(void)
{
    if (vaccel_is_initialized())
        return 1;
    return vaccel_bootstrap() || !vaccel_is_initialized();
}

static void test_the_constructor_can_be_told_to_do_nothing(void **state)
{
    (void)state;
    assert_int_equal(run_child("not_begun", "VACCEL_BOOTSTRAP_ENABLED", "0"), 0);
}

/* The sanitizer's own files, if any, lie elsewhere. */
static int child_touches_nothing(void)
{
    struct vaccel_session sess;

    if (vaccel_session_init(&sess, 0) || vaccel_noop(&sess) || vaccel_session_release(&sess))
        return 1;
    return 0;
}

static void test_sessions_and_calls_make_no_files(void **state)
{
    (void)state;
    assert_int_equal(run_child("touches_nothing", "VACCEL_PLUGINS", "noop"), 0);
    assert_int_equal(scratch_count(), 0);
}

static int child_leaves_files(void)
{
    struct vaccel_session sess;

    return vaccel_session_init(&sess, 0) || vaccel_session_make_rundir(&sess);
}

/* The session was on a stack that is gone when the process ends: that it leaks is the point. */
static void test_the_end_of_the_process_removes_the_directory(void **state)
{
    (void)state;
    setenv("VACCEL_PLUGINS", "noop", 1);
    setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
    assert_int_equal(run_child("leaves_files", "VACCEL_CLEANUP_ENABLED", "1"), 0);
    assert_int_equal(scratch_count(), 1);
    assert_int_equal(run_child("leaves_files", "VACCEL_CLEANUP_ENABLED", "0"), 0);
    assert_int_equal(scratch_count(), 3);
    unsetenv("VACCEL_PLUGINS");
}

enum { FINI_RAN = 42 };

static int end_in_fini(struct counter *of, enum counter_hook hook, struct vaccel_session *sess,
                       struct vaccel_resource *res)
{
    (void)of, (void)sess, (void)res;
    if (hook == COUNTER_FINI)
        _exit(FINI_RAN);
    return 0;
}

/* What a plugin has for itself does not keep the plugins from their end, what the application has does. */
static int child_leaves_a_plugins_own(bool is_own)
{
    static struct vaccel_session sess;
    static struct vaccel_resource res;
    static char byte;

    counter = counter_open("counter");
    if (library_begin("counter") || vaccel_session_init(&sess, 0) ||
        vaccel_resource_init_from_buf(&res, &byte, 1, VACCEL_RESOURCE_DATA, NULL, true) ||
        vaccel_resource_register(&res, &sess))
        return 1;
    if (is_own && (vaccel_plugin_own_session(&sess) || vaccel_plugin_own_resource(&res)))
        return 2;
    counter->hook = end_in_fini;
    return 0;
}

static void test_a_plugins_own_ends_with_the_process(void **state)
{
    (void)state;
    setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
    assert_int_equal(run_child("leaves_own", "VACCEL_CLEANUP_ENABLED", "1"), FINI_RAN);
    assert_int_equal(run_child("leaves_others", "VACCEL_CLEANUP_ENABLED", "1"), 0);
}

static int be_child(const char *name)
{
    if (!strcmp(name, "without_plugin"))
        return child_without_plugin();
    if (!strcmp(name, "not_begun"))
        return child_not_begun();
    if (!strcmp(name, "touches_nothing"))
        return child_touches_nothing();
    if (!strncmp(name, "leaves_o", 8))
        return child_leaves_a_plugins_own(!strcmp(name, "leaves_own"));
    return child_leaves_files();
}

#define test(function) cmocka_unit_test_setup_teardown(function, begin, end)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        test(test_begins_ends_and_begins_again),
        test(test_the_configuration_is_copied),
        test(test_a_plugin_that_fails_ends_it),
        test(test_a_log_that_cannot_be_opened),
        test(test_without_it_calls_return_errors),
        test(test_cleanup_ends_what_lives),
        test(test_the_run_directory_goes_with_it),
        test(test_the_constructor_never_ends_the_process),
        test(test_the_constructor_can_be_told_to_do_nothing),
        test(test_sessions_and_calls_make_no_files),
        test(test_the_end_of_the_process_removes_the_directory),
        test(test_a_plugins_own_ends_with_the_process),
    };

    if (argc > 1)
        return be_child(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
