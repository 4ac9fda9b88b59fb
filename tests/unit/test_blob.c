/* SPDX-License-Identifier: Apache-2.0 */
#include "scratch.h"
#include "together.h"
#include "vaccel/blob.h"
#include "vaccel/error.h"
#include "vaccel/log.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/resource.h>

#include <cmocka.h>

static const uint8_t bytes[] = {'b', 'y', 't', 'e', 's'};

static struct vaccel_blob shared;
static const uint8_t *shared_data[4];

static void take_shared_data(size_t number)
{
    size_t size;

    shared_data[number] = vaccel_blob_data(&shared, &size);
    expect(size == 8, "the size is that of the file");
}

static void test_several_threads_read_a_blob_once(void **state)
{
    (void)state;
    assert_int_equal(vaccel_blob_init(&shared, scratch_file("model.pt", "contents")), 0);
    together(4, take_shared_data);
    assert_int_equal(unexpected(), 0);
    assert_non_null(shared_data[0]);
    for (size_t i = 1; i < 4; i++)
        assert_ptr_equal(shared_data[i], shared_data[0]);
    assert_int_equal(vaccel_blob_release(&shared), 0);
}

static void assert_released(struct vaccel_blob *blob)
{
    size_t size = 7;

    assert_false(vaccel_blob_valid(blob));
    assert_null(vaccel_blob_path(blob));
    assert_null(vaccel_blob_data(blob, &size));
    assert_int_equal(size, 0);
    assert_int_equal(vaccel_blob_read(blob), VACCEL_EINVAL);
    assert_int_equal(vaccel_blob_persist(blob, scratch, "x", false), VACCEL_EINVAL);
    assert_int_equal(vaccel_blob_release(blob), VACCEL_EINVAL);
}

static void test_file_blob_names_its_file_and_leaves_it(void **state)
{
    const char *path = scratch_file("model.pt", "contents");
    struct vaccel_blob blob;

    (void)state;
    assert_int_equal(vaccel_blob_init(&blob, path), 0);
    assert_int_equal(blob.type, VACCEL_BLOB_FILE);
    assert_string_equal(blob.name, "model.pt");
    assert_string_equal(vaccel_blob_path(&blob), path);
    assert_null(blob.data);
    assert_true(vaccel_blob_valid(&blob));
    assert_int_equal(vaccel_blob_release(&blob), 0);
    assert_released(&blob);
    assert_int_equal(scratch_count(), 1);
}

static void test_file_blob_may_be_a_link(void **state)
{
    struct vaccel_blob blob;

    (void)state;
    scratch_file("target", "contents");
    assert_int_equal(symlink("target", scratch_path("link")), 0);
    assert_int_equal(vaccel_blob_init(&blob, scratch_path("link")), 0);
    assert_string_equal(blob.name, "link");
    assert_int_equal(vaccel_blob_release(&blob), 0);
}

static void test_file_blob_needs_a_regular_file(void **state)
{
    struct vaccel_blob blob;

    (void)state;
    scratch_file("f", "x");
    assert_int_equal(symlink("nowhere", scratch_path("dangling")), 0);
    assert_int_equal(vaccel_blob_init(&blob, scratch), VACCEL_EINVAL);
    assert_int_equal(vaccel_blob_init(&blob, "/dev/null"), VACCEL_EINVAL);
    assert_int_equal(vaccel_blob_init(&blob, scratch_path("none")), VACCEL_ENOENT);
    assert_int_equal(vaccel_blob_init(&blob, scratch_path("dangling")), VACCEL_ENOENT);
    assert_int_equal(vaccel_blob_init(&blob, scratch_path("f/x")), VACCEL_ENOTDIR);
    assert_int_equal(vaccel_blob_init(&blob, ""), VACCEL_EINVAL);
}

