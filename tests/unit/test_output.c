/* SPDX-License-Identifier: Apache-2.0 */
/* Outputs of unknown size: placed, or held until they are fetched or dropped. */
#include "with_plugins.h"

#include <setjmp.h>

#include <cmocka.h>

static struct vaccel_session sess, other;
static char room[16];

static int begin(void **state)
{
    (void)state;
    memset(room, 'r', sizeof(room));
    return library_begin("noop") || vaccel_session_init(&sess, 0) || vaccel_session_init(&other, 0);
}

static int end(void **state)
{
    (void)state;
    return vaccel_session_release(&sess) || vaccel_session_release(&other);
}

static void test_placed_where_there_is_room(void **state)
{
    struct vaccel_output out = {room, sizeof(room), 77};

    (void)state;
    assert_int_equal(vaccel_output_put(&sess, &out, "12345", 5), 0);
    assert_int_equal(out.size, 5);
    assert_int_equal(out.held, 0);
    assert_memory_equal(room, "12345r", 6);
    out = (struct vaccel_output){room, 5, 0};
    assert_int_equal(vaccel_output_put(&sess, &out, "54321", 5), 0);
    assert_int_equal(out.held, 0);
}

static void test_held_where_there_is_none(void **state)
{
    struct vaccel_output out = {0};

    (void)state;
    assert_int_equal(vaccel_output_put(&sess, &out, "12345", 5), 0);
    assert_int_equal(out.size, 5);
    assert_true(out.held > 0);
    out.data = room;
    assert_int_equal(vaccel_output_fetch(&sess, &out), 0);
    assert_int_equal(out.held, 0);
    assert_memory_equal(room, "12345r", 6);
    assert_int_equal(vaccel_output_fetch(&sess, &out), VACCEL_ENOENT);
}

static void test_held_where_the_room_is_too_small(void **state)
{
    struct vaccel_output out = {room, 4, 0};

    (void)state;
    assert_int_equal(vaccel_output_put(&sess, &out, "12345", 5), VACCEL_ERANGE);
    assert_int_equal(out.size, 5);
    assert_true(out.held > 0);
    assert_memory_equal(room, "rrrrr", 5);
    out.size = 4;
    assert_int_equal(vaccel_output_fetch(&sess, &out), VACCEL_ERANGE);
    assert_int_equal(out.size, 5);
    out.size = sizeof(room);
    assert_int_equal(vaccel_output_fetch(&sess, &out), 0);
    assert_int_equal(out.size, 5);
    assert_memory_equal(room, "12345r", 6);
}

static void test_an_empty_output(void **state)
{
    struct vaccel_output out = {0};

    (void)state;
    assert_int_equal(vaccel_output_put(&sess, &out, NULL, 0), 0);
    assert_int_equal(out.size, 0);
    assert_true(out.held > 0);
    assert_int_equal(vaccel_output_fetch(&sess, &out), 0);
    out = (struct vaccel_output){room, 0, 0};
    assert_int_equal(vaccel_output_put(&sess, &out, "", 0), 0);
    assert_int_equal(out.held, 0);
}

static void test_nobody_wants_it(void **state)
{
    (void)state;
    assert_int_equal(vaccel_output_put(&sess, NULL, "12345", 5), 0);
}

static void test_dropped(void **state)
{
    struct vaccel_output out = {0};

    (void)state;
    assert_int_equal(vaccel_output_put(&sess, &out, "12345", 5), 0);
    assert_int_equal(vaccel_output_drop(&sess, &out), 0);
    assert_int_equal(out.held, 0);
    assert_int_equal(vaccel_output_drop(&sess, &out), VACCEL_ENOENT);
}

static void test_each_session_holds_its_own(void **state)
{
    struct vaccel_output out = {0};

    (void)state;
    assert_int_equal(vaccel_output_put(&sess, &out, "12345", 5), 0);
    out.data = room;
    out.size = sizeof(room);
    assert_int_equal(vaccel_output_fetch(&other, &out), VACCEL_ENOENT);
    assert_int_equal(vaccel_output_drop(&other, &out), VACCEL_ENOENT);
    assert_int_equal(vaccel_output_fetch(&sess, &out), 0);
}

/* The leak checker sees whether they go. */
static void test_what_is_left_goes_with_the_session(void **state)
{
    struct vaccel_output outs[40] = {0};
    struct vaccel_session short_lived;

    (void)state;
    assert_int_equal(vaccel_session_init(&short_lived, 0), 0);
    for (int i = 0; i < 40; i++)
        assert_int_equal(vaccel_output_put(&short_lived, &outs[i], "12345", 5), 0);
    assert_int_equal(vaccel_output_drop(&short_lived, &outs[7]), 0);
    assert_int_equal(vaccel_session_release(&short_lived), 0);
    assert_int_equal(vaccel_output_drop(&short_lived, &outs[8]), VACCEL_ESESS);
}

static void test_ids_that_were_never_given(void **state)
{
    static const vaccel_id_t ids[] = {0, -1, 1, 1000, INT64_MAX, INT64_MIN};
    struct vaccel_output out;

    (void)state;
    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        out = (struct vaccel_output){room, sizeof(room), ids[i]};
        assert_int_equal(vaccel_output_fetch(&sess, &out), VACCEL_ENOENT);
        assert_int_equal(vaccel_output_drop(&sess, &out), VACCEL_ENOENT);
    }
}

static void test_arguments_that_cannot_be(void **state)
{
    struct vaccel_output out = {room, sizeof(room), 0};

    (void)state;
    assert_int_equal(vaccel_output_put(NULL, &out, "x", 1), VACCEL_EINVAL);
    assert_int_equal(vaccel_output_put(&sess, &out, NULL, 1), VACCEL_EINVAL);
    assert_int_equal(vaccel_output_fetch(NULL, &out), VACCEL_EINVAL);
    assert_int_equal(vaccel_output_fetch(&sess, NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_output_drop(NULL, &out), VACCEL_EINVAL);
    assert_int_equal(vaccel_output_drop(&sess, NULL), VACCEL_EINVAL);
    out.data = NULL;
    assert_int_equal(vaccel_output_fetch(&sess, &out), VACCEL_EINVAL);
    assert_int_equal(vaccel_output_put(&sess, &out, room, SIZE_MAX), VACCEL_ENOMEM);
    assert_int_equal(out.held, 0);
}

#define test(function) cmocka_unit_test_setup_teardown(function, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(test_placed_where_there_is_room),
        test(test_held_where_there_is_none),
        test(test_held_where_the_room_is_too_small),
        test(test_an_empty_output),
        test(test_nobody_wants_it),
        test(test_dropped),
        test(test_each_session_holds_its_own),
        test(test_what_is_left_goes_with_the_session),
        test(test_ids_that_were_never_given),
        test(test_arguments_that_cannot_be),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
