/* SPDX-License-Identifier: Apache-2.0 */
/* What goes into an argument array and comes out again, for every type. */
#include "vaccel.h"

#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct vaccel_arg_array array;

static int setup(void **state)
{
    (void)state;
    return vaccel_arg_array_init(&array, 0);
}

static int teardown(void **state)
{
    (void)state;
    return vaccel_arg_array_release(&array);
}

/* The numeric types: the same test for each of them. */
#define NUMERIC_TESTS(name, c_type, scalar, arrays) \
    static void test_##name(void **state) \
    { \
        c_type value = (c_type)1, other = (c_type)0; \
\
        (void)state; \
        assert_int_equal(vaccel_arg_array_add_##name(&array, &value), VACCEL_OK); \
        assert_ptr_equal(array.args[0].buf, &value); \
        assert_int_equal(array.args[0].type, scalar); \
        assert_false(array.args[0].owned); \
        assert_int_equal(vaccel_arg_array_get_##name(&array, &other), VACCEL_OK); \
        assert_true(other == value); \
        assert_int_equal(vaccel_arg_array_position(&array), 1); \
        assert_int_equal(vaccel_arg_array_get_##name(&array, &other), VACCEL_ERANGE); \
        assert_int_equal(vaccel_arg_array_set_##name(&array, &other), VACCEL_ERANGE); \
        vaccel_arg_array_reset_position(&array); \
        other = (c_type)0; \
        assert_int_equal(vaccel_arg_array_set_##name(&array, &other), VACCEL_OK); \
        assert_true(value == (c_type)0); \
        assert_int_equal(vaccel_arg_array_position(&array), 1); \
    } \
    static void test_##name##_array(void **state) \
    { \
        c_type values[3] = {(c_type)1, (c_type)0, (c_type)1}, *found = NULL; \
        c_type other[2] = {(c_type)0, (c_type)1}; \
        size_t count = 0; \
\
        (void)state; \
        assert_int_equal(vaccel_arg_array_add_##name##_array(&array, values, 3), VACCEL_OK); \
        assert_int_equal(array.args[0].size, sizeof(values)); \
        assert_int_equal(array.args[0].type, arrays); \
        assert_int_equal(vaccel_arg_array_get_##name##_array(&array, &found, &count), VACCEL_OK); \
        assert_ptr_equal(found, values); \
        assert_int_equal(count, 3); \
        vaccel_arg_array_reset_position(&array); \
        assert_int_equal(vaccel_arg_array_get_##name##_array(&array, &found, NULL), VACCEL_OK); \
        vaccel_arg_array_reset_position(&array); \
        assert_int_equal(vaccel_arg_array_set_##name##_array(&array, other, 2), VACCEL_OK); \
        assert_true(values[0] == other[0] && values[1] == other[1] && values[2] == (c_type)1); \
        assert_int_equal(array.args[0].size, sizeof(values)); \
    } \
    static void test_misuse_of_##name(void **state) \
    { \
        c_type values[3] = {0}, *found; \
\
        (void)state; \
        assert_int_equal(vaccel_arg_array_add_##name(NULL, values), VACCEL_EINVAL); \
        assert_int_equal(vaccel_arg_array_add_##name(&array, NULL), VACCEL_EINVAL); \
        assert_int_equal(vaccel_arg_array_add_##name##_array(NULL, values, 3), VACCEL_EINVAL); \
        assert_int_equal(vaccel_arg_array_add_##name##_array(&array, NULL, 3), VACCEL_EINVAL); \
        assert_int_equal(vaccel_arg_array_add_##name##_array(&array, values, 0), VACCEL_EINVAL); \
        assert_int_equal(vaccel_arg_array_count(&array), 0); \
        assert_int_equal(vaccel_arg_array_add_##name(&array, values), VACCEL_OK); \
        assert_int_equal(vaccel_arg_array_get_##name(NULL, values), VACCEL_EINVAL); \
        assert_int_equal(vaccel_arg_array_get_##name(&array, NULL), VACCEL_EINVAL); \
        assert_int_equal(vaccel_arg_array_set_##name(NULL, values), VACCEL_EINVAL); \
        assert_int_equal(vaccel_arg_array_set_##name(&array, NULL), VACCEL_EINVAL); \
        assert_int_equal(vaccel_arg_array_get_##name##_array(&array, &found, NULL), \
                         VACCEL_EINVAL); \
        assert_int_equal(vaccel_arg_array_set_##name##_array(&array, values, 1), VACCEL_EINVAL); \
        assert_int_equal(vaccel_arg_array_position(&array), 0); \
    } \
    static void test_misuse_of_##name##_array(void **state) \
    { \
        c_type values[3] = {0}, *found; \
\
        (void)state; \
        assert_int_equal(vaccel_arg_array_add_##name##_array(&array, values, 2), VACCEL_OK); \
        assert_int_equal(vaccel_arg_array_get_##name##_array(NULL, &found, NULL), VACCEL_EINVAL); \
        assert_int_equal(vaccel_arg_array_get_##name##_array(&array, NULL, NULL), VACCEL_EINVAL); \
        assert_int_equal(vaccel_arg_array_set_##name##_array(NULL, values, 1), VACCEL_EINVAL); \
        assert_int_equal(vaccel_arg_array_set_##name##_array(&array, NULL, 1), VACCEL_EINVAL); \
        assert_int_equal(vaccel_arg_array_set_##name##_array(&array, values, 0), VACCEL_EINVAL); \
        assert_int_equal(vaccel_arg_array_set_##name##_array(&array, values, 3), VACCEL_EINVAL); \
        assert_int_equal(vaccel_arg_array_get_##name(&array, values), VACCEL_EINVAL); \
        assert_int_equal(vaccel_arg_array_set_##name(&array, values), VACCEL_EINVAL); \
        array.args[0].size--; \
        assert_int_equal(vaccel_arg_array_get_##name##_array(&array, &found, NULL), \
                         sizeof(c_type) == 1 ? VACCEL_OK : VACCEL_EINVAL); \
        vaccel_arg_array_reset_position(&array); \
        array.args[0].buf = NULL; \
        assert_int_equal(vaccel_arg_array_get_##name##_array(&array, &found, NULL), \
                         VACCEL_EINVAL); \
        assert_int_equal(vaccel_arg_array_set_##name##_array(&array, values, 1), VACCEL_EINVAL); \
        array.args[0].size = 0; \
        assert_int_equal(vaccel_arg_array_get_##name##_array(&array, &found, NULL), \
                         VACCEL_EINVAL); \
        assert_int_equal(vaccel_arg_array_position(&array), 0); \
    }
VACCEL_ARG_NUMERIC_TYPES(NUMERIC_TESTS)

static void test_one_value_of_the_wrong_size(void **state)
{
    int64_t memory = 0;
    int32_t value = 0;

    (void)state;
    assert_int_equal(vaccel_arg_array_add_int32(&array, &value), VACCEL_OK);
    array.args[0].buf = &memory;
    array.args[0].size = sizeof(memory);
    assert_int_equal(vaccel_arg_array_get_int32(&array, &value), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_set_int32(&array, &value), VACCEL_EINVAL);
    array.args[0].size = 3;
    assert_int_equal(vaccel_arg_array_get_int32(&array, &value), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_set_int32(&array, &value), VACCEL_EINVAL);
    array.args[0].buf = NULL;
    array.args[0].size = 4;
    assert_int_equal(vaccel_arg_array_get_int32(&array, &value), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_set_int32(&array, &value), VACCEL_EINVAL);
    array.args[0].buf = &value;
    assert_int_equal(vaccel_arg_array_get_int32(&array, &value), VACCEL_OK);
}

static void test_a_number_of_elements_that_overflows(void **state)
{
    int64_t value = 0;

    (void)state;
    assert_int_equal(vaccel_arg_array_add_int64_array(&array, &value, SIZE_MAX / 4), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_add_int64_array(&array, &value, SIZE_MAX / 8 + 2),
                     VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_count(&array), 0);
    assert_int_equal(vaccel_arg_array_add_int64_array(&array, &value, 1), VACCEL_OK);
    assert_int_equal(vaccel_arg_array_set_int64_array(&array, &value, SIZE_MAX / 8 + 2),
                     VACCEL_EINVAL);
}

static void test_a_bool_is_0_or_1(void **state)
{
    unsigned char odd[2] = {1, 2};
    bool good[2] = {false, true};
    bool *found;
    bool value;

    (void)state;
    assert_int_equal(vaccel_arg_array_add_bool(&array, (bool *)&odd[1]), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_add_bool_array(&array, (bool *)odd, 2), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_count(&array), 0);
    assert_int_equal(vaccel_arg_array_add_bool(&array, (bool *)&odd[0]), VACCEL_OK);
    assert_int_equal(vaccel_arg_array_add_bool_array(&array, (bool *)&odd[0], 1), VACCEL_OK);
    odd[0] = 255;
    assert_int_equal(vaccel_arg_array_get_bool(&array, &value), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_set_bool(&array, (bool *)&odd[1]), VACCEL_EINVAL);
    vaccel_arg_array_set_position(&array, 1);
    assert_int_equal(vaccel_arg_array_get_bool_array(&array, &found, NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_set_bool_array(&array, (bool *)odd, 1), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_set_bool_array(&array, good, 1), VACCEL_OK);
    assert_int_equal(odd[0], 0);
}

static void test_raw(void **state)
{
    char bytes[4] = "abc";
    size_t size = 0;
    void *found;

    (void)state;
    assert_int_equal(vaccel_arg_array_add_raw(&array, bytes, 4), VACCEL_OK);
    assert_int_equal(vaccel_arg_array_get_raw(&array, &found, &size), VACCEL_OK);
    assert_ptr_equal(found, bytes);
    assert_int_equal(size, 4);
    vaccel_arg_array_reset_position(&array);
    assert_int_equal(vaccel_arg_array_set_raw(&array, (char[]){"xy"}, 2), VACCEL_OK);
    assert_string_equal(bytes, "xyc");
    assert_int_equal(vaccel_arg_array_add_raw(&array, NULL, 0), VACCEL_OK);
    assert_int_equal(vaccel_arg_array_get_raw(&array, &found, &size), VACCEL_OK);
    assert_null(found);
    assert_int_equal(size, 0);
}

static void test_misuse_of_raw(void **state)
{
    char bytes[4] = "abc";
    size_t size;
    void *found;

    (void)state;
    assert_int_equal(vaccel_arg_array_add_raw(NULL, bytes, 4), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_add_raw(&array, NULL, 4), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_add_raw(&array, bytes, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_get_raw(&array, &found, &size), VACCEL_ERANGE);
    assert_int_equal(vaccel_arg_array_add_raw(&array, bytes, 4), VACCEL_OK);
    assert_int_equal(vaccel_arg_array_get_raw(NULL, &found, &size), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_get_raw(&array, NULL, &size), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_get_raw(&array, &found, NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_get_buffer(&array, &found, &size), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_set_raw(NULL, bytes, 4), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_set_raw(&array, NULL, 4), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_set_raw(&array, bytes, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_set_raw(&array, bytes, 5), VACCEL_EINVAL);
    array.args[0].buf = NULL;
    assert_int_equal(vaccel_arg_array_get_raw(&array, &found, &size), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_set_raw(&array, bytes, 4), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_position(&array), 0);
}

static void test_buffer(void **state)
{
    char bytes[4] = "abc";
    size_t size = 0;
    void *found;

    (void)state;
    assert_int_equal(vaccel_arg_array_add_buffer(&array, bytes, 4), VACCEL_OK);
    assert_int_equal(array.args[0].type, VACCEL_ARG_BUFFER);
    assert_int_equal(vaccel_arg_array_get_buffer(&array, &found, &size), VACCEL_OK);
    assert_ptr_equal(found, bytes);
    assert_int_equal(size, 4);
    assert_int_equal(vaccel_arg_array_set_buffer(&array, bytes, 4), VACCEL_ERANGE);
    vaccel_arg_array_reset_position(&array);
    assert_int_equal(vaccel_arg_array_set_buffer(&array, (char[]){"xyz"}, 4), VACCEL_OK);
    assert_string_equal(bytes, "xyz");
}

static void test_misuse_of_buffer(void **state)
{
    char bytes[4] = "abc";
    size_t size;
    void *found;

    (void)state;
    assert_int_equal(vaccel_arg_array_add_buffer(NULL, bytes, 4), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_add_buffer(&array, NULL, 4), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_add_buffer(&array, bytes, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_add_buffer(&array, NULL, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_add_buffer(&array, bytes, 4), VACCEL_OK);
    assert_int_equal(vaccel_arg_array_get_buffer(NULL, &found, &size), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_get_buffer(&array, NULL, &size), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_get_buffer(&array, &found, NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_set_buffer(NULL, bytes, 4), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_set_buffer(&array, NULL, 4), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_set_buffer(&array, bytes, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_set_buffer(&array, bytes, 5), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_set_raw(&array, bytes, 4), VACCEL_EINVAL);
    array.args[0].size = 0;
    assert_int_equal(vaccel_arg_array_get_buffer(&array, &found, &size), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_position(&array), 0);
}

static void test_string(void **state)
{
    char text[8] = "abcdefg";
    char *found = NULL;

    (void)state;
    assert_int_equal(vaccel_arg_array_add_string(&array, text), VACCEL_OK);
    assert_int_equal(array.args[0].size, 8);
    assert_int_equal(vaccel_arg_array_get_string(&array, &found), VACCEL_OK);
    assert_ptr_equal(found, text);
    assert_int_equal(vaccel_arg_array_get_string(&array, &found), VACCEL_ERANGE);
    vaccel_arg_array_reset_position(&array);
    assert_int_equal(vaccel_arg_array_set_string(&array, (char[]){"xy"}), VACCEL_OK);
    assert_string_equal(text, "xy");
    vaccel_arg_array_reset_position(&array);
    assert_int_equal(vaccel_arg_array_set_string(&array, (char[]){"ABCDEFG"}), VACCEL_OK);
    assert_string_equal(text, "ABCDEFG");
}

static void test_misuse_of_string(void **state)
{
    char text[4] = "abc";
    char *found;

    (void)state;
    assert_int_equal(vaccel_arg_array_add_string(NULL, text), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_add_string(&array, NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_add_string(&array, text), VACCEL_OK);
    assert_int_equal(vaccel_arg_array_get_string(NULL, &found), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_get_string(&array, NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_set_string(NULL, text), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_set_string(&array, NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_set_string(&array, (char[]){"abcd"}), VACCEL_EINVAL);
    assert_string_equal(text, "abc");
    text[3] = 'd';
    assert_int_equal(vaccel_arg_array_get_string(&array, &found), VACCEL_EINVAL);
    array.args[0].buf = NULL;
    assert_int_equal(vaccel_arg_array_get_string(&array, &found), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_set_string(&array, (char[]){""}), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_position(&array), 0);
}

int main(void)
{
#define LIST(name, c_type, scalar, arrays) \
    cmocka_unit_test_setup_teardown(test_##name, setup, teardown), \
        cmocka_unit_test_setup_teardown(test_##name##_array, setup, teardown), \
        cmocka_unit_test_setup_teardown(test_misuse_of_##name, setup, teardown), \
        cmocka_unit_test_setup_teardown(test_misuse_of_##name##_array, setup, teardown),
    const struct CMUnitTest tests[] = {
        VACCEL_ARG_NUMERIC_TYPES(LIST)
            cmocka_unit_test_setup_teardown(test_one_value_of_the_wrong_size, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_number_of_elements_that_overflows, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_bool_is_0_or_1, setup, teardown),
        cmocka_unit_test_setup_teardown(test_raw, setup, teardown),
        cmocka_unit_test_setup_teardown(test_misuse_of_raw, setup, teardown),
        cmocka_unit_test_setup_teardown(test_buffer, setup, teardown),
        cmocka_unit_test_setup_teardown(test_misuse_of_buffer, setup, teardown),
        cmocka_unit_test_setup_teardown(test_string, setup, teardown),
        cmocka_unit_test_setup_teardown(test_misuse_of_string, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
