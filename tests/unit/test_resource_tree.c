/* SPDX-License-Identifier: Apache-2.0 */
/* A directory as a resource keeps its tree. */
#include "scratch.h"
#include "with_plugins.h"

#include <setjmp.h>

#include <cmocka.h>

static struct vaccel_session sess;

static int begin(void **state)
{
    return scratch_make(state) || library_begin("noop") || vaccel_session_init(&sess, 0);
}

static int end(void **state)
{
    return vaccel_session_release(&sess) || vaccel_cleanup() || scratch_remove(state);
}

static void make_saved_model(void)
{
    scratch_directory("model");
    scratch_directory("model/variables");
    scratch_directory("model/assets");
    scratch_directory("model/assets/deep");
    scratch_file("model/saved_model.pb", "graph");
    scratch_file("model/variables/variables.index", "index");
    scratch_file("model/variables/variables.data-0", "data");
    scratch_file("model/assets/deep/words.txt", "words");
}

static void test_files_keep_their_places_in_order(void **state)
{
    static const char *const names[] = {"assets/deep/words.txt", "saved_model.pb",
                                        "variables/variables.data-0", "variables/variables.index"};
    struct vaccel_resource res;
    char path[512];

    (void)state;
    make_saved_model();
    assert_int_equal(vaccel_resource_init(&res, scratch_path("model"), VACCEL_RESOURCE_MODEL), 0);
    assert_int_equal(res.path_type, VACCEL_PATH_LOCAL_DIR);
    assert_int_equal(vaccel_resource_register(&res, &sess), 0);
    assert_int_equal(res.nr_blobs, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(res.blobs[i]->name, names[i]);
        snprintf(path, sizeof(path), "%s/%s", scratch_path("model"), names[i]);
        assert_string_equal(vaccel_blob_path(res.blobs[i]), path);
        assert_int_equal(res.blobs[i]->type, VACCEL_BLOB_FILE);
    }
    assert_int_equal(vaccel_resource_release(&res), 0);
    assert_int_equal(scratch_count(), 8);
}

static void test_links_do_not_count(void **state)
{
    struct vaccel_resource res;

    (void)state;
    scratch_directory("model");
    scratch_file("model/f", "x");
    assert_int_equal(symlink("/etc/passwd", scratch_path("model/link")), 0);
    assert_int_equal(symlink("..", scratch_path("model/up")), 0);
    assert_int_equal(vaccel_resource_init(&res, scratch_path("model"), VACCEL_RESOURCE_MODEL), 0);
    assert_int_equal(vaccel_resource_register(&res, &sess), 0);
    assert_int_equal(res.nr_blobs, 1);
    assert_string_equal(res.blobs[0]->name, "f");
    assert_int_equal(vaccel_resource_release(&res), 0);
}

static void test_a_directory_without_files_is_refused(void **state)
{
    struct vaccel_resource res;

    (void)state;
    scratch_directory("empty");
    scratch_directory("empty/inner");
    assert_int_equal(vaccel_resource_init(&res, scratch_path("empty"), VACCEL_RESOURCE_MODEL), 0);
    assert_int_equal(vaccel_resource_register(&res, &sess), VACCEL_EINVAL);
    assert_false(vaccel_session_has_resource(&sess, &res));
    scratch_file("empty/inner/f", "late");
    assert_int_equal(vaccel_resource_register(&res, &sess), 0);
    assert_string_equal(res.blobs[0]->name, "inner/f");
    assert_int_equal(vaccel_resource_release(&res), 0);
}

static void test_what_went_away_is_told(void **state)
{
    struct vaccel_resource res, file;

    (void)state;
    scratch_directory("gone");
    assert_int_equal(vaccel_resource_init(&res, scratch_path("gone"), VACCEL_RESOURCE_MODEL), 0);
    assert_int_equal(vaccel_resource_init(&file, scratch_file("f", "x"), VACCEL_RESOURCE_DATA), 0);
    rmdir(scratch_path("gone"));
    unlink(scratch_path("f"));
    assert_int_equal(vaccel_resource_register(&res, &sess), VACCEL_ENOENT);
    assert_int_equal(vaccel_resource_register(&file, &sess), VACCEL_ENOENT);
    assert_int_equal(vaccel_resource_refcount(&res), 0);
    assert_int_equal(vaccel_resource_release(&res), 0);
    assert_int_equal(vaccel_resource_release(&file), 0);
}

static void test_where_the_directory_is(void **state)
{
    struct vaccel_resource res, file;
    const char *path;
    char room[512];
    char *copy;

    (void)state;
    path = scratch_directory("model");
    scratch_file("model/f", "x");
    assert_int_equal(vaccel_resource_init(&res, path, VACCEL_RESOURCE_MODEL), 0);
    assert_int_equal(vaccel_resource_directory(&res, room, sizeof(room), &copy), 0);
    assert_string_equal(room, path);
    assert_string_equal(copy, path);
    free(copy);
    assert_int_equal(vaccel_resource_directory(&res, room, strlen(path), NULL), VACCEL_ERANGE);
    assert_int_equal(vaccel_resource_directory(&res, room, strlen(path) + 1, NULL), 0);
    assert_int_equal(vaccel_resource_directory(&res, NULL, 0, NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_resource_directory(&res, room, 0, NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_resource_directory(NULL, room, 9, NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_resource_release(&res), 0);
    assert_int_equal(vaccel_resource_directory(&res, room, sizeof(room), NULL), VACCEL_ESESS);
    assert_int_equal(vaccel_resource_init(&file, scratch_path("model/f"), 0), 0);
    assert_int_equal(vaccel_resource_directory(&file, room, sizeof(room), NULL), VACCEL_ENOTSUP);
    assert_int_equal(vaccel_resource_release(&file), 0);
}

#define test(function) cmocka_unit_test_setup_teardown(function, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(test_files_keep_their_places_in_order),
        test(test_links_do_not_count),
        test(test_a_directory_without_files_is_refused),
        test(test_what_went_away_is_told),
        test(test_where_the_directory_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
