/* SPDX-License-Identifier: Apache-2.0 */
/* The four ways to make a resource, how it is found, and its end. */
#include "scratch.h"
#include "with_plugins.h"

#include <setjmp.h>

#include <cmocka.h>

enum { MANY = 3000, BIG = 64 << 20 };

static char bytes[] = "the bytes";

static int begin(void **state)
{
    return scratch_make(state) || library_begin("noop");
}

static int end(void **state)
{
    return vaccel_cleanup() || scratch_remove(state);
}

static const char *url(const char *scheme, const char *path)
{
    static char text[512];

    snprintf(text, sizeof(text), "%s%s", scheme, path);
    return text;
}

static void test_from_a_path(void **state)
{
    const char *path = scratch_file("model.pt", "contents");
    struct vaccel_resource res;

    (void)state;
    assert_int_equal(vaccel_resource_init(&res, path, VACCEL_RESOURCE_MODEL), 0);
    assert_int_equal(res.id, 1);
    assert_int_equal(res.type, VACCEL_RESOURCE_MODEL);
    assert_int_equal(res.path_type, VACCEL_PATH_LOCAL_FILE);
    assert_int_equal(res.nr_paths, 1);
    assert_string_equal(res.paths[0], path);
    assert_int_equal(res.nr_blobs, 0);
    assert_null(res.rundir);
    assert_int_equal(vaccel_resource_refcount(&res), 0);
    assert_int_equal(vaccel_resource_release(&res), 0);
    assert_int_equal(res.id, 0);
    assert_null(res.paths);
    assert_int_equal(scratch_count(), 1);
}

static void test_schemes(void **state)
{
    const char *path = scratch_file("f", "x");
    struct vaccel_resource res;

    (void)state;
    assert_int_equal(vaccel_resource_init(&res, url("file://", path), VACCEL_RESOURCE_DATA), 0);
    assert_string_equal(res.paths[0], path);
    assert_int_equal(vaccel_resource_release(&res), 0);
    assert_int_equal(vaccel_resource_init(&res, "https://host/f", VACCEL_RESOURCE_DATA), 0);
    assert_int_equal(res.path_type, VACCEL_PATH_REMOTE_FILE);
    assert_string_equal(res.paths[0], "https://host/f");
    assert_int_equal(vaccel_resource_release(&res), 0);
    assert_int_equal(vaccel_resource_init(&res, "gopher://host/f", VACCEL_RESOURCE_DATA),
                     VACCEL_EINVAL);
    assert_int_equal(vaccel_resource_init(&res, "file://", VACCEL_RESOURCE_DATA), VACCEL_EINVAL);
}

static void test_paths_that_cannot_be(void **state)
{
    struct vaccel_resource res;

    (void)state;
    assert_int_equal(vaccel_resource_init(&res, scratch_path("none"), VACCEL_RESOURCE_DATA),
                     VACCEL_ENOENT);
    assert_int_equal(res.id, 0);
    assert_int_equal(vaccel_resource_init(&res, "/dev/null", VACCEL_RESOURCE_DATA), VACCEL_EINVAL);
    assert_int_equal(vaccel_resource_init(&res, "", VACCEL_RESOURCE_DATA), VACCEL_EINVAL);
    assert_int_equal(vaccel_resource_init(&res, NULL, VACCEL_RESOURCE_DATA), VACCEL_EINVAL);
    assert_int_equal(vaccel_resource_init(NULL, "/etc", VACCEL_RESOURCE_DATA), VACCEL_EINVAL);
    assert_int_equal(vaccel_resource_init(&res, "/etc", VACCEL_RESOURCE_MAX), VACCEL_EINVAL);
    assert_int_equal(vaccel_resource_init(&res, "/etc", (vaccel_resource_type_t)-1), VACCEL_EINVAL);
}

