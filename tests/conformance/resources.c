/* SPDX-License-Identifier: Apache-2.0 */
/* A plugin finds a resource of a remote session as it finds one of a local session. */
#include "kit.h"
#include "scratch.h"

enum { LIST_SIZE = 16 * 1024, LARGE = (3 << 20) + 1 };

static int begin(void **state)
{
    return scratch_make(state) || kit_begin(state);
}

static int end(void **state)
{
    return kit_end(state) || scratch_remove(state);
}

/* What plugin mirror says of the session's first resource of that type. */
static int list(struct vaccel_session *sess, int32_t type, char text[LIST_SIZE])
{
    struct vaccel_arg read = ARG(INT32, &type, sizeof(type));
    struct vaccel_arg write = ARG(CHAR_ARRAY, text, LIST_SIZE);

    memset(text, 0, LIST_SIZE);
    return vaccel_call(sess, "mirror.list", &read, 1, &write, 1);
}

void compare_resource(struct vaccel_resource *res)
{
    static char direct[LIST_SIZE], forwarded[LIST_SIZE];
    int32_t type = (int32_t)res->type;

    assert_int_equal(vaccel_resource_register(res, &local), 0);
    assert_int_equal(vaccel_resource_register(res, &remote), 0);
    assert_int_equal(list(&local, type, direct), 0);
    assert_int_equal(list(&remote, type, forwarded), 0);
    assert_true(strlen(direct) > 0);
    assert_string_equal(forwarded, direct);
    assert_int_equal(vaccel_resource_release(res), 0);
    assert_int_equal(list(&remote, type, forwarded), VACCEL_ENOENT);
}

static const char *file_of(const char *name, size_t size)
{
    char *bytes = malloc(size + 1);
    const char *path;

    if (!bytes)
        abort();
    fill(bytes, size, (unsigned int)size);
    path = scratch_bytes(name, bytes, size);
    free(bytes);
    return path;
}

static void test_a_file(void **state)
{
    static struct vaccel_resource res;

    (void)state;
    for (int type = 0; type < VACCEL_RESOURCE_MAX; type++) {
        assert_int_equal(vaccel_resource_init(&res, file_of("file.so", 5000), type), 0);
        compare_resource(&res);
    }
}

/* In several pieces, the last of which is one byte. */
static void test_a_large_file(void **state)
{
    static struct vaccel_resource res;

    (void)state;
    assert_int_equal(vaccel_resource_init(&res, file_of("large", LARGE), VACCEL_RESOURCE_DATA), 0);
    compare_resource(&res);
}

static void test_several_files(void **state)
{
    const char *paths[] = {file_of("one", 1), file_of("a file.txt", 4096), file_of("größe", 77),
                           file_of("..dots", 8), file_of("-", 9)};
    static struct vaccel_resource res;

    (void)state;
    assert_int_equal(vaccel_resource_init_multi(&res, paths, 5, VACCEL_RESOURCE_LIB), 0);
    compare_resource(&res);
}

/* Two directories have files of these names. */
static void test_several_files_of_one_name(void **state)
{
    static struct vaccel_resource res;
    const char *paths[4];

    (void)state;
    scratch_directory("this");
    scratch_directory("that");
    paths[0] = file_of("this/weights.bin", 100);
    paths[1] = file_of("this/3", 300);
    paths[2] = file_of("that/weights.bin", 200);
    paths[3] = file_of("that/3", 400);
    assert_int_equal(vaccel_resource_init_multi(&res, paths, 4, VACCEL_RESOURCE_MODEL), 0);
    compare_resource(&res);
}

static void make_tree(void)
{
    char longest[256];

    scratch_directory("tree");
    scratch_directory("tree/variables");
    scratch_directory("tree/assets");
    scratch_directory("tree/assets/two words");
    scratch_directory("tree/assets/two words/größe");
    file_of("tree/saved_model.pb", 100);
    file_of("tree/variables/variables.index", 4097);
    file_of("tree/variables/variables.data-00000-of-00001", LARGE);
    file_of("tree/assets/two words/größe/漢字.txt", 12);
    file_of("tree/assets/..a", 3);
    file_of("tree/assets/b..", 4);
    file_of("tree/assets.txt", 5);
    memset(longest, 'n', sizeof(longest));
    strcpy(longest, "tree/");
    longest[5] = 'n';
    longest[205] = '\0';
    file_of(longest, 6);
}

static void compare_tree(void)
{
    static struct vaccel_resource res;

    assert_int_equal(vaccel_resource_init(&res, scratch_path("tree"), VACCEL_RESOURCE_MODEL), 0);
    compare_resource(&res);
}

static void test_a_directory(void **state)
{
    (void)state;
    make_tree();
    compare_tree();
}

static void test_an_empty_file_in_a_directory(void **state)
{
    (void)state;
    make_tree();
    file_of("tree/assets/empty", 0);
    compare_tree();
}

