/* SPDX-License-Identifier: Apache-2.0 */
/* The argument lists of older programs. */
#include "vaccel.h"

#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* It is they that are tested. */
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

struct numbers {
    uint32_t count;
    uint32_t *values;
};

static void *numbers_to_bytes(void *data, uint32_t *size)
{
    const struct numbers *numbers = data;
    uint32_t *bytes = malloc((numbers->count + 1) * sizeof(uint32_t));

    bytes[0] = numbers->count;
    memcpy(bytes + 1, numbers->values, numbers->count * sizeof(uint32_t));
    *size = (numbers->count + 1) * (uint32_t)sizeof(uint32_t);
    return bytes;
}

static void *bytes_to_numbers(void *data, uint32_t size)
{
    struct numbers *numbers = malloc(sizeof(*numbers));
    const uint32_t *bytes = data;

    assert_int_equal(size, (bytes[0] + 1) * sizeof(uint32_t));
    numbers->count = bytes[0];
    numbers->values = malloc(numbers->count * sizeof(uint32_t));
    memcpy(numbers->values, bytes + 1, numbers->count * sizeof(uint32_t));
    return numbers;
}

static void *to_nothing(void *data, uint32_t *size)
{
    (void)data, (void)size;
    return NULL;
}

static void *to_no_size(void *data, uint32_t *size)
{
    void *bytes = numbers_to_bytes(data, size);

    *size = 0;
    return bytes;
}

static void test_serial_arguments(void **state)
{
    struct vaccel_arg_list *list = vaccel_args_init(2);
    int32_t in = 7;
    int32_t out = 0;
    int32_t result = 14;

    (void)state;
    assert_non_null(list);
    assert_int_equal(list->size, 2);
    assert_int_equal(vaccel_add_serial_arg(list, &in, sizeof(in)), VACCEL_OK);
    assert_int_equal(vaccel_expect_serial_arg(list, &out, sizeof(out)), VACCEL_OK);
    assert_int_equal(list->curr_idx, 2);
    assert_int_equal(list->list[0].type, VACCEL_ARG_RAW);
    assert_ptr_equal(vaccel_extract_serial_arg(list->list, 0), &in);
    assert_int_equal(vaccel_write_serial_arg(list->list, 1, &result), VACCEL_OK);
    assert_int_equal(out, 14);
    assert_int_equal(vaccel_delete_args(list), VACCEL_OK);
}

static void test_nonserial_arguments(void **state)
{
    struct vaccel_arg_list *list = vaccel_args_init(2);
    uint32_t values[] = {1, 2, 3};
    struct numbers numbers = {3, values};
    struct numbers *found;

    (void)state;
    assert_int_equal(vaccel_add_nonserial_arg(list, &numbers, 100, numbers_to_bytes), VACCEL_OK);
    assert_int_equal(vaccel_expect_nonserial_arg(list, 16), VACCEL_OK);
    assert_int_equal(list->list[0].type, VACCEL_ARG_CUSTOM);
    assert_int_equal(list->list[0].custom_type_id, 100);
    assert_int_equal(*(uint32_t *)list->list[1].buf, 0);
    assert_int_equal(vaccel_write_nonserial_arg(list->list, 1, &numbers, numbers_to_bytes),
                     VACCEL_OK);
    found = vaccel_extract_nonserial_arg(list->list, 1, bytes_to_numbers);
    assert_non_null(found);
    assert_memory_equal(found->values, values, sizeof(values));
    free(found->values);
    free(found);
    assert_int_equal(vaccel_delete_args(list), VACCEL_OK);
}

static void test_a_list_is_full_at_its_size(void **state)
{
    struct vaccel_arg_list *list = vaccel_args_init(1);
    uint32_t values[] = {1};
    struct numbers numbers = {1, values};

    (void)state;
    assert_int_equal(vaccel_add_serial_arg(list, values, 4), VACCEL_OK);
    assert_int_equal(vaccel_add_serial_arg(list, values, 4), VACCEL_ERANGE);
    assert_int_equal(vaccel_expect_serial_arg(list, values, 4), VACCEL_ERANGE);
    assert_int_equal(vaccel_add_nonserial_arg(list, &numbers, 1, numbers_to_bytes), VACCEL_ERANGE);
    assert_int_equal(vaccel_expect_nonserial_arg(list, 4), VACCEL_ERANGE);
    assert_int_equal(list->curr_idx, 1);
    assert_int_equal(vaccel_delete_args(list), VACCEL_OK);
}

