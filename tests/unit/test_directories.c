/* SPDX-License-Identifier: Apache-2.0 */
#include "platform/platform.h"
#include "scratch.h"
#include "vaccel/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cmocka.h>

static void test_make_is_for_the_owner_alone(void **state)
{
    struct stat status;

    (void)state;
    assert_int_equal(platform_directory_make(scratch_path("d"), false), 0);
    assert_int_equal(stat(scratch_path("d"), &status), 0);
    assert_int_equal(status.st_mode & 0777, 0700);
    assert_int_equal(platform_directory_make(scratch_path("d"), false), VACCEL_EEXIST);
    assert_int_equal(platform_directory_make(scratch_path("a/b"), false), VACCEL_ENOENT);
}

static void test_make_with_parents(void **state)
{
    (void)state;
    assert_int_equal(platform_directory_make(scratch_path("a/b//c/"), true), 0);
    assert_int_equal(access(scratch_path("a/b/c"), W_OK), 0);
    assert_int_equal(platform_directory_make(scratch_path("a/b/c"), true), VACCEL_EEXIST);
    assert_int_equal(platform_directory_make(scratch_path("a/d"), true), 0);
    assert_int_equal(platform_directory_make("/", true), VACCEL_EEXIST);
    assert_int_equal(platform_directory_make("", true), VACCEL_ENOENT);
}

static void test_make_where_a_file_is(void **state)
{
    (void)state;
    scratch_file("f", "x");
    assert_int_equal(platform_directory_make(scratch_path("f"), true), VACCEL_EEXIST);
    assert_int_equal(platform_directory_make(scratch_path("f/d"), true), VACCEL_ENOTDIR);
    assert_int_equal(platform_directory_make(scratch_path("f/d/e"), true), VACCEL_ENOTDIR);
}

static void test_remove_takes_links_but_not_what_they_lead_to(void **state)
{
    (void)state;
    scratch_directory("kept");
    scratch_file("kept/f", "x");
    scratch_directory("d");
    scratch_directory("d/sub");
    scratch_file("d/sub/f", "x");
    mkfifo(scratch_path("d/pipe"), 0600);
    assert_int_equal(symlink("../kept", scratch_path("d/link")), 0);
    assert_int_equal(symlink("nowhere", scratch_path("d/dangling")), 0);
    assert_int_equal(platform_directory_remove(scratch_path("d")), 0);
    assert_int_equal(scratch_count(), 2);
    assert_int_equal(access(scratch_path("kept/f"), R_OK), 0);
}

static void test_remove_refuses_what_is_no_directory(void **state)
{
    (void)state;
    scratch_directory("kept");
    scratch_file("kept/f", "x");
    assert_int_equal(symlink("kept", scratch_path("link")), 0);
    assert_int_not_equal(platform_directory_remove(scratch_path("link")), 0);
    assert_int_not_equal(platform_directory_remove(scratch_path("link/")), 0);
    assert_int_equal(platform_directory_remove(scratch_path("kept/f")), VACCEL_ENOTDIR);
    assert_int_equal(platform_directory_remove(scratch_path("none")), VACCEL_ENOENT);
    assert_int_equal(scratch_count(), 3);
}

/* Make directories "d" within each other. */
static void make_deep(int levels)
{
    char path[256] = "d";

    for (int i = 0; i < levels; i++) {
        scratch_directory(path);
        memcpy(path + 2 * i + 1, "/d", sizeof("/d"));
    }
}

static int count_visit(const char *relative, void *context)
{
    (void)relative;
    ++*(int *)context;
    return 0;
}

static void test_depth_is_bounded(void **state)
{
    int count = 0;

    (void)state;
    make_deep(60);
    assert_int_equal(platform_directory_walk(scratch_path("d"), count_visit, &count), 0);
    assert_int_equal(platform_directory_remove(scratch_path("d")), 0);
    make_deep(100);
    assert_int_equal(platform_directory_walk(scratch_path("d"), count_visit, &count), VACCEL_ELOOP);
    assert_int_equal(platform_directory_remove(scratch_path("d")), VACCEL_ELOOP);
    assert_int_equal(count, 0);
}

enum { SEEN_SIZE = 256 };

/* The paths that were visited, each followed by a blank. */
static int note_visit(const char *relative, void *context)
{
    char *seen = context;
    size_t length = strlen(seen);

    snprintf(seen + length, SEEN_SIZE - length, "%s ", relative);
    return 0;
}