static void test_several_paths(void **state)
{
    const char *paths[] = {scratch_file("b", "1"), scratch_file("a", "2"), NULL};
    struct vaccel_resource res;

    (void)state;
    assert_int_equal(vaccel_resource_init_multi(&res, paths, 2, VACCEL_RESOURCE_LIB), 0);
    assert_int_equal(res.nr_paths, 2);
    assert_string_equal(res.paths[0], paths[0]);
    assert_int_equal(vaccel_resource_release(&res), 0);
    assert_int_equal(vaccel_resource_init_multi(&res, paths, 3, VACCEL_RESOURCE_LIB),
                     VACCEL_EINVAL);
    paths[1] = "http://host/f";
    assert_int_equal(vaccel_resource_init_multi(&res, paths, 2, VACCEL_RESOURCE_LIB),
                     VACCEL_EINVAL);
    paths[1] = scratch;
    assert_int_equal(vaccel_resource_init_multi(&res, paths, 2, VACCEL_RESOURCE_LIB),
                     VACCEL_ENOTSUP);
    assert_int_equal(vaccel_resource_init_multi(&res, paths, 0, VACCEL_RESOURCE_LIB),
                     VACCEL_EINVAL);
    assert_int_equal(vaccel_resource_init_multi(&res, NULL, 2, VACCEL_RESOURCE_LIB), VACCEL_EINVAL);
    assert_int_equal(vaccel_resource_init_multi(&res, paths, SIZE_MAX, VACCEL_RESOURCE_LIB),
                     VACCEL_ENOMEM);
}

static void test_from_memory_that_stays_where_it_is(void **state)
{
    static char big[BIG];
    struct vaccel_resource res;

    (void)state;
    assert_int_equal(
        vaccel_resource_init_from_buf(&res, big, sizeof(big), VACCEL_RESOURCE_DATA, NULL, true), 0);
    assert_int_equal(res.nr_blobs, 1);
    assert_ptr_equal(res.blobs[0]->data, big);
    assert_int_equal(res.blobs[0]->size, sizeof(big));
    assert_int_equal(res.blobs[0]->type, VACCEL_BLOB_BUFFER);
    assert_false(res.blobs[0]->data_owned);
    assert_null(res.rundir);
    assert_int_equal(vaccel_resource_release(&res), 0);
}

static void test_from_memory_into_a_file(void **state)
{
    struct vaccel_resource res;
    struct stat status;
    char path[4200];

    (void)state;
    assert_int_equal(vaccel_resource_init_from_buf(&res, bytes, sizeof(bytes), VACCEL_RESOURCE_LIB,
                                                   "lib.so", false),
                     0);
    assert_string_equal(res.blobs[0]->name, "lib.so");
    assert_int_equal(res.blobs[0]->type, VACCEL_BLOB_MAPPED);
    assert_memory_equal(res.blobs[0]->data, bytes, sizeof(bytes));
    snprintf(path, sizeof(path), "%s/lib.so", res.rundir);
    assert_string_equal(vaccel_blob_path(res.blobs[0]), path);
    assert_int_equal(stat(path, &status), 0);
    snprintf(path, sizeof(path), "%s", res.rundir);
    assert_int_equal(vaccel_resource_release(&res), 0);
    assert_null(res.rundir);
    assert_int_not_equal(stat(path, &status), 0);
}

static void test_names_of_files_stay_in_the_directory(void **state)
{
    static const char *const names[] = {"../x", "a/b", "/x", "..", ".", ""};
    struct vaccel_resource res;

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        assert_int_equal(
            vaccel_resource_init_from_buf(&res, bytes, 1, VACCEL_RESOURCE_DATA, names[i], false),
            VACCEL_EINVAL);
    assert_int_equal(
        vaccel_resource_init_from_buf(&res, bytes, 1, VACCEL_RESOURCE_DATA, NULL, false), 0);
    assert_true(strlen(res.blobs[0]->name) > 4);
    assert_int_equal(vaccel_resource_release(&res), 0);
}

static void test_memory_that_cannot_be(void **state)
{
    struct vaccel_resource res;

    (void)state;
    assert_int_equal(vaccel_resource_init_from_buf(NULL, bytes, 1, 0, NULL, true), VACCEL_EINVAL);
    assert_int_equal(vaccel_resource_init_from_buf(&res, NULL, 1, 0, NULL, true), VACCEL_EINVAL);
    assert_int_equal(vaccel_resource_init_from_buf(&res, bytes, 0, 0, NULL, true), VACCEL_EINVAL);
    assert_int_equal(vaccel_resource_init_from_buf(&res, bytes, 1, VACCEL_RESOURCE_MAX, NULL, true),
                     VACCEL_EINVAL);
}

