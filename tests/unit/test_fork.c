/* SPDX-License-Identifier: Apache-2.0 */
/* A child of fork() has what its parent had; files stay the parent's. */
#include "scratch.h"
#include "together.h"
#include "with_plugins.h"

#include <setjmp.h>
#include <sys/wait.h>

#include <cmocka.h>

enum { CHILDREN = 20 };

static struct vaccel_session sess;
static struct vaccel_resource res;

static int begin(void **state)
{
    return scratch_make(state) || setenv("XDG_RUNTIME_DIR", scratch, 1) ||
           library_begin("counter") || vaccel_session_init(&sess, 0) ||
           vaccel_resource_init_from_buf(&res, "x", 1, VACCEL_RESOURCE_LIB, "file", false) ||
           vaccel_resource_register(&res, &sess);
}

static int end(void **state)
{
    return vaccel_cleanup() || scratch_remove(state);
}

static int use(void)
{
    return vaccel_noop(&sess) || vaccel_exec_with_resource(&sess, &res, "s", NULL, 0, NULL, 0);
}

/*
 * What @child returns is its exit status. A child that hangs is killed. @leave is exit() or, where
 * a leak checker would miss what only the other threads of the parent know of, _exit().
 */
static int in_child(int (*child)(void), void (*leave)(int))
{
    pid_t pid = fork();
    int status = 0;

    if (pid == 0) {
        alarm(20);
        leave(child());
    }
    if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
        return -1;
    return WEXITSTATUS(status);
}

static int use_and_release(void)
{
    struct vaccel_session another;

    if (use() || vaccel_session_init(&another, 0) || vaccel_resource_register(&res, &another))
        return 1;
    if (vaccel_resource_release(&res) || vaccel_session_release(&sess))
        return 2;
    return vaccel_session_release(&another) || vaccel_noop(&sess) != VACCEL_ESESS;
}

static void test_the_child_uses_and_releases(void **state)
{
    (void)state;
    assert_int_equal(in_child(use_and_release, exit), 0);
    assert_int_equal(use(), 0);
}

static int make_own_files(void)
{
    struct stat status;
    char parents[4096];

    snprintf(parents, sizeof(parents), "%s", sess.rundir);
    if (!vaccel_rundir() || vaccel_session_make_rundir(&sess))
        return 1;
    return stat(sess.rundir, &status) || !strcmp(sess.rundir, parents);
}

static void test_files_of_the_parent_outlive_the_child(void **state)
{
    struct stat status;

    (void)state;
    assert_int_equal(vaccel_session_make_rundir(&sess), 0);
    int files = scratch_count();

    assert_int_equal(in_child(use_and_release, exit), 0);
    assert_int_equal(in_child(make_own_files, exit), 0);
    assert_int_equal(in_child(vaccel_cleanup, exit), 0);
    assert_int_equal(scratch_count(), files);
    assert_int_equal(stat(sess.rundir, &status), 0);
    assert_int_equal(stat(res.blobs[0]->path, &status), 0);
}

static int begin_and_release(void)
{
    struct vaccel_session another;

    return vaccel_session_init(&another, 0) || vaccel_session_release(&another);
}

/* Its struct is not looked at: the child may only want to become another program. */
static void test_a_session_that_was_left_behind_does_not_matter(void **state)
{
    struct vaccel_session *left = calloc(1, sizeof(*left));
    struct vaccel_session kept;

    (void)state;
    assert_int_equal(vaccel_session_init(left, 0), 0);
    kept = *left;
    memset(left, 'x', sizeof(*left));
    assert_int_equal(in_child(begin_and_release, _exit), 0);
    *left = kept;
    assert_int_equal(vaccel_session_release(left), 0);
    free(left);
}

/* Another thread is in a call for ever, as far as the child sees. */
static struct door inside = DOOR_CLOSED, way_out = DOOR_CLOSED;

static int stay_inside(struct counter *of, enum counter_hook hook, struct vaccel_session *session,
                       struct vaccel_resource *resource)
{
    (void)of, (void)session, (void)resource;
    if (hook != COUNTER_OPERATION)
        return 0;
    door_open(&inside);
    door_pass(&way_out);
    return 0;
}