static void test_walk_sorts_by_bytes_of_the_whole_path(void **state)
{
    char seen[SEEN_SIZE] = "";

    (void)state;
    scratch_directory("a");
    scratch_directory("empty");
    scratch_file("a/z", "x");
    scratch_file("a/b", "x");
    scratch_file("a.txt", "x");
    scratch_file("b", "");
    scratch_file("B", "x");
    scratch_file("\xc3\xa9", "x");
    assert_int_equal(platform_directory_walk(scratch, note_visit, seen), 0);
    assert_string_equal(seen, "B a.txt a/b a/z b \xc3\xa9 ");
}

static void make_socket(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int listener = socket(AF_UNIX, SOCK_STREAM, 0);

    snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
    close(listener);
}

static void test_walk_passes_over_links_and_odd_files(void **state)
{
    char seen[SEEN_SIZE] = "";

    (void)state;
    scratch_file("f", "x");
    scratch_directory("d");
    scratch_file("d/g", "x");
    assert_int_equal(symlink("f", scratch_path("link-to-file")), 0);
    assert_int_equal(symlink("d", scratch_path("link-to-directory")), 0);
    assert_int_equal(symlink(".", scratch_path("d/loop")), 0);
    assert_int_equal(symlink("nowhere", scratch_path("dangling")), 0);
    mkfifo(scratch_path("pipe"), 0600);
    make_socket(scratch_path("socket"));
    assert_int_equal(platform_directory_walk(scratch, note_visit, seen), 0);
    assert_string_equal(seen, "d/g f ");
}

static int stop_at_second(const char *relative, void *context)
{
    (void)relative;
    return ++*(int *)context == 2 ? VACCEL_EBUSY : 0;
}

static void test_walk_stops_at_the_first_error(void **state)
{
    int count = 0;

    (void)state;
    scratch_file("a", "x");
    scratch_file("b", "x");
    scratch_file("c", "x");
    assert_int_equal(platform_directory_walk(scratch, stop_at_second, &count), VACCEL_EBUSY);
    assert_int_equal(count, 2);
}

static void test_walk_of_what_is_no_directory(void **state)
{
    int count = 0;

    (void)state;
    assert_int_equal(platform_directory_walk(scratch_path("none"), count_visit, &count),
                     VACCEL_ENOENT);
    assert_int_equal(platform_directory_walk(scratch_file("f", "x"), count_visit, &count),
                     VACCEL_ENOTDIR);
    assert_int_equal(count, 0);
}

static void test_walk_starts_at_a_link_too(void **state)
{
    int count = 0;

    (void)state;
    scratch_directory("d");
    for (int i = 0; i < 100; i++) {
        char name[16];

        snprintf(name, sizeof(name), "d/%d", i);
        scratch_file(name, "x");
    }
    assert_int_equal(symlink("d", scratch_path("link")), 0);
    assert_int_equal(platform_directory_walk(scratch_path("link"), count_visit, &count), 0);
    assert_int_equal(count, 100);
}

static void test_run_base_is_below_the_runtime_directory(void **state)
{
    char path[64], expected[64];

    (void)state;
    snprintf(expected, sizeof(expected), "/run/user/%lu/vaccel", (unsigned long)getuid());
    setenv("XDG_RUNTIME_DIR", "/some/where", 1);
    assert_int_equal(platform_run_base(path, sizeof(path)), 0);
    assert_string_equal(path, "/some/where/vaccel");
    assert_int_equal(platform_run_base(path, 18), VACCEL_ENAMETOOLONG);
    assert_int_equal(platform_run_base(path, 19), 0);
    setenv("XDG_RUNTIME_DIR", "not/absolute", 1);
    assert_int_equal(platform_run_base(path, sizeof(path)), 0);
    assert_string_equal(path, expected);
    unsetenv("XDG_RUNTIME_DIR");
    assert_int_equal(platform_run_base(path, sizeof(path)), 0);
    assert_string_equal(path, expected);
}

#define test(function) cmocka_unit_test_setup_teardown(function, scratch_make, scratch_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(test_make_is_for_the_owner_alone),
        test(test_make_with_parents),
        test(test_make_where_a_file_is),
        test(test_remove_takes_links_but_not_what_they_lead_to),
        test(test_remove_refuses_what_is_no_directory),
        test(test_depth_is_bounded),
        test(test_walk_sorts_by_bytes_of_the_whole_path),
        test(test_walk_passes_over_links_and_odd_files),
        test(test_walk_stops_at_the_first_error),
        test(test_walk_of_what_is_no_directory),
        test(test_walk_starts_at_a_link_too),
        test(test_run_base_is_below_the_runtime_directory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
