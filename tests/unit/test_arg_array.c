/* SPDX-License-Identifier: Apache-2.0 */
/* The argument array as a container; test_arg_values.c has what goes into it. */
#include "vaccel.h"

#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void fill(struct vaccel_arg_array *array, int32_t *values, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++)
        assert_int_equal(vaccel_arg_array_add_int32(array, &values[i]), VACCEL_OK);
}

static void test_init_makes_room(void **state)
{
    struct vaccel_arg_array array;

    (void)state;
    assert_int_equal(vaccel_arg_array_init(&array, 3), VACCEL_OK);
    assert_int_equal(array.capacity, 3);
    assert_int_equal(array.count, 0);
    assert_true(array.owned);
    assert_int_equal(vaccel_arg_array_release(&array), VACCEL_OK);
    assert_int_equal(vaccel_arg_array_init(&array, 0), VACCEL_OK);
    assert_int_equal(array.capacity, 8);
    assert_int_equal(vaccel_arg_array_release(&array), VACCEL_OK);
}

static void test_init_refuses_misuse(void **state)
{
    struct vaccel_arg_array array = {.count = 9};

    (void)state;
    assert_int_equal(vaccel_arg_array_init(NULL, 1), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_init(&array, SIZE_MAX), VACCEL_ENOMEM);
    assert_int_equal(vaccel_arg_array_init(&array, SIZE_MAX / sizeof(struct vaccel_arg) + 1),
                     VACCEL_ENOMEM);
    assert_int_equal(array.count, 9);
}

static void test_new_and_delete(void **state)
{
    struct vaccel_arg_array untouched;
    struct vaccel_arg_array *array = &untouched;

    (void)state;
    assert_int_equal(vaccel_arg_array_new(NULL, 1), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_new(&array, SIZE_MAX), VACCEL_ENOMEM);
    assert_ptr_equal(array, &untouched);
    assert_int_equal(vaccel_arg_array_new(&array, 1), VACCEL_OK);
    assert_int_equal(vaccel_arg_array_delete(array), VACCEL_OK);
    assert_int_equal(vaccel_arg_array_delete(NULL), VACCEL_EINVAL);
}

