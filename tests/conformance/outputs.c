/* SPDX-License-Identifier: Apache-2.0 */
/* Outputs of unknown size are placed, held, fetched and dropped as in a local session. */
#include "../unit/every_op.h"
#include "kit.h"

enum { LARGE = (5 << 20) + 3, MANY = 300 };

/* The list is placed and the picture not wanted; then the list has too little room. */
static void test_outputs_are_placed_held_and_dropped(void **state)
{
    struct vaccel_vision_class classes[2], again[2];
    struct vaccel_output out = {.data = classes, .size = sizeof(classes)};

    (void)state;
    assert_int_equal(vaccel_vision_classify(&remote, "img", 3, &out, NULL), 0);
    assert_int_equal(out.held, 0);
    assert_int_equal(out.size, sizeof(classes));
    out = (struct vaccel_output){.data = again, .size = 1};
    assert_int_equal(vaccel_vision_classify(&remote, "img", 3, &out, NULL), VACCEL_ERANGE);
    assert_true(out.held > 0);
    assert_int_equal(out.size, sizeof(classes));
    out.size--;
    assert_int_equal(vaccel_output_fetch(&remote, &out), VACCEL_ERANGE);
    assert_int_equal(out.size, sizeof(classes));
    assert_int_equal(vaccel_output_fetch(&remote, &out), 0);
    assert_memory_equal(again, classes, sizeof(classes));
    assert_int_equal(out.held, 0);
    assert_int_equal(vaccel_output_fetch(&remote, &out), VACCEL_ENOENT);
    out = (struct vaccel_output){0};
    assert_int_equal(vaccel_vision_classify(&remote, "img", 3, &out, NULL), 0);
    assert_int_equal(vaccel_output_drop(&remote, &out), 0);
    assert_int_equal(vaccel_output_drop(&remote, &out), VACCEL_ENOENT);
}

/* A session whose pictures are as large as what it is given. */
static struct vaccel_session large;

static int large_begin(void **state)
{
    return kit_begin(state) || remote_begin(&large, VACCEL_PLUGIN_SOFTWARE);
}

static void assert_backwards(const unsigned char *picture, const unsigned char *img)
{
    for (size_t i = 0; i < LARGE; i++)
        if (picture[i] != img[LARGE - 1 - i])
            fail_msg("byte %zu is wrong", i);
}

static void test_a_large_output(void **state)
{
    unsigned char *img = malloc(LARGE), *picture = malloc(LARGE);
    struct vaccel_output out = {.data = picture, .size = LARGE};

    (void)state;
    fill(img, LARGE, 7);
    assert_int_equal(vaccel_vision_classify(&large, img, LARGE, NULL, &out), 0);
    assert_int_equal(out.size, LARGE);
    assert_int_equal(out.held, 0);
    assert_backwards(picture, img);

    memset(picture, 0, LARGE);
    out = (struct vaccel_output){.data = picture, .size = LARGE - 1};
    assert_int_equal(vaccel_vision_classify(&large, img, LARGE, NULL, &out), VACCEL_ERANGE);
    assert_int_equal(out.size, LARGE);
    assert_true(out.held > 0);
    assert_int_equal(vaccel_output_fetch(&large, &out), 0);
    assert_backwards(picture, img);

    memset(picture, 0, LARGE);
    out = (struct vaccel_output){0};
    assert_int_equal(vaccel_vision_classify(&large, img, LARGE, NULL, &out), 0);
    assert_int_equal(out.size, LARGE);
    out.data = picture;
    assert_int_equal(vaccel_output_fetch(&large, &out), 0);
    assert_backwards(picture, img);
    free(img);
    free(picture);
}

/* More room than is needed is left as it is. */
static void test_room_that_is_not_needed(void **state)
{
    unsigned char picture[64];
    struct vaccel_output out = {.data = picture, .size = sizeof(picture)};

    (void)state;
    memset(picture, 'x', sizeof(picture));
    assert_int_equal(vaccel_vision_classify(&large, "img", 3, NULL, &out), 0);
    assert_int_equal(out.size, 3);
    assert_memory_equal(picture, "gmi", 3);
    for (size_t i = 3; i < sizeof(picture); i++)
        assert_true(picture[i] == 'x' || picture[i] == 0);
}

static void test_many_are_held(void **state)
{
    struct vaccel_output held[MANY];
    uint32_t img, picture;

    (void)state;
    for (uint32_t i = 0; i < MANY; i++) {
        img = i;
        held[i] = (struct vaccel_output){0};
        assert_int_equal(vaccel_vision_classify(&large, &img, sizeof(img), NULL, &held[i]), 0);
    }
    for (uint32_t i = MANY; i-- > 0;) {
        held[i].data = &picture;
        assert_int_equal(vaccel_output_fetch(&large, &held[i]), 0);
        assert_int_equal(picture, __builtin_bswap32(i));
    }
}