static void test_a_directory_of_many_files(void **state)
{
    char name[64];

    (void)state;
    scratch_directory("tree");
    for (int i = 0; i < 200; i++) {
        snprintf(name, sizeof(name), "tree/%d", i);
        file_of(name, (size_t)i + 1);
    }
    compare_tree();
}

static void test_memory(void **state)
{
    static char bytes[LARGE];
    static struct vaccel_resource res;

    (void)state;
    fill(bytes, sizeof(bytes), 5);
    assert_int_equal(
        vaccel_resource_init_from_buf(&res, bytes, LARGE, VACCEL_RESOURCE_DATA, "name", true), 0);
    compare_resource(&res);
    assert_int_equal(
        vaccel_resource_init_from_buf(&res, bytes, 1, VACCEL_RESOURCE_DATA, NULL, true), 0);
    compare_resource(&res);
}

static void compare_blobs(struct vaccel_blob **blobs, size_t count)
{
    static struct vaccel_resource res;

    assert_int_equal(vaccel_resource_init_from_blobs(&res, (const struct vaccel_blob **)blobs,
                                                     count, VACCEL_RESOURCE_MODEL),
                     0);
    compare_resource(&res);
}

static void digest(struct vaccel_session *sess, struct vaccel_resource *res, char digest[32])
{
    struct vaccel_arg write = ARG(BUFFER, digest, 32);

    assert_int_equal(vaccel_resource_register(res, sess), 0);
    assert_int_equal(vaccel_exec_with_resource(sess, res, "s", NULL, 0, &write, 1), 0);
}

/* Memory beside files may become a file, of the same name and contents. */
static void compare_mixture(struct vaccel_blob **blobs, size_t count)
{
    static struct vaccel_resource res;
    char direct[32] = "", forwarded[32] = "";

    assert_int_equal(vaccel_resource_init_from_blobs(&res, (const struct vaccel_blob **)blobs,
                                                     count, VACCEL_RESOURCE_LIB),
                     0);
    digest(&local, &res, direct);
    digest(&remote, &res, forwarded);
    assert_memory_equal(direct, forwarded, sizeof(direct));
    assert_int_equal(vaccel_resource_release(&res), 0);
}

static void test_blobs(void **state)
{
    static const uint8_t bytes[] = "some bytes";
    struct vaccel_blob *blobs[3];

    (void)state;
    assert_int_equal(vaccel_blob_from_buf(&blobs[0], bytes, 10, true, "own", NULL, false), 0);
    assert_int_equal(vaccel_blob_from_buf(&blobs[1], bytes, 5, false, "borrowed", NULL, false), 0);
    compare_blobs(blobs, 2);
    assert_int_equal(vaccel_blob_new(&blobs[2], file_of("file", 50)), 0);
    compare_blobs(blobs + 2, 1);
    compare_mixture(blobs, 3);
    for (size_t i = 0; i < 3; i++)
        vaccel_blob_delete(blobs[i]);
}

/* What it is about the file is told the same way, and nothing is registered. */
static void test_files_that_cannot_be_read(void **state)
{
    static struct vaccel_resource res;

    (void)state;
    assert_int_equal(vaccel_resource_init(&res, file_of("file", 5), VACCEL_RESOURCE_DATA), 0);
    scratch_unlink("file");
    assert_int_equal(vaccel_resource_register(&res, &remote), VACCEL_ENOENT);
    assert_int_equal(vaccel_resource_refcount(&res), 0);
    assert_int_equal(vaccel_resource_release(&res), 0);
    scratch_directory("empty");
    assert_int_equal(vaccel_resource_init(&res, scratch_path("empty"), VACCEL_RESOURCE_DATA), 0);
    assert_int_equal(vaccel_resource_register(&res, &remote), VACCEL_EINVAL);
    assert_int_equal(vaccel_resource_release(&res), 0);
}

static int change(struct vaccel_session *sess)
{
    int32_t type = VACCEL_RESOURCE_DATA;
    struct vaccel_arg read = ARG(INT32, &type, sizeof(type));

    return vaccel_call(sess, "mirror.change", &read, 1, NULL, 0);
}

static void sync_memory(unsigned char *bytes, size_t size)
{
    static struct vaccel_resource res;

    fill(bytes, size, 6);
    assert_int_equal(
        vaccel_resource_init_from_buf(&res, bytes, size, VACCEL_RESOURCE_DATA, NULL, true), 0);
    assert_int_equal(vaccel_resource_sync(&res, &remote), VACCEL_EPERM);
    assert_int_equal(vaccel_resource_register(&res, &remote), 0);
    assert_int_equal(vaccel_resource_sync(&res, &remote), 0);
    assert_int_equal(change(&remote), 0);
    assert_int_equal(change(&remote), 0);
    assert_int_equal(vaccel_resource_sync(&res, &remote), 0);
    assert_int_equal(vaccel_resource_release(&res), 0);
}

static void test_memory_that_the_plugin_changes(void **state)
{
    static unsigned char bytes[LARGE], expected[LARGE];

    (void)state;
    for (size_t size = 1; size <= LARGE; size += LARGE - 1) {
        fill(expected, size, 6);
        for (size_t i = 0; i < size; i++)
            expected[i] += 2;
        sync_memory(bytes, size);
        assert_memory_equal(bytes, expected, size);
    }
}

