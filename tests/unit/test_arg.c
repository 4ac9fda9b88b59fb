/* SPDX-License-Identifier: Apache-2.0 */
/* One argument: making, ending, and what the library thinks of its size. */
#include "core/arg.h"
#include "vaccel.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_init_copies_the_bytes(void **state)
{
    int32_t value = 7;
    struct vaccel_arg arg;

    (void)state;
    assert_int_equal(vaccel_arg_init(&arg, &value, sizeof(value), VACCEL_ARG_INT32, 0), VACCEL_OK);
    value = 8;
    assert_int_equal(*(int32_t *)arg.buf, 7);
    assert_int_equal(arg.size, sizeof(value));
    assert_int_equal(arg.type, VACCEL_ARG_INT32);
    assert_true(arg.owned);
    assert_int_equal(vaccel_arg_release(&arg), VACCEL_OK);
}

static void test_init_without_bytes_zeroes_them(void **state)
{
    const char zeros[64] = {0};
    struct vaccel_arg arg;

    (void)state;
    assert_int_equal(vaccel_arg_init(&arg, NULL, sizeof(zeros), VACCEL_ARG_CUSTOM, 42), VACCEL_OK);
    assert_memory_equal(arg.buf, zeros, sizeof(zeros));
    assert_int_equal(arg.custom_type_id, 42);
    assert_int_equal(vaccel_arg_release(&arg), VACCEL_OK);
}

static void test_an_argument_may_be_empty(void **state)
{
    struct vaccel_arg arg;

    (void)state;
    assert_int_equal(vaccel_arg_init(&arg, NULL, 0, VACCEL_ARG_RAW, 0), VACCEL_OK);
    assert_null(arg.buf);
    assert_int_equal(vaccel_arg_release(&arg), VACCEL_OK);
    assert_int_equal(vaccel_arg_init_from_buf(&arg, NULL, 0, VACCEL_ARG_RAW, 0), VACCEL_OK);
    assert_null(arg.buf);
    assert_int_equal(arg.size, 0);
}