static void test_data_are_mapped_on_demand(void **state)
{
    const char *path = scratch_file("f", "contents");
    struct vaccel_blob blob;
    uint8_t *data;
    size_t size;

    (void)state;
    assert_int_equal(vaccel_blob_init(&blob, path), 0);
    data = vaccel_blob_data(&blob, &size);
    assert_non_null(data);
    assert_int_equal(size, 8);
    assert_memory_equal(data, "contents", 8);
    data[0] = 'X';
    assert_int_equal(blob.type, VACCEL_BLOB_MAPPED);
    assert_true(vaccel_blob_valid(&blob));
    assert_int_equal(vaccel_blob_read(&blob), 0);
    assert_ptr_equal(vaccel_blob_data(&blob, NULL), data);
    assert_int_equal(vaccel_blob_persist(&blob, scratch, "g", false), VACCEL_EEXIST);
    assert_int_equal(vaccel_blob_release(&blob), 0);
    assert_int_equal(scratch_count(), 1);
}

static void test_reading_what_cannot_be_mapped(void **state)
{
    struct vaccel_blob blob;
    size_t size = 7;

    (void)state;
    assert_int_equal(vaccel_blob_init(&blob, scratch_file("empty", "")), 0);
    assert_int_equal(vaccel_blob_read(&blob), VACCEL_EINVAL);
    assert_null(vaccel_blob_data(&blob, &size));
    assert_int_equal(size, 0);
    unlink(scratch_path("empty"));
    assert_int_equal(vaccel_blob_read(&blob), VACCEL_ENOENT);
    assert_int_equal(blob.type, VACCEL_BLOB_FILE);
    assert_int_equal(vaccel_blob_release(&blob), 0);
}

static void test_buffer_blob_copies_or_points(void **state)
{
    uint8_t mine[] = {1, 2, 3};
    struct vaccel_blob copied, pointing;

    (void)state;
    assert_int_equal(vaccel_blob_init_from_buf(&copied, mine, 3, true, "a", NULL, false), 0);
    assert_int_equal(vaccel_blob_init_from_buf(&pointing, mine, 3, false, "b", NULL, true), 0);
    mine[0] = 9;
    assert_ptr_equal(pointing.data, mine);
    assert_int_equal(copied.data[0], 1);
    assert_true(copied.data_owned && !pointing.data_owned);
    assert_int_equal(pointing.type, VACCEL_BLOB_BUFFER);
    assert_string_equal(pointing.name, "b");
    assert_null(vaccel_blob_path(&copied));
    assert_int_equal(vaccel_blob_read(&copied), VACCEL_EINVAL);
    assert_true(vaccel_blob_valid(&copied));
    assert_int_equal(vaccel_blob_release(&copied), 0);
    assert_int_equal(vaccel_blob_release(&pointing), 0);
    assert_released(&copied);
    assert_int_equal(mine[1], 2);
}

static void test_blob_with_a_directory_is_written_there(void **state)
{
    struct vaccel_blob blob;
    struct stat status;

    (void)state;
    assert_int_equal(
        vaccel_blob_init_from_buf(&blob, bytes, sizeof(bytes), false, "f.bin", scratch, false), 0);
    assert_int_equal(blob.type, VACCEL_BLOB_MAPPED);
    assert_string_equal(blob.name, "f.bin");
    assert_string_equal(blob.path, scratch_path("f.bin"));
    assert_true(blob.path_owned && blob.data_owned);
    assert_ptr_not_equal(blob.data, bytes);
    assert_int_equal(blob.size, sizeof(bytes));
    assert_memory_equal(blob.data, bytes, sizeof(bytes));
    assert_int_equal(stat(blob.path, &status), 0);
    assert_int_equal(status.st_size, sizeof(bytes));
    assert_int_equal(vaccel_blob_release(&blob), 0);
    assert_int_equal(scratch_count(), 0);
}

static void assert_random_name(const char *name, const char *start, const char *end)
{
    struct vaccel_blob blob;
    char directory[128];

    snprintf(directory, sizeof(directory), "%s/", scratch);
    assert_int_equal(vaccel_blob_init_from_buf(&blob, bytes, 1, true, name, directory, true), 0);
    assert_int_equal(strlen(blob.name), strlen(name) + 7);
    assert_memory_equal(blob.name, start, strlen(start));
    assert_string_equal(blob.name + strlen(start) + 6, end);
    assert_string_equal(blob.path, scratch_path(blob.name));
    assert_int_equal(vaccel_blob_release(&blob), 0);
}

