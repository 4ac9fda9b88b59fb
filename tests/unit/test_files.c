/* SPDX-License-Identifier: Apache-2.0 */
#include "platform/platform.h"
#include "scratch.h"
#include "vaccel/error.h"
#include "vaccel/utils/fs.h"

#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include <cmocka.h>

static void test_type_follows_links(void **state)
{
    enum platform_file_type type;

    (void)state;
    assert_int_equal(platform_file_type(scratch_file("f", "x"), &type), 0);
    assert_int_equal(type, PLATFORM_FILE);
    assert_int_equal(platform_file_type(scratch, &type), 0);
    assert_int_equal(type, PLATFORM_DIRECTORY);
    assert_int_equal(platform_file_type("/dev/null", &type), 0);
    assert_int_equal(type, PLATFORM_OTHER);
    symlink("f", scratch_path("link"));
    assert_int_equal(platform_file_type(scratch_path("link"), &type), 0);
    assert_int_equal(type, PLATFORM_FILE);
    assert_int_equal(platform_file_type(scratch_path("none"), &type), VACCEL_ENOENT);
    assert_int_equal(platform_file_type(scratch_path("f/x"), &type), VACCEL_ENOTDIR);
}

static void test_an_empty_file_has_no_byte(void **state)
{
    (void)state;
    assert_true(platform_file_is_empty(scratch_file("empty", "")));
    assert_false(platform_file_is_empty(scratch_file("f", "x")));
    assert_false(platform_file_is_empty(scratch_path("none")));
    assert_false(platform_file_is_empty(scratch));
    assert_false(platform_file_is_empty("/dev/null"));
}

static void test_map_is_private(void **state)
{
    const char *path = scratch_file("f", "contents");
    void *data, *again;
    size_t size;

    (void)state;
    assert_int_equal(platform_file_map(path, &data, &size), 0);
    assert_int_equal(size, 8);
    memcpy(data, "CHANGED!", 8);
    assert_int_equal(platform_file_map(path, &again, &size), 0);
    assert_memory_equal(again, "contents", 8);
    platform_file_unmap(data, 8);
    platform_file_unmap(again, 8);
}

/* Those of sysfs cannot be mapped. */
static void test_what_cannot_be_mapped_is_copied(void **state)
{
    const char *path = "/sys/kernel/mm/transparent_hugepage/enabled";
    char contents[100] = {0};
    FILE *file = fopen(path, "r");
    void *data;
    size_t size;

    (void)state;
    if (!file)
        skip();
    assert_non_null(fgets(contents, sizeof(contents), file));
    fclose(file);
    assert_int_equal(platform_file_map(path, &data, &size), 0);
    assert_string_equal(data, contents);
    memset(data, 0, size);
    platform_file_unmap(data, size);
}

static void test_map_refuses_what_is_no_file_with_contents(void **state)
{
    void *data = NULL;
    size_t size;

    (void)state;
    mkfifo(scratch_path("pipe"), 0600);
    assert_int_equal(platform_file_map(scratch_file("empty", ""), &data, &size), VACCEL_EINVAL);
    assert_int_equal(platform_file_map(scratch, &data, &size), VACCEL_EINVAL);
    assert_int_equal(platform_file_map("/dev/null", &data, &size), VACCEL_EINVAL);
    assert_int_equal(platform_file_map(scratch_path("pipe"), &data, &size), VACCEL_EINVAL);
    assert_int_equal(platform_file_map(scratch_path("none"), &data, &size), VACCEL_ENOENT);
    assert_null(data);
}

static void test_create_makes_a_file_for_its_owner_alone(void **state)
{
    const char *path = scratch_path("f");
    struct stat status;
    char contents[4] = "";
    FILE *file;

    (void)state;
    assert_int_equal(platform_file_create(path, "abc", 3), 0);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    file = fopen(path, "r");
    assert_int_equal(fread(contents, 1, 4, file), 3);
    fclose(file);
    assert_string_equal(contents, "abc");
}