static void test_init_refuses_misuse_and_changes_nothing(void **state)
{
    struct vaccel_arg arg = {.size = 5};
    char byte = 0;

    (void)state;
    assert_int_equal(vaccel_arg_init(NULL, &byte, 1, VACCEL_ARG_RAW, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_init(&arg, &byte, 0, VACCEL_ARG_RAW, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_init(&arg, &byte, 1, VACCEL_ARG_MAX, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_init(&arg, &byte, 1, (vaccel_arg_type_t)-1, 0), VACCEL_EINVAL);
    assert_int_equal(arg.size, 5);
    assert_null(arg.buf);
}

static void test_from_buf_borrows(void **state)
{
    struct vaccel_arg arg;
    char bytes[4];

    (void)state;
    assert_int_equal(vaccel_arg_init_from_buf(&arg, bytes, 4, VACCEL_ARG_BUFFER, 0), VACCEL_OK);
    assert_ptr_equal(arg.buf, bytes);
    assert_false(arg.owned);
    assert_int_equal(vaccel_arg_release(&arg), VACCEL_OK);
}

static void test_from_buf_refuses_misuse(void **state)
{
    struct vaccel_arg arg;
    char byte;

    (void)state;
    assert_int_equal(vaccel_arg_init_from_buf(NULL, &byte, 1, VACCEL_ARG_RAW, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_init_from_buf(&arg, &byte, 0, VACCEL_ARG_RAW, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_init_from_buf(&arg, NULL, 1, VACCEL_ARG_RAW, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_init_from_buf(&arg, &byte, 1, VACCEL_ARG_MAX, 0), VACCEL_EINVAL);
}

static void test_release_empties_and_may_be_repeated(void **state)
{
    struct vaccel_arg arg;

    (void)state;
    assert_int_equal(vaccel_arg_init(&arg, "abc", 4, VACCEL_ARG_STRING, 0), VACCEL_OK);
    assert_int_equal(vaccel_arg_release(&arg), VACCEL_OK);
    assert_null(arg.buf);
    assert_int_equal(arg.size, 0);
    assert_int_equal(arg.type, VACCEL_ARG_MAX);
    assert_int_equal(vaccel_arg_release(&arg), VACCEL_OK);
    assert_int_equal(vaccel_arg_release(NULL), VACCEL_EINVAL);
}

static void test_new_and_delete(void **state)
{
    struct vaccel_arg *arg = NULL;
    char bytes[] = "abc";

    (void)state;
    assert_int_equal(vaccel_arg_new(&arg, bytes, 4, VACCEL_ARG_STRING, 0), VACCEL_OK);
    assert_string_equal(arg->buf, "abc");
    assert_int_equal(vaccel_arg_delete(arg), VACCEL_OK);
    assert_int_equal(vaccel_arg_from_buf(&arg, bytes, 4, VACCEL_ARG_CUSTOM, 9), VACCEL_OK);
    assert_ptr_equal(arg->buf, bytes);
    assert_int_equal(arg->custom_type_id, 9);
    assert_int_equal(vaccel_arg_delete(arg), VACCEL_OK);
    assert_int_equal(vaccel_arg_delete(NULL), VACCEL_EINVAL);
}

static void test_new_leaves_the_pointer_alone_on_error(void **state)
{
    struct vaccel_arg untouched;
    struct vaccel_arg *arg = &untouched;
    char byte = 1;

    (void)state;
    assert_int_equal(vaccel_arg_new(NULL, &byte, 1, VACCEL_ARG_RAW, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_new(&arg, &byte, 0, VACCEL_ARG_RAW, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_new(&arg, &byte, 1, VACCEL_ARG_MAX, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_from_buf(NULL, &byte, 1, VACCEL_ARG_RAW, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_from_buf(&arg, NULL, 1, VACCEL_ARG_RAW, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_from_buf(&arg, &byte, 1, VACCEL_ARG_MAX, 0), VACCEL_EINVAL);
    assert_ptr_equal(arg, &untouched);
}

static void test_element_size_of_every_type(void **state)
{
    (void)state;
#define CHECK(name, c_type, scalar, array) \
    assert_int_equal(arg_element_size(scalar), sizeof(c_type)); \
    assert_int_equal(arg_element_size(array), sizeof(c_type));
    VACCEL_ARG_NUMERIC_TYPES(CHECK)
#undef CHECK
    assert_int_equal(arg_element_size(VACCEL_ARG_RAW), 0);
    assert_int_equal(arg_element_size(VACCEL_ARG_STRING), 0);
    assert_int_equal(arg_element_size(VACCEL_ARG_BUFFER), 0);
    assert_int_equal(arg_element_size(VACCEL_ARG_CUSTOM), 0);
    assert_int_equal(arg_element_size(VACCEL_ARG_MAX), 0);
    assert_int_equal(arg_element_size((vaccel_arg_type_t)-1), 0);
}

static bool valid(void *buf, size_t size, vaccel_arg_type_t type)
{
    return arg_valid(&(struct vaccel_arg){.buf = buf, .size = size, .type = type});
}

static void test_one_value_has_exactly_its_size(void **state)
{
    uint64_t memory[4] = {0};

    (void)state;
#define CHECK(name, c_type, scalar, array) \
    assert_true(valid(memory, sizeof(c_type), scalar)); \
    assert_false(valid(memory, sizeof(c_type) - 1, scalar)); \
    assert_false(valid(memory, 2 * sizeof(c_type), scalar)); \
    assert_false(valid(NULL, 0, scalar)); \
    assert_false(valid(NULL, sizeof(c_type), scalar));
    VACCEL_ARG_NUMERIC_TYPES(CHECK)
#undef CHECK
}

static void test_an_array_has_a_whole_number_of_elements(void **state)
{
    uint64_t memory[4] = {0};

    (void)state;
#define CHECK(name, c_type, scalar, array) \
    assert_true(valid(memory, 3 * sizeof(c_type), array)); \
    assert_true(valid(NULL, 0, array)); \
    assert_int_equal(valid(memory, 2 * sizeof(c_type) + 1, array), sizeof(c_type) == 1); \
    assert_false(valid(NULL, sizeof(c_type), array));
    VACCEL_ARG_NUMERIC_TYPES(CHECK)
#undef CHECK
}

static void test_a_string_ends_within_its_size(void **state)
{
    char text[4] = {'a', 'b', 'c', 'd'};
    char *exact = malloc(3);

    (void)state;
    memcpy(exact, text, 3);
    assert_false(valid(exact, 3, VACCEL_ARG_STRING));
    free(exact);
    assert_false(valid(NULL, 0, VACCEL_ARG_STRING));
    assert_false(valid(text, 0, VACCEL_ARG_STRING));
    text[2] = '\0';
    assert_true(valid(text, 4, VACCEL_ARG_STRING));
    assert_true(valid(text, 3, VACCEL_ARG_STRING));
}

static void test_other_types_take_any_size(void **state)
{
    char bytes[3];

    (void)state;
    assert_true(valid(bytes, 3, VACCEL_ARG_RAW));
    assert_true(valid(bytes, 3, VACCEL_ARG_BUFFER));
    assert_true(valid(bytes, 3, VACCEL_ARG_CUSTOM));
    assert_true(valid(NULL, 0, VACCEL_ARG_RAW));
    assert_false(valid(NULL, 3, VACCEL_ARG_BUFFER));
    assert_false(valid(bytes, 3, VACCEL_ARG_MAX));
    assert_false(valid(bytes, 3, (vaccel_arg_type_t)-1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_init_copies_the_bytes),
        cmocka_unit_test(test_init_without_bytes_zeroes_them),
        cmocka_unit_test(test_an_argument_may_be_empty),
        cmocka_unit_test(test_init_refuses_misuse_and_changes_nothing),
        cmocka_unit_test(test_from_buf_borrows),
        cmocka_unit_test(test_from_buf_refuses_misuse),
        cmocka_unit_test(test_release_empties_and_may_be_repeated),
        cmocka_unit_test(test_new_and_delete),
        cmocka_unit_test(test_new_leaves_the_pointer_alone_on_error),
        cmocka_unit_test(test_element_size_of_every_type),
        cmocka_unit_test(test_one_value_has_exactly_its_size),
        cmocka_unit_test(test_an_array_has_a_whole_number_of_elements),
        cmocka_unit_test(test_a_string_ends_within_its_size),
        cmocka_unit_test(test_other_types_take_any_size),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