static void test_random_part_goes_before_the_extension(void **state)
{
    (void)state;
    assert_random_name("cat.jpg", "cat_", ".jpg");
    assert_random_name("cat", "cat_", "");
    assert_random_name("a.tar.gz", "a.tar_", ".gz");
    assert_random_name(".profile", ".profile_", "");
    assert_random_name("dot.", "dot_", ".");
    assert_int_equal(scratch_count(), 0);
}

static void test_persist_replaces_the_data(void **state)
{
    struct vaccel_blob blob;

    (void)state;
    assert_int_equal(vaccel_blob_init_from_buf(&blob, bytes, 5, true, "old", NULL, false), 0);
    assert_int_equal(vaccel_blob_persist(&blob, scratch, "new", false), 0);
    assert_string_equal(blob.name, "new");
    assert_int_equal(blob.type, VACCEL_BLOB_MAPPED);
    assert_memory_equal(vaccel_blob_data(&blob, NULL), bytes, 5);
    assert_int_equal(vaccel_blob_persist(&blob, scratch, "again", false), VACCEL_EEXIST);
    assert_int_equal(scratch_count(), 1);
    assert_int_equal(vaccel_blob_release(&blob), 0);
    assert_int_equal(scratch_count(), 0);
}

static void assert_not_persisted(const char *directory, const char *name, int expected)
{
    struct vaccel_blob blob;

    assert_int_equal(vaccel_blob_init_from_buf(&blob, bytes, 5, false, "n", NULL, false), 0);
    assert_int_equal(vaccel_blob_persist(&blob, directory, name, false), expected);
    assert_int_equal(blob.type, VACCEL_BLOB_BUFFER);
    assert_ptr_equal(blob.data, bytes);
    assert_string_equal(blob.name, "n");
    assert_int_equal(vaccel_blob_release(&blob), 0);
}

static void test_names_must_stay_in_the_directory(void **state)
{
    static const char *const names[] = {"", ".", "..", "/", "a/b", "/etc/x", "../x", "x/"};

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct vaccel_blob blob;

        assert_not_persisted(scratch, names[i], VACCEL_EINVAL);
        assert_int_equal(vaccel_blob_init_from_buf(&blob, bytes, 5, true, names[i], scratch, true),
                         VACCEL_EINVAL);
    }
    assert_int_equal(scratch_count(), 0);
}

static void test_persist_needs_a_directory_and_a_free_name(void **state)
{
    char long_name[5000];

    (void)state;
    memset(long_name, 'x', sizeof(long_name) - 1);
    long_name[sizeof(long_name) - 1] = '\0';
    scratch_file("taken", "x");
    assert_not_persisted(scratch_path("none"), "f", VACCEL_ENOENT);
    assert_not_persisted(scratch_path("taken"), "f", VACCEL_ENOTDIR);
    assert_not_persisted(scratch, "taken", VACCEL_EEXIST);
    assert_not_persisted(scratch, long_name, VACCEL_ENAMETOOLONG);
    assert_not_persisted(scratch, long_name + 4600, VACCEL_ENAMETOOLONG);
    assert_not_persisted(long_name, "f", VACCEL_ENAMETOOLONG);
    assert_not_persisted("", "f", VACCEL_EINVAL);
    assert_int_equal(scratch_count(), 1);
}

static void test_failed_write_leaves_nothing(void **state)
{
    static uint8_t data[1000];
    struct rlimit old, limit;
    struct vaccel_blob blob;
    int error;

    (void)state;
    getrlimit(RLIMIT_FSIZE, &old);
    limit = old;
    limit.rlim_cur = 100;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
    error = vaccel_blob_init_from_buf(&blob, data, sizeof(data), true, "f", scratch, false);
    setrlimit(RLIMIT_FSIZE, &old);
    assert_int_equal(error, VACCEL_EIO);
    assert_int_equal(scratch_count(), 0);
}

