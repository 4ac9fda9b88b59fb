/* SPDX-License-Identifier: Apache-2.0 */
/* Files of Unikraft's virtual file system, to read. */
#include "machine.h"
#include "platform/platform.h"
#include "vaccel.h"

#include "../unit/scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { SIZE = 1000 };

static unsigned char contents[SIZE];
static const char *path;
static void *data;
static size_t size;

static void make(const char *name, const void *bytes, size_t count)
{
    FILE *file = fopen(name, "w");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, count, file), count);
    assert_int_equal(fclose(file), 0);
}

static int begin(void **state)
{
    size_t i;

    if (scratch_make(state))
        return -1;
    for (i = 0; i < SIZE; i++)
        contents[i] = (unsigned char)(i * 7);
    path = scratch_path("file");
    make(path, contents, SIZE);
    data = NULL;
    size = 0;
    files_fail_at(0);
    files_read_at_most(SIZE_MAX);
    return 0;
}

static enum platform_file_type type_of(const char *name)
{
    enum platform_file_type type;

    assert_int_equal(platform_file_type(name, &type), VACCEL_OK);
    return type;
}

static void test_types(void **state)
{
    enum platform_file_type type;

    (void)state;
    assert_int_equal(type_of(path), PLATFORM_FILE);
    assert_int_equal(type_of("/"), PLATFORM_DIRECTORY);
    assert_int_equal(type_of("/dev/null"), PLATFORM_OTHER);
    assert_int_equal(platform_file_type("/none", &type), VACCEL_ENOENT);
    files_fail_at(1);
    assert_int_equal(platform_file_type(path, &type), VACCEL_EIO);
}

static void test_empty(void **state)
{
    (void)state;
    assert_false(platform_file_is_empty(path));
    assert_false(platform_file_is_empty("/"));
    assert_false(platform_file_is_empty("/dev/null"));
    assert_false(platform_file_is_empty("/none"));
    make(scratch_path("empty"), "", 0);
    assert_true(platform_file_is_empty(scratch_path("empty")));
    assert_int_equal(platform_file_map(scratch_path("empty"), &data, &size), VACCEL_EINVAL);
    files_fail_at(1);
    assert_false(platform_file_is_empty(scratch_path("empty")));
}

static void assert_contents(void)
{
    size_t blocks = heap_blocks();

    assert_int_equal(platform_file_map(path, &data, &size), VACCEL_OK);
    assert_int_equal(size, SIZE);
    assert_memory_equal(data, contents, SIZE);
    platform_file_unmap(data, size);
    assert_int_equal(heap_blocks(), blocks);
    assert_int_equal(files_open(), 0);
}

static void test_contents(void **state)
{
    (void)state;
    assert_contents();
    files_read_at_most(1);
    assert_contents();
    files_read_at_most(SIZE - 1);
    assert_contents();
}

static void assert_no_map(const char *name, int error)
{
    size_t blocks = heap_blocks();

    assert_int_equal(platform_file_map(name, &data, &size), error);
    assert_int_equal(heap_blocks(), blocks);
    assert_int_equal(files_open(), 0);
}

static void test_what_has_no_contents(void **state)
{
    (void)state;
    assert_no_map("/none", VACCEL_ENOENT);
    assert_no_map("/", VACCEL_EINVAL);
    assert_no_map("/dev/null", VACCEL_EINVAL);
}

/* open, fstat, and two times read. */
static void test_each_call_fails(void **state)
{
    enum { CALLS = 4 };
    unsigned int which;

    (void)state;
    files_read_at_most(SIZE / 2);
    for (which = 1; which <= CALLS; which++) {
        files_fail_at(which);
        assert_no_map(path, VACCEL_EIO);
    }
    files_fail_at(CALLS + 1);
    assert_contents();
}

/* It is shorter than it was said to be. */
static void test_the_end_comes_early(void **state)
{
    (void)state;
    files_read_at_most(0);
    assert_no_map(path, VACCEL_EIO);
}

static void test_more_than_there_is_memory_for(void **state)
{
    (void)state;
    heap_fail_at(1);
    assert_no_map(path, VACCEL_ENOMEM);
    assert_contents();
    assert_int_equal(truncate(path, (off_t)1 << 40), 0);
    assert_no_map(path, VACCEL_ENOMEM);
}

/* As the library uses them: a model, and what is none. */
static void test_resources(void **state)
{
    struct vaccel_resource resource;

    (void)state;
    assert_int_equal(vaccel_resource_init(&resource, path, VACCEL_RESOURCE_DATA), VACCEL_OK);
    assert_int_equal(vaccel_resource_release(&resource), VACCEL_OK);
    assert_int_not_equal(vaccel_resource_init(&resource, "/none", VACCEL_RESOURCE_DATA), VACCEL_OK);
    assert_int_equal(files_open(), 0);
}

static int visit(const char *relative, void *context)
{
    (void)relative;
    (void)context;
    fail();
    return 0;
}

static void test_nothing_is_written(void **state)
{
    char base[100];
    struct stat status;

    (void)state;
    assert_int_equal(platform_file_create(scratch_path("new"), contents, SIZE), VACCEL_ENOTSUP);
    assert_int_equal(platform_directory_make(scratch_path("new"), true), VACCEL_ENOTSUP);
    assert_int_not_equal(stat(scratch_path("new"), &status), 0);
    assert_int_equal(platform_file_remove(path), VACCEL_ENOTSUP);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(platform_directory_remove(scratch_path("")), VACCEL_ENOTSUP);
    assert_int_equal(platform_directory_walk(scratch_path(""), visit, NULL), VACCEL_ENOTSUP);
    assert_int_equal(platform_run_base(base, sizeof(base)), VACCEL_ENOTSUP);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, begin, scratch_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(test_types),
        WITH(test_empty),
        WITH(test_contents),
        WITH(test_what_has_no_contents),
        WITH(test_each_call_fails),
        WITH(test_the_end_comes_early),
        WITH(test_more_than_there_is_memory_for),
        WITH(test_resources),
        WITH(test_nothing_is_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