static void test_release_refuses_what_is_not_begun(void **state)
{
    struct vaccel_arg_array array;

    (void)state;
    assert_int_equal(vaccel_arg_array_release(NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_init(&array, 1), VACCEL_OK);
    assert_int_equal(vaccel_arg_array_release(&array), VACCEL_OK);
    assert_int_equal(vaccel_arg_array_release(&array), VACCEL_EINVAL);
}

static void test_a_released_array_takes_and_gives_nothing(void **state)
{
    struct vaccel_arg_array array = {0};
    struct vaccel_arg *args;
    int32_t value = 1;
    size_t count;

    (void)state;
    assert_int_equal(vaccel_arg_array_add_int32(&array, &value), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_get_int32(&array, &value), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_set_int32(&array, &value), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_get_remaining(&array, &args, &count), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_count(&array), 0);
    vaccel_arg_array_clear(&array);
    vaccel_arg_array_clear(NULL);
}

static void test_release_frees_what_the_arguments_own(void **state)
{
    struct vaccel_arg_array array;
    struct vaccel_arg_array copy;
    int32_t values[] = {1, 2, 3};

    (void)state;
    assert_int_equal(vaccel_arg_array_init(&array, 0), VACCEL_OK);
    assert_int_equal(vaccel_arg_array_init(&copy, 0), VACCEL_OK);
    fill(&array, values, 3);
    assert_int_equal(vaccel_arg_array_add_all(&copy, &array, true), VACCEL_OK);
    assert_true(copy.args[2].owned);
    assert_int_equal(vaccel_arg_array_release(&copy), VACCEL_OK);
    assert_int_equal(vaccel_arg_array_release(&array), VACCEL_OK);
}

static void test_an_array_grows(void **state)
{
    struct vaccel_arg_array array;
    int32_t values[100];
    size_t i;

    (void)state;
    assert_int_equal(vaccel_arg_array_init(&array, 1), VACCEL_OK);
    for (i = 0; i < 100; i++)
        values[i] = (int32_t)i;
    fill(&array, values, 100);
    assert_int_equal(vaccel_arg_array_count(&array), 100);
    for (i = 0; i < 100; i++)
        assert_ptr_equal(vaccel_arg_array_raw(&array)[i].buf, &values[i]);
    assert_int_equal(vaccel_arg_array_release(&array), VACCEL_OK);
}

static void test_wrap_borrows_and_never_grows(void **state)
{
    int32_t values[2] = {1, 2};
    struct vaccel_arg args[2] = {
        {.buf = &values[0], .size = 4, .type = VACCEL_ARG_INT32},
        {.buf = &values[1], .size = 4, .type = VACCEL_ARG_INT32},
    };
    struct vaccel_arg_array array;

    (void)state;
    assert_int_equal(vaccel_arg_array_wrap(NULL, args, 2), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_wrap(&array, NULL, 2), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_wrap(&array, args, 2), VACCEL_OK);
    assert_int_equal(vaccel_arg_array_count(&array), 2);
    assert_int_equal(vaccel_arg_array_add_int32(&array, &values[0]), VACCEL_ERANGE);
    assert_int_equal(vaccel_arg_array_count(&array), 2);
    assert_int_equal(vaccel_arg_array_release(&array), VACCEL_OK);
    assert_ptr_equal(args[1].buf, &values[1]);
}

static void test_wrapped_nothing_is_an_empty_array(void **state)
{
    struct vaccel_arg_array array;
    struct vaccel_arg *args;
    int32_t value = 1;
    size_t count;

    (void)state;
    assert_int_equal(vaccel_arg_array_wrap(&array, NULL, 0), VACCEL_OK);
    assert_int_equal(vaccel_arg_array_get_int32(&array, &value), VACCEL_ERANGE);
    assert_int_equal(vaccel_arg_array_add_int32(&array, &value), VACCEL_ERANGE);
    assert_int_equal(vaccel_arg_array_get_remaining(&array, &args, &count), VACCEL_OK);
    assert_int_equal(count, 0);
    vaccel_arg_array_clear(&array);
    assert_int_equal(vaccel_arg_array_release(&array), VACCEL_OK);
}

static void test_clear_begins_anew(void **state)
{
    struct vaccel_arg_array array;
    int32_t values[] = {1, 2, 3};

    (void)state;
    assert_int_equal(vaccel_arg_array_init(&array, 2), VACCEL_OK);
    fill(&array, values, 3);
    vaccel_arg_array_set_position(&array, 2);
    vaccel_arg_array_clear(&array);
    assert_int_equal(vaccel_arg_array_count(&array), 0);
    assert_int_equal(vaccel_arg_array_position(&array), 0);
    assert_int_equal(array.capacity, 4);
    fill(&array, values, 3);
    assert_int_equal(vaccel_arg_array_release(&array), VACCEL_OK);
}

static void test_clear_releases_wrapped_arguments(void **state)
{
    struct vaccel_arg args[2];
    struct vaccel_arg_array array;
    int32_t value = 5;

    (void)state;
    assert_int_equal(vaccel_arg_init(&args[0], &value, 4, VACCEL_ARG_INT32, 0), VACCEL_OK);
    assert_int_equal(vaccel_arg_init(&args[1], &value, 4, VACCEL_ARG_INT32, 0), VACCEL_OK);
    assert_int_equal(vaccel_arg_array_wrap(&array, args, 2), VACCEL_OK);
    vaccel_arg_array_clear(&array);
    assert_int_equal(args[1].type, VACCEL_ARG_MAX);
    fill(&array, &value, 1);
    assert_ptr_equal(args[0].buf, &value);
}

static void test_position_is_clamped(void **state)
{
    struct vaccel_arg_array array;
    int32_t values[] = {1, 2, 3};

    (void)state;
    assert_int_equal(vaccel_arg_array_init(&array, 0), VACCEL_OK);
    fill(&array, values, 3);
    vaccel_arg_array_set_position(&array, 2);
    assert_int_equal(vaccel_arg_array_position(&array), 2);
    assert_int_equal(vaccel_arg_array_remaining_count(&array), 1);
    vaccel_arg_array_set_position(&array, SIZE_MAX);
    assert_int_equal(vaccel_arg_array_position(&array), 3);
    assert_int_equal(vaccel_arg_array_remaining_count(&array), 0);
    vaccel_arg_array_reset_position(&array);
    assert_int_equal(vaccel_arg_array_position(&array), 0);
    assert_int_equal(vaccel_arg_array_release(&array), VACCEL_OK);
}

static void test_null_has_no_position_and_no_arguments(void **state)
{
    (void)state;
    vaccel_arg_array_set_position(NULL, 1);
    vaccel_arg_array_reset_position(NULL);
    assert_int_equal(vaccel_arg_array_position(NULL), 0);
    assert_int_equal(vaccel_arg_array_count(NULL), 0);
    assert_int_equal(vaccel_arg_array_remaining_count(NULL), 0);
    assert_null(vaccel_arg_array_raw(NULL));
}

static void test_get_remaining_does_not_advance(void **state)
{
    struct vaccel_arg_array array;
    struct vaccel_arg *args;
    int32_t values[] = {1, 2, 3};
    size_t count;

    (void)state;
    assert_int_equal(vaccel_arg_array_init(&array, 0), VACCEL_OK);
    fill(&array, values, 3);
    vaccel_arg_array_set_position(&array, 1);
    assert_int_equal(vaccel_arg_array_get_remaining(&array, &args, &count), VACCEL_OK);
    assert_int_equal(count, 2);
    assert_ptr_equal(args, &array.args[1]);
    assert_int_equal(vaccel_arg_array_position(&array), 1);
    vaccel_arg_array_set_position(&array, 3);
    assert_int_equal(vaccel_arg_array_get_remaining(&array, &args, &count), VACCEL_OK);
    assert_int_equal(count, 0);
    assert_null(args);
    assert_int_equal(vaccel_arg_array_get_remaining(NULL, &args, &count), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_get_remaining(&array, NULL, &count), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_get_remaining(&array, &args, NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_release(&array), VACCEL_OK);
}

static void test_add_range_borrows_or_copies(void **state)
{
    struct vaccel_arg_array src;
    struct vaccel_arg_array dst;
    int32_t values[] = {1, 2, 3};

    (void)state;
    assert_int_equal(vaccel_arg_array_init(&src, 0), VACCEL_OK);
    assert_int_equal(vaccel_arg_array_init(&dst, 1), VACCEL_OK);
    fill(&src, values, 3);
    assert_int_equal(vaccel_arg_array_add_range(&dst, &src, 1, 2, false), VACCEL_OK);
    assert_int_equal(vaccel_arg_array_add_range(&dst, &src, 0, 1, true), VACCEL_OK);
    assert_int_equal(dst.count, 3);
    assert_ptr_equal(dst.args[0].buf, &values[1]);
    assert_false(dst.args[0].owned);
    assert_ptr_not_equal(dst.args[2].buf, &values[0]);
    assert_int_equal(*(int32_t *)dst.args[2].buf, 1);
    assert_int_equal(vaccel_arg_array_release(&dst), VACCEL_OK);
    assert_int_equal(vaccel_arg_array_release(&src), VACCEL_OK);
}

static void test_add_range_checks_the_range(void **state)
{
    struct vaccel_arg_array src;
    struct vaccel_arg_array dst;
    int32_t values[] = {1, 2, 3};

    (void)state;
    assert_int_equal(vaccel_arg_array_init(&src, 0), VACCEL_OK);
    assert_int_equal(vaccel_arg_array_init(&dst, 0), VACCEL_OK);
    fill(&src, values, 3);
    assert_int_equal(vaccel_arg_array_add_range(&dst, &src, 2, 2, false), VACCEL_ERANGE);
    assert_int_equal(vaccel_arg_array_add_range(&dst, &src, 4, 0, false), VACCEL_ERANGE);
    assert_int_equal(vaccel_arg_array_add_range(&dst, &src, 1, SIZE_MAX, false), VACCEL_ERANGE);
    assert_int_equal(vaccel_arg_array_add_range(&dst, &src, SIZE_MAX, 2, false), VACCEL_ERANGE);
    assert_int_equal(vaccel_arg_array_add_range(NULL, &src, 0, 1, false), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_add_range(&dst, NULL, 0, 1, false), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_add_range(&dst, &src, 3, 0, false), VACCEL_OK);
    assert_int_equal(dst.count, 0);
    assert_int_equal(vaccel_arg_array_release(&dst), VACCEL_OK);
    assert_int_equal(vaccel_arg_array_release(&src), VACCEL_OK);
}

static void test_add_range_adds_all_or_nothing(void **state)
{
    struct vaccel_arg_array src;
    struct vaccel_arg_array dst;
    int32_t values[] = {1, 2, 3};

    (void)state;
    assert_int_equal(vaccel_arg_array_init(&src, 0), VACCEL_OK);
    assert_int_equal(vaccel_arg_array_init(&dst, 0), VACCEL_OK);
    fill(&src, values, 3);
    fill(&dst, values, 1);
    assert_int_equal(vaccel_arg_release(&src.args[2]), VACCEL_OK);
    assert_int_equal(vaccel_arg_array_add_all(&dst, &src, true), VACCEL_EINVAL);
    assert_int_equal(dst.count, 1);
    assert_ptr_equal(dst.args[0].buf, &values[0]);
    assert_int_equal(vaccel_arg_array_release(&dst), VACCEL_OK);
    assert_int_equal(vaccel_arg_array_release(&src), VACCEL_OK);
}

static void test_add_range_into_a_full_wrapped_array(void **state)
{
    struct vaccel_arg args[2] = {{0}};
    struct vaccel_arg_array src;
    struct vaccel_arg_array dst;
    int32_t values[] = {1, 2, 3};

    (void)state;
    assert_int_equal(vaccel_arg_array_init(&src, 0), VACCEL_OK);
    fill(&src, values, 3);
    assert_int_equal(vaccel_arg_array_wrap(&dst, args, 2), VACCEL_OK);
    vaccel_arg_array_clear(&dst);
    assert_int_equal(vaccel_arg_array_add_all(&dst, &src, false), VACCEL_ERANGE);
    assert_int_equal(dst.count, 0);
    assert_int_equal(vaccel_arg_array_add_range(&dst, &src, 0, 2, false), VACCEL_OK);
    assert_ptr_equal(args[1].buf, &values[1]);
    assert_int_equal(vaccel_arg_array_release(&src), VACCEL_OK);
}

static void test_add_remaining_begins_at_the_position(void **state)
{
    struct vaccel_arg_array src;
    struct vaccel_arg_array dst;
    int32_t values[] = {1, 2, 3};

    (void)state;
    assert_int_equal(vaccel_arg_array_init(&src, 0), VACCEL_OK);
    assert_int_equal(vaccel_arg_array_init(&dst, 0), VACCEL_OK);
    fill(&src, values, 3);
    vaccel_arg_array_set_position(&src, 2);
    assert_int_equal(vaccel_arg_array_add_remaining(&dst, &src, false), VACCEL_OK);
    assert_int_equal(dst.count, 1);
    assert_ptr_equal(dst.args[0].buf, &values[2]);
    vaccel_arg_array_set_position(&src, 3);
    assert_int_equal(vaccel_arg_array_add_remaining(&dst, &src, true), VACCEL_OK);
    assert_int_equal(dst.count, 1);
    assert_int_equal(vaccel_arg_array_add_remaining(&dst, NULL, false), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_add_remaining(NULL, &src, false), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_add_all(&dst, NULL, false), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_add_all(NULL, &src, false), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_release(&dst), VACCEL_OK);
    assert_int_equal(vaccel_arg_array_release(&src), VACCEL_OK);
}

static void test_an_array_may_be_added_to_itself(void **state)
{
    struct vaccel_arg_array array;
    int32_t values[] = {1, 2};

    (void)state;
    assert_int_equal(vaccel_arg_array_init(&array, 2), VACCEL_OK);
    fill(&array, values, 2);
    assert_int_equal(vaccel_arg_array_add_all(&array, &array, true), VACCEL_OK);
    assert_int_equal(array.count, 4);
    assert_int_equal(*(int32_t *)array.args[3].buf, 2);
    assert_int_equal(vaccel_arg_array_release(&array), VACCEL_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_init_makes_room),
        cmocka_unit_test(test_init_refuses_misuse),
        cmocka_unit_test(test_new_and_delete),
        cmocka_unit_test(test_release_refuses_what_is_not_begun),
        cmocka_unit_test(test_a_released_array_takes_and_gives_nothing),
        cmocka_unit_test(test_release_frees_what_the_arguments_own),
        cmocka_unit_test(test_an_array_grows),
        cmocka_unit_test(test_wrap_borrows_and_never_grows),
        cmocka_unit_test(test_wrapped_nothing_is_an_empty_array),
        cmocka_unit_test(test_clear_begins_anew),
        cmocka_unit_test(test_clear_releases_wrapped_arguments),
        cmocka_unit_test(test_position_is_clamped),
        cmocka_unit_test(test_null_has_no_position_and_no_arguments),
        cmocka_unit_test(test_get_remaining_does_not_advance),
        cmocka_unit_test(test_add_range_borrows_or_copies),
        cmocka_unit_test(test_add_range_checks_the_range),
        cmocka_unit_test(test_add_range_adds_all_or_nothing),
        cmocka_unit_test(test_add_range_into_a_full_wrapped_array),
        cmocka_unit_test(test_add_remaining_begins_at_the_position),
        cmocka_unit_test(test_an_array_may_be_added_to_itself),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