static int release_all(void)
{
    return vaccel_resource_release(&res) || vaccel_session_release(&sess) || vaccel_cleanup();
}

static void call_or_fork(size_t number)
{
    if (number == 0) {
        expect(!use(), "the parent's call goes on");
        return;
    }
    door_pass(&inside);
    expect(!in_child(release_all, _exit), "the child does not wait for it");
    door_open(&way_out);
}

static void test_calls_of_other_threads_do_not_go_on(void **state)
{
    (void)state;
    counter_open("counter")->hook = stay_inside;
    together(2, call_or_fork);
    assert_int_equal(unexpected(), 0);
}

/* The child must not find a lock taken by a thread that it does not have. */
static bool stop;

static int begin_and_end(void)
{
    struct vaccel_session another;
    struct vaccel_resource other;

    return vaccel_session_init(&another, 0) ||
           vaccel_resource_init_from_buf(&other, "x", 1, 0, NULL, true) ||
           vaccel_resource_register(&other, &another) || vaccel_resource_release(&other) ||
           vaccel_session_release(&another);
}

static void storm_or_fork(size_t number)
{
    for (int i = 0; number == 0 && i < CHILDREN; i++)
        expect(!in_child(begin_and_end, _exit), "the child goes on");
    if (number == 0)
        __atomic_store_n(&stop, true, __ATOMIC_RELAXED);
    while (!__atomic_load_n(&stop, __ATOMIC_RELAXED))
        expect(!begin_and_end(), "so does the parent");
}

static void test_locks_are_free_in_the_child(void **state)
{
    (void)state;
#ifdef __SANITIZE_ADDRESS__
    puts("the address sanitizer's allocator does not survive a fork beside threads");
    skip();
#endif
    together(3, storm_or_fork);
    assert_int_equal(unexpected(), 0);
}

/* Of those locks that a thread nearly always has. */
static struct vaccel_prof_region region;
static int nr_children;

static int measure_and_read(void)
{
    struct vaccel_blob *blob;
    int ret = vaccel_prof_region_start(&region) || vaccel_prof_region_stop(&region);

    if (ret || vaccel_blob_new(&blob, "/proc/self/exe"))
        return 1;
    ret = vaccel_blob_read(blob);
    return vaccel_blob_delete(blob) || ret;
}

static void measure_or_fork(size_t number)
{
    for (int i = 0; number == 0 && i < nr_children && !unexpected_count; i++)
        expect(!in_child(measure_and_read, _exit), "the child measures and reads");
    if (number == 0)
        __atomic_store_n(&stop, true, __ATOMIC_RELAXED);
    while (!__atomic_load_n(&stop, __ATOMIC_RELAXED))
        expect(!measure_and_read(), "so does the parent");
}

static void test_regions_and_blobs_are_free_in_the_child(void **state)
{
    (void)state;
#ifdef __SANITIZE_ADDRESS__
    puts("the address sanitizer's allocator does not survive a fork beside threads");
    skip();
#endif
    nr_children = 10 * CHILDREN;
    stop = false;
    assert_int_equal(vaccel_prof_region_init(&region, "fork"), VACCEL_OK);
    together(4, measure_or_fork);
    assert_int_equal(vaccel_prof_region_release(&region), VACCEL_OK);
    assert_int_equal(unexpected(), 0);
}

static int begin_profiling(void **state)
{
    struct vaccel_config config = {.log_level = VACCEL_LOG_ERROR, .profiling_enabled = true};

    (void)state;
    return vaccel_bootstrap_with_config(&config);
}

static int end_profiling(void **state)
{
    (void)state;
    return vaccel_cleanup();
}

#define test(function) cmocka_unit_test_setup_teardown(function, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(test_the_child_uses_and_releases),
        test(test_files_of_the_parent_outlive_the_child),
        test(test_a_session_that_was_left_behind_does_not_matter),
        test(test_calls_of_other_threads_do_not_go_on),
        test(test_locks_are_free_in_the_child),
        cmocka_unit_test_setup_teardown(test_regions_and_blobs_are_free_in_the_child,
                                        begin_profiling, end_profiling),
    };

    counter_open("counter");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
