/* SPDX-License-Identifier: Apache-2.0 */
/* The classic image calls where the plugin has only those of vision.h. */
#include "scratch.h"
#include "vaccel/utils/fs.h"
#include "with_plugins.h"

#include <setjmp.h>

#include <cmocka.h>

static const char drawn[] = "\x89PNG and so on";

static struct counter *counter;
static struct vaccel_session sess;
static int result;
static size_t nr_classes;

static int put(struct vaccel_session *session, struct vaccel_output *list,
               struct vaccel_output *picture)
{
    struct vaccel_vision_class classes[2] = {{0.9F, 7, "a rather long label"},
                                             {0.1F, 1, "another label"}};
    int ret = vaccel_output_put(session, list, classes, nr_classes * sizeof(classes[0]));

    vaccel_output_put(session, picture, drawn, sizeof(drawn));
    return result ? result : ret;
}

static int lists(struct vaccel_session *session, const void *img, size_t len_img,
                 struct vaccel_output *list, struct vaccel_output *picture)
{
    (void)img, (void)len_img;
    return put(session, list, picture);
}

static int depth(struct vaccel_session *session, const void *img, size_t len_img,
                 struct vaccel_vision_shape *shape, struct vaccel_output *map,
                 struct vaccel_output *picture)
{
    (void)img, (void)len_img;
    *shape = (struct vaccel_vision_shape){1, 1};
    return put(session, map, picture);
}

static int segment(struct vaccel_session *session, const void *img, size_t len_img,
                   struct vaccel_vision_shape *shape, struct vaccel_output *mask,
                   struct vaccel_output *classes, struct vaccel_output *picture)
{
    (void)img, (void)len_img, (void)classes;
    *shape = (struct vaccel_vision_shape){1, 1};
    return put(session, mask, picture);
}

static struct vaccel_op ops[] = {
    {VACCEL_OP_VISION_CLASSIFY, (void *)lists, NULL},
    {VACCEL_OP_VISION_DETECT, (void *)lists, NULL},
    {VACCEL_OP_VISION_POSE, (void *)lists, NULL},
    {VACCEL_OP_VISION_DEPTH, (void *)depth, NULL},
    {VACCEL_OP_VISION_SEGMENT, (void *)segment, NULL},
};

static int begin(void **state)
{
    counter = counter_open("counter");
    counter->ops = ops;
    counter->nr_ops = 5;
    for (size_t i = 0; i < counter->nr_ops; i++)
        ops[i].owner = counter->plugin;
    result = 0;
    nr_classes = 1;
    return scratch_make(state) || setenv("XDG_RUNTIME_DIR", scratch, 1) ||
           library_begin("counter") || vaccel_session_init(&sess, 0);
}

static int end(void **state)
{
    return vaccel_session_release(&sess) || vaccel_cleanup() || scratch_remove(state);
}

static void assert_drawn(const unsigned char *name)
{
    char path[4200];
    void *data;
    size_t size;

    assert_null(strchr((const char *)name, '/'));
    snprintf(path, sizeof(path), "%s/%s", sess.rundir, (const char *)name);
    assert_int_equal(fs_file_read(path, &data, &size), 0);
    assert_int_equal(size, sizeof(drawn));
    assert_memory_equal(data, drawn, sizeof(drawn));
    free(data);
}

static void test_each_writes_a_picture_and_names_it(void **state)
{
    unsigned char text[64], name[64], second[64];

    (void)state;
    assert_int_equal(vaccel_image_classification(&sess, "i", text, name, 1, 64, 64), 0);
    assert_string_equal((char *)text, "a rather long label");
    assert_drawn(name);
    assert_int_equal(vaccel_image_classification(&sess, "i", text, second, 1, 64, 64), 0);
    assert_string_not_equal((char *)name, (char *)second);
    assert_drawn(second);
    assert_int_equal(vaccel_image_detection(&sess, "i", name, 1, 64), 0);
    assert_drawn(name);
    assert_int_equal(vaccel_image_segmentation(&sess, "i", name, 1, 64), 0);
    assert_drawn(name);
    assert_int_equal(vaccel_image_pose(&sess, "i", name, 1, 64), 0);
    assert_drawn(name);
    assert_int_equal(vaccel_image_depth(&sess, "i", name, 1, 64), 0);
    assert_drawn(name);
}