static void test_a_file_is_not_synchronised(void **state)
{
    static struct vaccel_resource res;

    (void)state;
    assert_int_equal(vaccel_resource_init(&res, file_of("file", 5), VACCEL_RESOURCE_DATA), 0);
    assert_int_equal(vaccel_resource_register(&res, &remote), 0);
    assert_int_equal(vaccel_resource_sync(&res, &remote), VACCEL_EINVAL);
    assert_int_equal(vaccel_resource_release(&res), 0);
}

/* Each session's end leaves it to the others. */
static void test_a_resource_of_several_sessions(void **state)
{
    static char first[LIST_SIZE], again[LIST_SIZE];
    static struct vaccel_session sess;
    static struct vaccel_resource res;

    (void)state;
    assert_int_equal(remote_begin(&sess, VACCEL_PLUGIN_SOFTWARE), 0);
    assert_int_equal(vaccel_resource_init(&res, file_of("file", 500), VACCEL_RESOURCE_DATA), 0);
    assert_int_equal(vaccel_resource_register(&res, &remote), 0);
    assert_int_equal(vaccel_resource_register(&res, &sess), 0);
    assert_int_equal(vaccel_resource_refcount(&res), 2);
    assert_int_equal(list(&remote, VACCEL_RESOURCE_DATA, first), 0);
    assert_int_equal(list(&sess, VACCEL_RESOURCE_DATA, again), 0);
    assert_string_equal(first, again);
    assert_int_equal(vaccel_resource_unregister(&res, &remote), 0);
    assert_int_equal(list(&remote, VACCEL_RESOURCE_DATA, again), VACCEL_ENOENT);
    assert_int_equal(list(&sess, VACCEL_RESOURCE_DATA, again), 0);
    assert_string_equal(first, again);
    assert_int_equal(vaccel_resource_register(&res, &remote), 0);
    assert_int_equal(vaccel_session_release(&sess), 0);
    assert_int_equal(list(&remote, VACCEL_RESOURCE_DATA, again), 0);
    assert_string_equal(first, again);
    assert_int_equal(vaccel_resource_release(&res), 0);
}

/* Only a session that it is registered with can use it. */
static void test_a_resource_of_another_session(void **state)
{
    static struct vaccel_resource res;
    static struct vaccel_session sess;

    (void)state;
    assert_int_equal(remote_begin(&sess, 0), 0);
    assert_int_equal(vaccel_resource_init_from_buf(&res, "x", 1, VACCEL_RESOURCE_LIB, "x.so", true),
                     0);
    assert_int_equal(vaccel_resource_register(&res, &sess), 0);
    assert_int_equal(vaccel_exec_with_resource(&sess, &res, "s", NULL, 0, NULL, 0), 0);
    assert_int_equal(vaccel_exec_with_resource(&remote, &res, "s", NULL, 0, NULL, 0), VACCEL_EPERM);
    assert_int_equal(vaccel_resource_unregister(&res, &sess), 0);
    assert_int_equal(vaccel_exec_with_resource(&sess, &res, "s", NULL, 0, NULL, 0), VACCEL_EPERM);
    assert_int_equal(vaccel_resource_release(&res), 0);
    assert_int_equal(vaccel_session_release(&sess), 0);
}

/* The plugin sees them come and go. */
static void test_registrations_are_told(void **state)
{
    struct count before = count_in(&remote);
    static struct vaccel_resource res;

    (void)state;
    assert_int_equal(vaccel_resource_init_from_buf(&res, "x", 1, VACCEL_RESOURCE_LIB, NULL, true),
                     0);
    assert_int_equal(vaccel_resource_register(&res, &remote), 0);
    assert_int_equal(vaccel_resource_register(&res, &remote), 0);
    assert_int_equal(count_in(&remote).registrations, before.registrations + 1);
    assert_int_equal(vaccel_resource_unregister(&res, &remote), 0);
    assert_int_equal(count_in(&remote).registrations, before.registrations);
    assert_int_equal(vaccel_resource_release(&res), 0);
}

#define test(function) cmocka_unit_test_setup_teardown(function, begin, end)

int resource_cases(void)
{
    const struct CMUnitTest tests[] = {
        test(test_a_file),
        test(test_a_large_file),
        test(test_several_files),
        test(test_several_files_of_one_name),
        test(test_a_directory),
        test(test_an_empty_file_in_a_directory),
        test(test_a_directory_of_many_files),
        test(test_memory),
        test(test_blobs),
        test(test_files_that_cannot_be_read),
        test(test_memory_that_the_plugin_changes),
        test(test_a_file_is_not_synchronised),
        test(test_a_resource_of_several_sessions),
        test(test_a_resource_of_another_session),
        test(test_registrations_are_told),
    };

    return cmocka_run_group_tests_name("resources", tests, NULL, NULL);
}