static void test_a_list_may_be_empty(void **state)
{
    struct vaccel_arg_list *list = vaccel_args_init(0);
    char byte = 0;

    (void)state;
    assert_non_null(list);
    assert_int_equal(vaccel_add_serial_arg(list, &byte, 1), VACCEL_ERANGE);
    assert_int_equal(vaccel_delete_args(list), VACCEL_OK);
    assert_null(vaccel_args_init(UINT32_MAX));
    assert_int_equal(vaccel_delete_args(NULL), VACCEL_EINVAL);
}

static void test_misuse_of_add(void **state)
{
    struct vaccel_arg_list *list = vaccel_args_init(2);
    uint32_t values[] = {1};
    struct numbers numbers = {1, values};

    (void)state;
    assert_int_equal(vaccel_add_serial_arg(NULL, values, 4), VACCEL_EINVAL);
    assert_int_equal(vaccel_add_serial_arg(list, values, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_add_serial_arg(list, NULL, 4), VACCEL_EINVAL);
    assert_int_equal(vaccel_expect_serial_arg(NULL, values, 4), VACCEL_EINVAL);
    assert_int_equal(vaccel_expect_serial_arg(list, NULL, 4), VACCEL_EINVAL);
    assert_int_equal(vaccel_expect_nonserial_arg(NULL, 4), VACCEL_EINVAL);
    assert_int_equal(vaccel_expect_nonserial_arg(list, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_add_nonserial_arg(NULL, &numbers, 1, numbers_to_bytes), VACCEL_EINVAL);
    assert_int_equal(vaccel_add_nonserial_arg(list, NULL, 1, numbers_to_bytes), VACCEL_EINVAL);
    assert_int_equal(vaccel_add_nonserial_arg(list, &numbers, 1, NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_add_nonserial_arg(list, &numbers, 1, to_nothing), VACCEL_EINVAL);
    assert_int_equal(vaccel_add_nonserial_arg(list, &numbers, 1, to_no_size), VACCEL_EINVAL);
    assert_int_equal(list->curr_idx, 0);
    assert_int_equal(vaccel_delete_args(list), VACCEL_OK);
}

static void test_misuse_of_extract(void **state)
{
    struct vaccel_arg empty = {0};
    struct vaccel_arg huge = {.buf = &empty, .size = (size_t)UINT32_MAX + 1};

    (void)state;
    assert_null(vaccel_extract_serial_arg(NULL, 0));
    assert_null(vaccel_extract_serial_arg(&empty, -1));
    assert_null(vaccel_extract_serial_arg(&empty, 0));
    assert_null(vaccel_extract_nonserial_arg(NULL, 0, bytes_to_numbers));
    assert_null(vaccel_extract_nonserial_arg(&empty, -1, bytes_to_numbers));
    assert_null(vaccel_extract_nonserial_arg(&empty, 0, bytes_to_numbers));
    assert_null(vaccel_extract_nonserial_arg(&huge, 0, bytes_to_numbers));
    huge.size = 4;
    assert_null(vaccel_extract_nonserial_arg(&huge, 0, NULL));
}

static void test_misuse_of_write(void **state)
{
    uint32_t values[] = {1, 2};
    struct numbers numbers = {2, values};
    uint32_t room[2] = {8, 9};
    struct vaccel_arg args[2] = {{.buf = room, .size = sizeof(room)}};

    (void)state;
    assert_int_equal(vaccel_write_serial_arg(NULL, 0, values), VACCEL_EINVAL);
    assert_int_equal(vaccel_write_serial_arg(args, -1, values), VACCEL_EINVAL);
    assert_int_equal(vaccel_write_serial_arg(args, 1, values), VACCEL_EINVAL);
    assert_int_equal(vaccel_write_serial_arg(args, 0, NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_write_nonserial_arg(NULL, 0, &numbers, numbers_to_bytes),
                     VACCEL_EINVAL);
    assert_int_equal(vaccel_write_nonserial_arg(args, 1, &numbers, numbers_to_bytes),
                     VACCEL_EINVAL);
    assert_int_equal(vaccel_write_nonserial_arg(args, 0, NULL, numbers_to_bytes), VACCEL_EINVAL);
    assert_int_equal(vaccel_write_nonserial_arg(args, 0, &numbers, NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_write_nonserial_arg(args, 0, &numbers, to_nothing), VACCEL_EINVAL);
    assert_int_equal(vaccel_write_nonserial_arg(args, 0, &numbers, numbers_to_bytes),
                     VACCEL_EINVAL);
    assert_int_equal(room[0], 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_serial_arguments),
        cmocka_unit_test(test_nonserial_arguments),
        cmocka_unit_test(test_a_list_is_full_at_its_size),
        cmocka_unit_test(test_a_list_may_be_empty),
        cmocka_unit_test(test_misuse_of_add),
        cmocka_unit_test(test_misuse_of_extract),
        cmocka_unit_test(test_misuse_of_write),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
