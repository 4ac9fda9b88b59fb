/* SPDX-License-Identifier: Apache-2.0 */
/* The process has children. */
#include "kit.h"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TICK_MS = 20, TICKS_AT_MOST = 10 * 1000 / TICK_MS };

/* What @child returns is its exit status. It leaves its sessions behind. */
static int in_child(int (*child)(void))
{
    pid_t pid = fork();
    int status = 0;

    if (pid == 0) {
        alarm(20);
        _exit(child());
    }
    if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
        return -1;
    return WEXITSTATUS(status);
}

static int use_a_session_of_its_own(void)
{
    static struct vaccel_session sess;
    static struct vaccel_resource res;

    if (remote_begin(&sess, 0))
        return 1;
    if (vaccel_resource_init_from_buf(&res, "x", 1, VACCEL_RESOURCE_DATA, NULL, true) ||
        vaccel_resource_register(&res, &sess))
        return 2;
    if (mirror(&sess, 100000, 1))
        return 3;
    return vaccel_resource_release(&res) || vaccel_session_release(&sess) ? 4 : 0;
}

static void test_a_child_has_sessions_of_its_own(void **state)
{
    (void)state;
    assert_int_equal(in_child(use_a_session_of_its_own), 0);
    assert_int_equal(mirror(&remote, 100000, 2), 0);
}

/* A connection is not shared: what was the parent's the child can use or not, but not spoil. */
static int use_what_is_the_parents(void)
{
    int ret = mirror(&remote, 100000, 1);

    if (ret && ret != VACCEL_ESESS && ret != VACCEL_EREMOTEIO)
        return 1;
    vaccel_session_release(&remote);
    return vaccel_cleanup() ? 2 : 0;
}

static void test_a_child_does_not_spoil_its_parents_sessions(void **state)
{
    (void)state;
    assert_int_equal(in_child(use_what_is_the_parents), 0);
    assert_int_equal(mirror(&remote, 100000, 2), 0);
    assert_int_equal(in_child(use_a_session_of_its_own), 0);
}

static int leave_a_session_behind(void)
{
    static struct vaccel_session sess;
    static struct vaccel_resource res;

    return remote_begin(&sess, 0) ||
           vaccel_resource_init_from_buf(&res, "x", 1, VACCEL_RESOURCE_DATA, NULL, true) ||
           vaccel_resource_register(&res, &sess);
}

/* Who does not say goodbye leaves nothing either. */
static void test_a_child_that_ends_leaves_nothing(void **state)
{
    struct count before = count_in(&remote), after = before;

    (void)state;
    assert_int_equal(in_child(leave_a_session_behind), 0);
    for (int i = 0; i < TICKS_AT_MOST; i++) {
        after = count_in(&remote);
        if (after.sessions == before.sessions && after.registrations == before.registrations)
            break;
        poll(NULL, 0, TICK_MS);
    }
    assert_int_equal(after.sessions, before.sessions);
    assert_int_equal(after.registrations, before.registrations);
}

#define test(function) cmocka_unit_test_setup_teardown(function, kit_begin, kit_end)

int children_cases(void)
{
    const struct CMUnitTest tests[] = {
        test(test_a_child_has_sessions_of_its_own),
        test(test_a_child_does_not_spoil_its_parents_sessions),
        test(test_a_child_that_ends_leaves_nothing),
    };

    return cmocka_run_group_tests_name("children", tests, NULL, NULL);
}
