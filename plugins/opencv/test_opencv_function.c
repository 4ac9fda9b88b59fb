/* SPDX-License-Identifier: Apache-2.0 */
#include "test_support.h"

#include <stdlib.h>
#include <string.h>

/* The functions of the OPENCV operation. */

enum { VERSION, RESIZE, GRAY, BLUR, EDGES, ENCODE, DECODE };

#define ARG(value) \
    { \
        .buf = &(value), .size = sizeof(value) \
    }

static int call(void **state, struct vaccel_arg *read, int nr_read, struct vaccel_arg *write,
                int nr_write)
{
    struct vaccel_session *sess = *state;

    return vaccel_opencv(sess, read, nr_read, write, nr_write);
}

static void version_is_text(void **state)
{
    uint8_t function = VERSION;
    char text[64] = "";
    struct vaccel_arg read[] = {ARG(function)}, write[] = {ARG(text)};

    assert_int_equal(call(state, read, 1, write, 1), VACCEL_OK);
    assert_true(text[0] >= '4' && strchr(text, '.'));
    write[0].size = 2;
    assert_int_equal(call(state, read, 1, write, 1), VACCEL_EINVAL);
}

static void resize_keeps_a_colour(void **state)
{
    uint8_t function = RESIZE;
    uint32_t shape[3] = {2, 2, 3}, size[2] = {5, 3};
    unsigned char pixels[12], resized[5 * 3 * 3 + 1];
    struct vaccel_arg read[] = {ARG(function), ARG(shape), ARG(pixels), ARG(size)};
    struct vaccel_arg write[] = {ARG(resized)};

    for (size_t i = 0; i < sizeof(pixels); i++)
        pixels[i] = (unsigned char)(10 + i % 3);
    memset(resized, 0, sizeof(resized));
    assert_int_equal(call(state, read, 4, write, 1), VACCEL_OK);
    for (size_t i = 0; i < sizeof(resized) - 1; i++)
        assert_int_equal(resized[i], 10 + i % 3);
    assert_int_equal(resized[sizeof(resized) - 1], 0);
}

static void gray_weighs_the_colours(void **state)
{
    uint8_t function = GRAY;
    uint32_t shape[3] = {3, 1, 3};
    unsigned char pixels[9] = {255, 0, 0, 0, 255, 0, 0, 0, 255}, gray[3];
    struct vaccel_arg read[] = {ARG(function), ARG(shape), ARG(pixels)}, write[] = {ARG(gray)};

    assert_int_equal(call(state, read, 3, write, 1), VACCEL_OK);
    assert_int_equal(gray[0], 29);
    assert_int_equal(gray[1], 150);
    assert_int_equal(gray[2], 76);
}

static void blur_spreads_a_point(void **state)
{
    uint8_t function = BLUR;
    uint32_t shape[3] = {5, 5, 1}, kernel = 3;
    double sigma = 1;
    unsigned char pixels[25] = {0}, blurred[25];
    struct vaccel_arg read[] = {ARG(function), ARG(shape), ARG(pixels), ARG(kernel), ARG(sigma)};
    struct vaccel_arg write[] = {ARG(blurred)};

    pixels[12] = 200;
    assert_int_equal(call(state, read, 5, write, 1), VACCEL_OK);
    assert_true(blurred[12] < 200 && blurred[12] > blurred[11] && blurred[11] > blurred[6]);
    assert_int_equal(blurred[0], 0);
    kernel = 4;
    assert_int_equal(call(state, read, 5, write, 1), VACCEL_EINVAL);
    kernel = 0xffffffff;
    assert_int_equal(call(state, read, 5, write, 1), VACCEL_EINVAL);
}

static void edges_are_where_brightness_jumps(void **state)
{
    enum { SIDE = 16 };
    uint8_t function = EDGES;
    uint32_t shape[3] = {SIDE, SIDE, 1};
    double low = 50, high = 100;
    unsigned char pixels[SIDE * SIDE], found[SIDE * SIDE];
    struct vaccel_arg read[] = {ARG(function), ARG(shape), ARG(pixels), ARG(low), ARG(high)};
    struct vaccel_arg write[] = {ARG(found)};

    for (int i = 0; i < SIDE * SIDE; i++)
        pixels[i] = i % SIDE < SIDE / 2 ? 0 : 255;
    assert_int_equal(call(state, read, 5, write, 1), VACCEL_OK);
    assert_true(found[8 * SIDE + 7] == 255 || found[8 * SIDE + 8] == 255);
    assert_int_equal(found[8 * SIDE + 2], 0);
    shape[2] = 3;
    assert_int_equal(call(state, read, 5, write, 1), VACCEL_EINVAL);
}