static void test_texts_are_cut_to_the_room(void **state)
{
    unsigned char text[10], name[6];

    (void)state;
    memset(text, 'x', sizeof(text));
    memset(name, 'x', sizeof(name));
    assert_int_equal(vaccel_image_classification(&sess, "i", text, name, 1, 9, 5), 0);
    assert_string_equal((char *)text, "a rather");
    assert_int_equal(text[9], 'x');
    assert_int_equal(strlen((char *)name), 4);
    assert_int_equal(name[5], 'x');
    assert_int_equal(vaccel_image_classification(&sess, "i", text, name, 1, 1, 1), 0);
    assert_string_equal((char *)text, "");
}

static void test_what_is_not_wanted_is_not_made(void **state)
{
    unsigned char text[64];

    (void)state;
    assert_int_equal(vaccel_image_classification(&sess, "i", text, NULL, 1, 64, 64), 0);
    assert_string_equal((char *)text, "a rather long label");
    assert_int_equal(vaccel_image_classification(&sess, "i", NULL, NULL, 1, 0, 0), 0);
    assert_int_equal(vaccel_image_pose(&sess, "i", text, 1, 0), 0);
    assert_int_equal(scratch_count(), 0);
}

/* It has room for the best class; a plugin that gives more leaves nothing behind. */
static void test_a_plugin_that_does_not_keep_to_the_room(void **state)
{
    struct vaccel_output out = {.held = 1};
    unsigned char text[64], name[64];

    (void)state;
    nr_classes = 2;
    assert_int_equal(vaccel_image_classification(&sess, "i", text, name, 1, 64, 64), VACCEL_ERANGE);
    assert_int_equal(vaccel_output_drop(&sess, &out), VACCEL_ENOENT);
    out.held = 2;
    assert_int_equal(vaccel_output_drop(&sess, &out), VACCEL_ENOENT);
    nr_classes = 0;
    assert_int_equal(vaccel_image_classification(&sess, "i", text, NULL, 1, 64, 0), 0);
    assert_string_equal((char *)text, "");
}

static void test_a_failed_call_writes_nothing(void **state)
{
    struct vaccel_output out = {.held = 1};
    unsigned char name[64] = "untouched";

    (void)state;
    result = VACCEL_EBACKEND;
    assert_int_equal(vaccel_image_detection(&sess, "i", name, 1, 64), VACCEL_EBACKEND);
    assert_string_equal((char *)name, "untouched");
    assert_int_equal(scratch_count(), 0);
    assert_int_equal(vaccel_output_drop(&sess, &out), VACCEL_ENOENT);
}

static void test_a_directory_that_cannot_be_written(void **state)
{
    unsigned char name[64] = "untouched";

    (void)state;
    snprintf(sess.rundir, sizeof(sess.rundir), "%s", scratch_file("no-directory", ""));
    assert_int_equal(vaccel_image_detection(&sess, "i", name, 1, 64), VACCEL_ENOTDIR);
    assert_string_equal((char *)name, "untouched");
}

static void test_no_picture_no_result(void **state)
{
    unsigned char name[64];

    (void)state;
    assert_int_equal(vaccel_image_detection(&sess, NULL, name, 1, 64), VACCEL_EINVAL);
    assert_int_equal(vaccel_image_detection(&sess, "i", name, 0, 64), VACCEL_EINVAL);
    assert_int_equal(vaccel_image_classification(&sess, NULL, name, name, 1, 64, 64),
                     VACCEL_EINVAL);
    assert_int_equal(vaccel_image_classification(NULL, "i", name, name, 1, 64, 64), VACCEL_EINVAL);
}

#define test(function) cmocka_unit_test_setup_teardown(function, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(test_each_writes_a_picture_and_names_it),
        test(test_texts_are_cut_to_the_room),
        test(test_what_is_not_wanted_is_not_made),
        test(test_a_plugin_that_does_not_keep_to_the_room),
        test(test_a_failed_call_writes_nothing),
        test(test_a_directory_that_cannot_be_written),
        test(test_no_picture_no_result),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