static void test_from_blobs(void **state)
{
    struct vaccel_blob file, owned, borrowed, mapped;
    const struct vaccel_blob *blobs[] = {&file, &owned, &borrowed, &mapped};
    struct vaccel_resource res;

    (void)state;
    assert_int_equal(vaccel_blob_init(&file, scratch_file("f", "x")), 0);
    assert_int_equal(vaccel_blob_init_from_buf(&owned, (uint8_t *)bytes, 4, true, "o", NULL, false),
                     0);
    assert_int_equal(
        vaccel_blob_init_from_buf(&borrowed, (uint8_t *)bytes, 4, false, "b", NULL, false), 0);
    assert_int_equal(
        vaccel_blob_init_from_buf(&mapped, (uint8_t *)bytes, 4, true, "m", scratch, false), 0);
    assert_int_equal(vaccel_resource_init_from_blobs(&res, blobs, 4, VACCEL_RESOURCE_DATA), 0);
    assert_string_equal(res.blobs[0]->path, file.path);
    assert_ptr_not_equal(res.blobs[1]->data, owned.data);
    assert_ptr_equal(res.blobs[2]->data, bytes);
    assert_string_not_equal(res.blobs[3]->path, mapped.path);
    for (int i = 0; i < 4; i++)
        assert_int_equal(vaccel_blob_release((struct vaccel_blob *)blobs[i]), 0);
    assert_memory_equal(res.blobs[1]->data, bytes, 4);
    assert_memory_equal(res.blobs[3]->data, bytes, 4);
    assert_int_equal(vaccel_resource_release(&res), 0);
    assert_int_equal(scratch_count(), 1);
}