static void test_what_a_session_holds_is_its_own(void **state)
{
    struct vaccel_output out = {0}, another;
    char picture[3];

    (void)state;
    assert_int_equal(vaccel_vision_classify(&large, "img", 3, NULL, &out), 0);
    out.data = picture;
    another = out;
    assert_int_equal(vaccel_output_fetch(&remote, &another), VACCEL_ENOENT);
    another.held = out.held + 1000;
    assert_int_equal(vaccel_output_fetch(&large, &another), VACCEL_ENOENT);
    another.held = -1;
    assert_int_equal(vaccel_output_drop(&large, &another), VACCEL_ENOENT);
    assert_int_equal(vaccel_output_fetch(&large, &out), 0);
    assert_memory_equal(picture, "gmi", 3);
}

/* The session ends with outputs that nobody fetched. */
static void test_what_is_left_goes_with_the_session(void **state)
{
    struct vaccel_output out = {0};
    static struct vaccel_session sess;

    (void)state;
    assert_int_equal(remote_begin(&sess, VACCEL_PLUGIN_SOFTWARE), 0);
    assert_int_equal(vaccel_vision_classify(&sess, "img", 3, NULL, &out), 0);
    assert_int_equal(vaccel_session_release(&sess), 0);
    assert_int_equal(vaccel_output_fetch(&sess, &out), VACCEL_EINVAL);
    out.data = &out;
    assert_int_equal(vaccel_output_fetch(&sess, &out), VACCEL_ESESS);
}

static int fails(struct vaccel_session *sess, struct output_result results[2])
{
    struct vaccel_output list = {.data = results[0].data, .size = sizeof(results[0].data)};
    struct vaccel_output picture = {0};
    int ret = vaccel_vision_detect(sess, "!img", 4, &list, &picture);

    results[0].size = list.size;
    results[1].size = picture.size;
    picture.data = results[1].data;
    if (picture.held)
        assert_int_equal(vaccel_output_fetch(sess, &picture), 0);
    return ret;
}

/* A call that fails has outputs all the same. */
static void test_outputs_of_failed_calls(void **state)
{
    struct output_result direct[2] = {0}, forwarded[2] = {0};
    unsigned char text[64] = {0}, same[64] = {0};

    (void)state;
    assert_int_equal(fails(&local, direct), VACCEL_EBACKEND);
    assert_int_equal(fails(&remote, forwarded), VACCEL_EBACKEND);
    assert_memory_equal(direct, forwarded, sizeof(direct));
    assert_int_equal(vaccel_image_pose(&local, "!img", text, 4, sizeof(text)), VACCEL_EBACKEND);
    assert_int_equal(vaccel_image_pose(&remote, "!img", same, 4, sizeof(same)), VACCEL_EBACKEND);
    assert_memory_equal(text, same, sizeof(text));
}

/*
 * An operation by name tells how long its output is, also if there is not room enough. Then what is in
 * it does not count.
 */
static void test_lengths_come_back(void **state)
{
    static uint64_t lengths[] = {0, 1, 63, 64, 65, 1 << 30};
    unsigned char direct[64], forwarded[64];

    (void)state;
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        struct vaccel_arg read = ARG(UINT64, &lengths[i], sizeof(lengths[i]));
        struct vaccel_arg write = ARG(BUFFER, direct, sizeof(direct));
        struct vaccel_arg same = ARG(BUFFER, forwarded, sizeof(forwarded));

        memset(direct, 0, sizeof(direct));
        memset(forwarded, 0, sizeof(forwarded));
        assert_int_equal(vaccel_call(&local, "mirror.length", &read, 1, &write, 1), 0);
        assert_int_equal(vaccel_call(&remote, "mirror.length", &read, 1, &same, 1), 0);
        assert_int_equal(same.size, write.size);
        if (lengths[i] <= sizeof(direct))
            assert_memory_equal(direct, forwarded, sizeof(direct));
    }
}

#define test(function) cmocka_unit_test_setup_teardown(function, large_begin, kit_end)

int output_cases(void)
{
    const struct CMUnitTest tests[] = {
        test(test_outputs_are_placed_held_and_dropped),
        test(test_a_large_output),
        test(test_room_that_is_not_needed),
        test(test_many_are_held),
        test(test_what_a_session_holds_is_its_own),
        test(test_what_is_left_goes_with_the_session),
        test(test_outputs_of_failed_calls),
        test(test_lengths_come_back),
    };

    return cmocka_run_group_tests_name("outputs", tests, NULL, NULL);
}