static void test_create_replaces_nothing_and_follows_no_link(void **state)
{
    (void)state;
    assert_int_equal(platform_file_create(scratch_file("f", "old"), "new", 3), VACCEL_EEXIST);
    assert_int_equal(symlink("elsewhere", scratch_path("link")), 0);
    assert_int_equal(platform_file_create(scratch_path("link"), "new", 3), VACCEL_EEXIST);
    assert_int_equal(platform_file_create(scratch_path("none/f"), "new", 3), VACCEL_ENOENT);
    assert_int_equal(platform_file_create(scratch_path("f/f"), "new", 3), VACCEL_ENOTDIR);
    assert_int_equal(scratch_count(), 2);
}

static void test_create_leaves_nothing_when_writing_fails(void **state)
{
    struct rlimit old, limit;
    char data[100] = "";
    int error;

    (void)state;
    getrlimit(RLIMIT_FSIZE, &old);
    limit = old;
    limit.rlim_cur = 10;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
    error = platform_file_create(scratch_path("f"), data, sizeof(data));
    setrlimit(RLIMIT_FSIZE, &old);
    assert_int_equal(error, VACCEL_EIO);
    assert_int_equal(scratch_count(), 0);
}

static void test_create_leaves_nothing_on_a_full_disk(void **state)
{
    static char data[1 << 20];

    (void)state;
    /* In a mount namespace of its own, which ends with this process. */
    if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
        mount("none", scratch, "tmpfs", 0, "size=64k")) {
        print_message("no tmpfs can be mounted: %s\n", strerror(errno));
        skip();
    }
    assert_int_equal(platform_file_create(scratch_path("f"), data, sizeof(data)), VACCEL_ENOSPC);
    assert_int_equal(scratch_count(), 0);
    umount(scratch);
}

static void test_remove_deletes_files_not_directories(void **state)
{
    (void)state;
    assert_int_equal(platform_file_remove(scratch_file("f", "x")), 0);
    assert_int_equal(platform_file_remove(scratch_path("f")), VACCEL_ENOENT);
    assert_int_not_equal(platform_file_remove(scratch_directory("d")), 0);
    assert_int_equal(scratch_count(), 1);
}

static void test_read_gives_the_whole_file(void **state)
{
    void *data;
    size_t size;

    (void)state;
    assert_int_equal(fs_file_read(scratch_file("f", "contents"), &data, &size), 0);
    assert_int_equal(size, 8);
    assert_memory_equal(data, "contents", 8);
    free(data);
}

static void test_read_refuses_odd_files_and_arguments(void **state)
{
    void *data = scratch;
    size_t size = 77;

    (void)state;
    mkfifo(scratch_path("pipe"), 0600);
    assert_int_equal(fs_file_read(scratch_file("empty", ""), &data, &size), VACCEL_EINVAL);
    assert_int_equal(fs_file_read(scratch_path("pipe"), &data, &size), VACCEL_EINVAL);
    assert_int_equal(fs_file_read(scratch, &data, &size), VACCEL_EINVAL);
    assert_int_equal(fs_file_read(scratch_path("none"), &data, &size), VACCEL_ENOENT);
    assert_int_equal(fs_file_read(NULL, &data, &size), VACCEL_EINVAL);
    assert_int_equal(fs_file_read("/etc/passwd", NULL, &size), VACCEL_EINVAL);
    assert_int_equal(fs_file_read("/etc/passwd", &data, NULL), VACCEL_EINVAL);
    assert_ptr_equal(data, scratch);
    assert_int_equal(size, 77);
}

#define test(function) cmocka_unit_test_setup_teardown(function, scratch_make, scratch_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(test_type_follows_links),
        test(test_an_empty_file_has_no_byte),
        test(test_map_is_private),
        test(test_what_cannot_be_mapped_is_copied),
        test(test_map_refuses_what_is_no_file_with_contents),
        test(test_create_makes_a_file_for_its_owner_alone),
        test(test_create_replaces_nothing_and_follows_no_link),
        test(test_create_leaves_nothing_when_writing_fails),
        test(test_create_leaves_nothing_on_a_full_disk),
        test(test_remove_deletes_files_not_directories),
        test(test_read_gives_the_whole_file),
        test(test_read_refuses_odd_files_and_arguments),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