static void test_blobs_that_cannot_be(void **state)
{
    struct vaccel_blob released = {.type = VACCEL_BLOB_MAX};
    const struct vaccel_blob *blobs[] = {NULL, &released};
    struct vaccel_resource res;

    (void)state;
    assert_int_equal(vaccel_resource_init_from_blobs(&res, blobs, 1, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_resource_init_from_blobs(&res, blobs + 1, 1, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_resource_init_from_blobs(&res, blobs, 0, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_resource_init_from_blobs(&res, NULL, 1, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_resource_init_from_blobs(NULL, blobs, 1, 0), VACCEL_EINVAL);
}

static void test_found_by_id_and_type(void **state)
{
    struct vaccel_resource a, b, c, *found, **all;
    size_t count;

    (void)state;
    assert_int_equal(vaccel_resource_init_from_buf(&a, bytes, 1, VACCEL_RESOURCE_LIB, NULL, 1), 0);
    assert_int_equal(vaccel_resource_init_from_buf(&b, bytes, 1, VACCEL_RESOURCE_DATA, NULL, 1), 0);
    assert_int_equal(vaccel_resource_release(&a), 0);
    assert_int_equal(vaccel_resource_init_from_buf(&c, bytes, 1, VACCEL_RESOURCE_DATA, NULL, 1), 0);
    assert_int_equal(c.id, 1);
    assert_int_equal(vaccel_resource_get_by_id(&found, c.id), 0);
    assert_ptr_equal(found, &c);
    assert_int_equal(vaccel_resource_get_by_type(&found, VACCEL_RESOURCE_DATA), 0);
    assert_ptr_equal(found, &b);
    assert_int_equal(vaccel_resource_get_all_by_type(&all, &count, VACCEL_RESOURCE_DATA), 0);
    assert_int_equal(count, 2);
    assert_ptr_equal(all[0], &b);
    assert_ptr_equal(all[1], &c);
    free(all);
    assert_int_equal(vaccel_resource_get_by_type(&found, VACCEL_RESOURCE_LIB), VACCEL_ENOENT);
    assert_int_equal(vaccel_resource_get_all_by_type(&all, &count, VACCEL_RESOURCE_LIB),
                     VACCEL_ENOENT);
    assert_int_equal(count, 0);
    assert_int_equal(vaccel_resource_get_by_id(&found, 3), VACCEL_ENOENT);
    assert_int_equal(vaccel_resource_release(&b) | vaccel_resource_release(&c), 0);
}

static void test_a_plugins_own_is_not_found(void **state)
{
    struct vaccel_resource own, other, *found, **all;
    size_t count;

    (void)state;
    assert_int_equal(vaccel_resource_init_from_buf(&own, bytes, 1, VACCEL_RESOURCE_DATA, NULL, 1),
                     0);
    assert_int_equal(vaccel_plugin_own_resource(&own), 0);
    assert_int_equal(vaccel_resource_get_by_id(&found, own.id), VACCEL_ENOENT);
    assert_int_equal(vaccel_resource_get_by_type(&found, VACCEL_RESOURCE_DATA), VACCEL_ENOENT);
    assert_int_equal(vaccel_resource_init_from_buf(&other, bytes, 1, VACCEL_RESOURCE_DATA, NULL, 1),
                     0);
    assert_int_equal(vaccel_resource_get_by_type(&found, VACCEL_RESOURCE_DATA), 0);
    assert_ptr_equal(found, &other);
    assert_int_equal(vaccel_resource_get_all_by_type(&all, &count, VACCEL_RESOURCE_DATA), 0);
    assert_int_equal(count, 1);
    free(all);
    assert_int_equal(vaccel_resource_release(&own) | vaccel_resource_release(&other), 0);
    assert_int_equal(vaccel_plugin_own_resource(&own), VACCEL_ESESS);
    assert_int_equal(vaccel_plugin_own_resource(NULL), VACCEL_EINVAL);
}

static void test_thousands_live_at_once(void **state)
{
    static struct vaccel_resource *many[MANY];

    (void)state;
    for (int i = 0; i < MANY; i++)
        assert_int_equal(
            vaccel_resource_from_buf(&many[i], bytes, 1, VACCEL_RESOURCE_DATA, NULL, true), 0);
    assert_int_equal(many[MANY - 1]->id, MANY);
    for (int i = 0; i < MANY; i++)
        assert_int_equal(vaccel_resource_delete(many[i]), 0);
}

static void test_allocated_forms(void **state)
{
    const char *path = scratch_file("f", "x");
    struct vaccel_resource *res = NULL;
    struct vaccel_blob blob;
    const struct vaccel_blob *blobs[] = {&blob};

    (void)state;
    assert_int_equal(vaccel_resource_new(&res, path, VACCEL_RESOURCE_DATA), 0);
    assert_int_equal(vaccel_resource_delete(res), 0);
    assert_int_equal(vaccel_resource_multi_new(&res, &path, 1, VACCEL_RESOURCE_DATA), 0);
    assert_int_equal(vaccel_resource_delete(res), 0);
    assert_int_equal(vaccel_blob_init(&blob, path), 0);
    assert_int_equal(vaccel_resource_from_blobs(&res, blobs, 1, VACCEL_RESOURCE_DATA), 0);
    assert_int_equal(vaccel_resource_delete(res), 0);
    assert_int_equal(vaccel_blob_release(&blob), 0);
    res = NULL;
    assert_int_equal(vaccel_resource_new(&res, "", VACCEL_RESOURCE_DATA), VACCEL_EINVAL);
    assert_int_equal(vaccel_resource_from_buf(&res, NULL, 1, 0, NULL, true), VACCEL_EINVAL);
    assert_null(res);
}

static void test_a_run_directory_that_cannot_be_made(void **state)
{
    struct vaccel_resource res, *found;
    char old[4096] = "";

    (void)state;
    if (getenv("XDG_RUNTIME_DIR"))
        snprintf(old, sizeof(old), "%s", getenv("XDG_RUNTIME_DIR"));
    setenv("XDG_RUNTIME_DIR", scratch_file("file", ""), 1);
    assert_int_equal(library_begin("noop"), 0);
    assert_int_equal(
        vaccel_resource_init_from_buf(&res, bytes, 1, VACCEL_RESOURCE_DATA, NULL, false),
        VACCEL_ENOTDIR);
    assert_null(vaccel_rundir());
    assert_int_equal(vaccel_resource_get_by_id(&found, 1), VACCEL_ENOENT);
    if (old[0])
        setenv("XDG_RUNTIME_DIR", old, 1);
    else
        unsetenv("XDG_RUNTIME_DIR");
}

#define test(function) cmocka_unit_test_setup_teardown(function, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(test_from_a_path),
        test(test_schemes),
        test(test_paths_that_cannot_be),
        test(test_several_paths),
        test(test_from_memory_that_stays_where_it_is),
        test(test_from_memory_into_a_file),
        test(test_names_of_files_stay_in_the_directory),
        test(test_memory_that_cannot_be),
        test(test_from_blobs),
        test(test_blobs_that_cannot_be),
        test(test_found_by_id_and_type),
        test(test_a_plugins_own_is_not_found),
        test(test_thousands_live_at_once),
        test(test_allocated_forms),
        test(test_a_run_directory_that_cannot_be_made),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