static void what_is_encoded_is_decoded(void **state)
{
    static const unsigned char bgr[3] = {1, 2, 200};
    struct vaccel_session *sess = *state;
    struct file png = make_png(sess, 7, 5, bgr);
    uint8_t function = DECODE;
    uint32_t shape[3] = {0, 0, 0};
    unsigned char pixels[7 * 5 * 3];
    struct vaccel_arg read[] = {ARG(function), {.buf = png.bytes, .size = png.size}};
    struct vaccel_arg write[] = {ARG(shape), ARG(pixels)};

    assert_int_equal(call(state, read, 2, write, 2), VACCEL_OK);
    assert_true(shape[0] == 7 && shape[1] == 5 && shape[2] == 3);
    for (size_t i = 0; i < sizeof(pixels); i++)
        assert_int_equal(pixels[i], bgr[i % 3]);
    memset(shape, 0, sizeof(shape));
    write[1].size = 104;
    assert_int_equal(call(state, read, 2, write, 2), VACCEL_ERANGE);
    assert_true(shape[0] == 7 && shape[1] == 5 && shape[2] == 3);
    read[1].size = 20;
    assert_int_equal(call(state, read, 2, write, 2), VACCEL_EBACKEND);
    free(png.bytes);
}

static void a_file_too_large_for_its_room_tells_its_length(void **state)
{
    uint8_t function = ENCODE;
    uint32_t shape[3] = {4, 4, 1};
    unsigned char pixels[16] = {0}, room[8];
    uint64_t length = 0;
    struct vaccel_arg read[] = {ARG(function), ARG(shape), ARG(pixels)};
    struct vaccel_arg write[] = {ARG(room), ARG(length)};

    assert_int_equal(call(state, read, 3, write, 2), VACCEL_ERANGE);
    assert_true(length > sizeof(room) && length < 1000);
}

static void shapes_that_do_not_fit_their_buffers_are_refused(void **state)
{
    static const uint32_t shapes[][3] = {
        {0, 2, 3},
        {2, 0, 3},
        {2, 2, 0},
        {2, 2, 2},
        {2, 2, 5},
        {3, 2, 3},
        {1, 2, 3},
        {0xffffffff, 0xffffffff, 3},
        {0x10000, 0x10000, 3},
        {0x80000000, 2, 1},
        {65535, 65535, 4},
    };
    uint8_t function = GRAY;
    uint32_t shape[3];
    unsigned char pixels[12] = {0}, gray[4];
    struct vaccel_arg read[] = {ARG(function), ARG(shape), ARG(pixels)}, write[] = {ARG(gray)};

    for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
        memcpy(shape, shapes[i], sizeof(shape));
        assert_int_equal(call(state, read, 3, write, 1), VACCEL_EINVAL);
    }
    memcpy(shape, (uint32_t[]){2, 2, 3}, sizeof(shape));
    assert_int_equal(call(state, read, 3, write, 1), VACCEL_OK);
    write[0].size = 3;
    assert_int_equal(call(state, read, 3, write, 1), VACCEL_EINVAL);
    write[0].buf = NULL;
    assert_int_equal(call(state, read, 3, write, 1), VACCEL_EINVAL);
}

static void wrong_numbers_of_arguments_are_refused(void **state)
{
    uint8_t function = GRAY;
    char text[64];
    struct vaccel_arg read[] = {ARG(function)}, write[] = {ARG(text)};

    assert_int_equal(call(state, read, 1, write, 1), VACCEL_EINVAL);
    function = DECODE + 1;
    assert_int_equal(call(state, read, 1, write, 1), VACCEL_EINVAL);
    function = VERSION;
    assert_int_equal(call(state, read, 1, write, 0), VACCEL_EINVAL);
    assert_int_equal(call(state, read, 0, write, 1), VACCEL_EINVAL);
    read[0].size = 2;
    assert_int_equal(call(state, read, 1, write, 1), VACCEL_EINVAL);
}

int main(void)
{
#define ON_EMPTY(test) cmocka_unit_test_setup_teardown(test, opencv_begin, opencv_end)
    const struct CMUnitTest tests[] = {
        ON_EMPTY(version_is_text),
        ON_EMPTY(resize_keeps_a_colour),
        ON_EMPTY(gray_weighs_the_colours),
        ON_EMPTY(blur_spreads_a_point),
        ON_EMPTY(edges_are_where_brightness_jumps),
        ON_EMPTY(what_is_encoded_is_decoded),
        ON_EMPTY(a_file_too_large_for_its_room_tells_its_length),
        ON_EMPTY(shapes_that_do_not_fit_their_buffers_are_refused),
        ON_EMPTY(wrong_numbers_of_arguments_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