static void test_allocated_forms(void **state)
{
    struct vaccel_blob *file, *buffer;

    (void)state;
    assert_int_equal(vaccel_blob_new(&file, scratch_file("f", "x")), 0);
    assert_int_equal(vaccel_blob_from_buf(&buffer, bytes, 5, true, "b", scratch, false), 0);
    assert_int_equal(scratch_count(), 2);
    assert_true(vaccel_blob_valid(file) && vaccel_blob_valid(buffer));
    assert_int_equal(vaccel_blob_delete(file), 0);
    assert_int_equal(vaccel_blob_delete(buffer), 0);
    assert_int_equal(scratch_count(), 1);
}

static void test_missing_arguments_are_refused(void **state)
{
    struct vaccel_blob blob;
    struct vaccel_blob *none = NULL;

    (void)state;
    assert_int_equal(vaccel_blob_init(NULL, "/etc/passwd"), VACCEL_EINVAL);
    assert_int_equal(vaccel_blob_init(&blob, NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_blob_init_from_buf(NULL, bytes, 1, 1, "n", NULL, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_blob_init_from_buf(&blob, NULL, 1, 1, "n", NULL, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_blob_init_from_buf(&blob, bytes, 0, 1, "n", NULL, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_blob_init_from_buf(&blob, bytes, 1, 1, NULL, NULL, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_blob_new(NULL, "/etc/passwd"), VACCEL_EINVAL);
    assert_int_equal(vaccel_blob_new(&none, NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_blob_from_buf(NULL, bytes, 1, 1, "n", NULL, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_blob_from_buf(&none, NULL, 1, 1, "n", NULL, 0), VACCEL_EINVAL);
    assert_null(none);
    assert_int_equal(vaccel_blob_delete(NULL), VACCEL_EINVAL);
    assert_released(NULL);
}

static void test_persist_needs_its_arguments(void **state)
{
    struct vaccel_blob blob;

    (void)state;
    assert_int_equal(vaccel_blob_init_from_buf(&blob, bytes, 5, false, "n", NULL, false), 0);
    assert_int_equal(vaccel_blob_persist(&blob, NULL, "f", false), VACCEL_EINVAL);
    assert_int_equal(vaccel_blob_persist(&blob, scratch, NULL, false), VACCEL_EINVAL);
    assert_int_equal(vaccel_blob_release(&blob), 0);
}

static void test_release_passes_over_a_file_that_is_gone(void **state)
{
    struct vaccel_blob blob;

    (void)state;
    assert_int_equal(vaccel_blob_init_from_buf(&blob, bytes, 5, true, "f", scratch, false), 0);
    unlink(blob.path);
    assert_int_equal(vaccel_blob_release(&blob), 0);
}

static void test_valid_looks_at_what_the_type_demands(void **state)
{
    struct vaccel_blob blob = {.type = VACCEL_BLOB_FILE, .name = (char *)"n"};

    (void)state;
    assert_false(vaccel_blob_valid(&blob));
    blob.path = (char *)"p";
    assert_true(vaccel_blob_valid(&blob));
    blob.type = VACCEL_BLOB_MAPPED;
    assert_false(vaccel_blob_valid(&blob));
    blob.type = (vaccel_blob_type_t)-1;
    assert_false(vaccel_blob_valid(&blob));
}

#define test(function) cmocka_unit_test_setup_teardown(function, scratch_make, scratch_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(test_several_threads_read_a_blob_once),
        test(test_file_blob_names_its_file_and_leaves_it),
        test(test_file_blob_may_be_a_link),
        test(test_file_blob_needs_a_regular_file),
        test(test_data_are_mapped_on_demand),
        test(test_reading_what_cannot_be_mapped),
        test(test_buffer_blob_copies_or_points),
        test(test_blob_with_a_directory_is_written_there),
        test(test_random_part_goes_before_the_extension),
        test(test_persist_replaces_the_data),
        test(test_names_must_stay_in_the_directory),
        test(test_persist_needs_a_directory_and_a_free_name),
        test(test_failed_write_leaves_nothing),
        test(test_allocated_forms),
        test(test_missing_arguments_are_refused),
        test(test_persist_needs_its_arguments),
        test(test_release_passes_over_a_file_that_is_gone),
        test(test_valid_looks_at_what_the_type_demands),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
