/* SPDX-License-Identifier: Apache-2.0 */
/* Arguments of the application's own layout, and those that go through its functions. */
#include "vaccel.h"

#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { POINT = 77 };

struct point {
    int32_t x, y;
};

static struct vaccel_arg_array array;
static uint32_t seen_id;

static int setup(void **state)
{
    (void)state;
    seen_id = UINT32_MAX;
    return vaccel_arg_array_init(&array, 0);
}

static int teardown(void **state)
{
    (void)state;
    return vaccel_arg_array_release(&array);
}

static bool is_positive(const void *buf, size_t size, uint32_t custom_type_id)
{
    const struct point *point = buf;

    return size == sizeof(*point) && custom_type_id == POINT && point->x > 0 && point->y > 0;
}

static int to_bytes(const void *data, size_t data_size, uint32_t custom_type_id, void **buf,
                    size_t *size)
{
    seen_id = custom_type_id;
    *buf = malloc(data_size);
    *size = data_size;
    memcpy(*buf, data, data_size);
    return VACCEL_OK;
}

static int to_nothing(const void *data, size_t data_size, uint32_t custom_type_id, void **buf,
                      size_t *size)
{
    (void)data, (void)data_size, (void)custom_type_id, (void)buf, (void)size;
    return VACCEL_OK;
}

static int to_no_size(const void *data, size_t data_size, uint32_t custom_type_id, void **buf,
                      size_t *size)
{
    (void)to_bytes(data, data_size, custom_type_id, buf, size);
    *size = 0;
    return VACCEL_OK;
}

static int to_failure(const void *data, size_t data_size, uint32_t custom_type_id, void **buf,
                      size_t *size)
{
    (void)data, (void)data_size, (void)custom_type_id, (void)buf, (void)size;
    return VACCEL_EIO;
}

static int from_bytes(const void *buf, size_t size, uint32_t custom_type_id, size_t data_size,
                      void *data)
{
    seen_id = custom_type_id;
    if (size != data_size)
        return VACCEL_ERANGE;
    memcpy(data, buf, size);
    return VACCEL_OK;
}

static void test_custom(void **state)
{
    struct point point = {1, 2};
    struct point other = {3, 4};
    size_t size = 0;
    void *found;

    (void)state;
    assert_int_equal(vaccel_arg_array_add_custom(&array, POINT, &point, sizeof(point), is_positive),
                     VACCEL_OK);
    assert_int_equal(array.args[0].custom_type_id, POINT);
    assert_int_equal(vaccel_arg_array_get_custom(&array, POINT, &found, &size, is_positive),
                     VACCEL_OK);
    assert_ptr_equal(found, &point);
    assert_int_equal(size, sizeof(point));
    vaccel_arg_array_reset_position(&array);
    assert_int_equal(vaccel_arg_array_get_custom(&array, POINT, &found, NULL, NULL), VACCEL_OK);
    vaccel_arg_array_reset_position(&array);
    assert_int_equal(vaccel_arg_array_set_custom(&array, POINT, &other, sizeof(other), is_positive),
                     VACCEL_OK);
    assert_memory_equal(&point, &other, sizeof(point));
    assert_int_equal(vaccel_arg_array_position(&array), 1);
}

static void test_misuse_of_add_custom(void **state)
{
    struct point bad = {-1, 2};

    (void)state;
    assert_int_equal(vaccel_arg_array_add_custom(NULL, POINT, &bad, sizeof(bad), NULL),
                     VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_add_custom(&array, POINT, NULL, sizeof(bad), NULL),
                     VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_add_custom(&array, POINT, &bad, 0, NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_add_custom(&array, POINT, &bad, sizeof(bad), is_positive),
                     VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_count(&array), 0);
}

static void test_misuse_of_get_custom(void **state)
{
    struct point bad = {-1, 2};
    void *found;

    (void)state;
    assert_int_equal(vaccel_arg_array_get_custom(&array, POINT, &found, NULL, NULL), VACCEL_ERANGE);
    assert_int_equal(vaccel_arg_array_add_custom(&array, POINT, &bad, sizeof(bad), NULL),
                     VACCEL_OK);
    assert_int_equal(vaccel_arg_array_get_custom(NULL, POINT, &found, NULL, NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_get_custom(&array, POINT, NULL, NULL, NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_get_custom(&array, POINT + 1, &found, NULL, NULL),
                     VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_get_custom(&array, POINT, &found, NULL, is_positive),
                     VACCEL_EINVAL);
    array.args[0].type = VACCEL_ARG_RAW;
    assert_int_equal(vaccel_arg_array_get_custom(&array, POINT, &found, NULL, NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_position(&array), 0);
}

static void test_misuse_of_set_custom(void **state)
{
    struct point point = {1, 2};
    struct point bad = {-1, 2};

    (void)state;
    assert_int_equal(vaccel_arg_array_set_custom(&array, POINT, &bad, sizeof(bad), NULL),
                     VACCEL_ERANGE);
    assert_int_equal(vaccel_arg_array_add_custom(&array, POINT, &point, sizeof(point), NULL),
                     VACCEL_OK);
    assert_int_equal(vaccel_arg_array_set_custom(NULL, POINT, &bad, sizeof(bad), NULL),
                     VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_set_custom(&array, POINT, NULL, sizeof(bad), NULL),
                     VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_set_custom(&array, POINT, &bad, 4, NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_set_custom(&array, POINT, &bad, 9, NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_set_custom(&array, 1, &bad, sizeof(bad), NULL),
                     VACCEL_EINVAL);
    assert_int_equal(vaccel_arg_array_set_custom(&array, POINT, &bad, sizeof(bad), is_positive),
                     VACCEL_EINVAL);
    assert_int_equal(point.x, 1);
    assert_int_equal(vaccel_arg_array_position(&array), 0);
}

static void test_serialized(void **state)
{
    struct point point = {1, 2};
    struct point other = {0, 0};

    (void)state;
    assert_int_equal(vaccel_arg_array_add_serialized(&array, VACCEL_ARG_CUSTOM, POINT, &point,
                                                     sizeof(point), to_bytes),
                     VACCEL_OK);
    assert_int_equal(seen_id, POINT);
    assert_true(array.args[0].owned);
    assert_int_equal(vaccel_arg_array_get_serialized(&array, VACCEL_ARG_CUSTOM, POINT, &other,
                                                     sizeof(other), from_bytes),
                     VACCEL_OK);
    assert_memory_equal(&other, &point, sizeof(point));
    vaccel_arg_array_reset_position(&array);
    other.x = 9;
    assert_int_equal(vaccel_arg_array_set_serialized(&array, VACCEL_ARG_CUSTOM, POINT, &other,
                                                     sizeof(other), to_bytes),
                     VACCEL_OK);
    assert_memory_equal(array.args[0].buf, &other, sizeof(other));
    assert_int_equal(vaccel_arg_array_position(&array), 1);
}

static void test_serialized_without_a_layout(void **state)
{
    int32_t values[2] = {5, 6};

    (void)state;
    assert_int_equal(vaccel_arg_array_add_serialized(&array, VACCEL_ARG_INT32_ARRAY, POINT, values,
                                                     sizeof(values), to_bytes),
                     VACCEL_OK);
    assert_int_equal(seen_id, POINT);
    assert_int_equal(vaccel_arg_array_get_serialized(&array, VACCEL_ARG_INT32_ARRAY, 1, values,
                                                     sizeof(values), from_bytes),
                     VACCEL_OK);
    assert_int_equal(seen_id, 0);
    vaccel_arg_array_reset_position(&array);
    seen_id = UINT32_MAX;
    assert_int_equal(vaccel_arg_array_set_serialized(&array, VACCEL_ARG_INT32_ARRAY, 1, values,
                                                     sizeof(values), to_bytes),
                     VACCEL_OK);
    assert_int_equal(seen_id, 0);
}

static int add(vaccel_arg_type_t type, const void *data, size_t size,
               vaccel_arg_serializer_fn serializer)
{
    return vaccel_arg_array_add_serialized(&array, type, POINT, data, size, serializer);
}

static void test_misuse_of_add_serialized(void **state)
{
    char bytes[3] = {1, 2, 3};

    (void)state;
    assert_int_equal(vaccel_arg_array_add_serialized(NULL, VACCEL_ARG_RAW, 0, bytes, 3, to_bytes),
                     VACCEL_EINVAL);
    assert_int_equal(add(VACCEL_ARG_RAW, NULL, 3, to_bytes), VACCEL_EINVAL);
    assert_int_equal(add(VACCEL_ARG_RAW, bytes, 3, NULL), VACCEL_EINVAL);
    assert_int_equal(add(VACCEL_ARG_MAX, bytes, 3, to_bytes), VACCEL_EINVAL);
    assert_int_equal(add(VACCEL_ARG_INT32, bytes, 3, to_bytes), VACCEL_EINVAL);
    assert_int_equal(add(VACCEL_ARG_STRING, bytes, 3, to_bytes), VACCEL_EINVAL);
    assert_int_equal(add(VACCEL_ARG_RAW, bytes, 3, to_nothing), VACCEL_EINVAL);
    assert_int_equal(add(VACCEL_ARG_RAW, bytes, 3, to_no_size), VACCEL_EINVAL);
    assert_int_equal(add(VACCEL_ARG_RAW, bytes, 3, to_failure), VACCEL_EIO);
    assert_int_equal(vaccel_arg_array_count(&array), 0);
}

static void test_a_full_wrapped_array_serializes_nothing(void **state)
{
    struct vaccel_arg_array wrapped;
    struct vaccel_arg arg = {0};

    (void)state;
    assert_int_equal(vaccel_arg_array_wrap(&wrapped, &arg, 1), VACCEL_OK);
    assert_int_equal(
        vaccel_arg_array_add_serialized(&wrapped, VACCEL_ARG_RAW, 0, &arg, 1, to_bytes),
        VACCEL_ERANGE);
    assert_int_equal(seen_id, UINT32_MAX);
}

static int get(vaccel_arg_type_t type, uint32_t id, void *data, size_t size,
               vaccel_arg_deserializer_fn deserializer)
{
    return vaccel_arg_array_get_serialized(&array, type, id, data, size, deserializer);
}

static void test_misuse_of_get_serialized(void **state)
{
    char bytes[3] = {1, 2, 3};

    (void)state;
    assert_int_equal(get(VACCEL_ARG_CUSTOM, POINT, bytes, 3, from_bytes), VACCEL_ERANGE);
    assert_int_equal(add(VACCEL_ARG_CUSTOM, bytes, 3, to_bytes), VACCEL_OK);
    assert_int_equal(
        vaccel_arg_array_get_serialized(NULL, VACCEL_ARG_CUSTOM, POINT, bytes, 3, from_bytes),
        VACCEL_EINVAL);
    assert_int_equal(get(VACCEL_ARG_CUSTOM, POINT, NULL, 3, from_bytes), VACCEL_EINVAL);
    assert_int_equal(get(VACCEL_ARG_CUSTOM, POINT, bytes, 3, NULL), VACCEL_EINVAL);
    assert_int_equal(get(VACCEL_ARG_CUSTOM, 1, bytes, 3, from_bytes), VACCEL_EINVAL);
    assert_int_equal(get(VACCEL_ARG_RAW, POINT, bytes, 3, from_bytes), VACCEL_EINVAL);
    assert_int_equal(get(VACCEL_ARG_CUSTOM, POINT, bytes, 2, from_bytes), VACCEL_ERANGE);
    assert_int_equal(vaccel_arg_array_position(&array), 0);
}

static int set(vaccel_arg_type_t type, uint32_t id, void *data, size_t size,
               vaccel_arg_serializer_fn serializer)
{
    return vaccel_arg_array_set_serialized(&array, type, id, data, size, serializer);
}

static void test_misuse_of_set_serialized(void **state)
{
    char bytes[3] = {1, 2, 3};

    (void)state;
    assert_int_equal(set(VACCEL_ARG_CUSTOM, POINT, bytes, 3, to_bytes), VACCEL_ERANGE);
    assert_int_equal(add(VACCEL_ARG_CUSTOM, bytes, 3, to_bytes), VACCEL_OK);
    assert_int_equal(
        vaccel_arg_array_set_serialized(NULL, VACCEL_ARG_CUSTOM, POINT, bytes, 3, to_bytes),
        VACCEL_EINVAL);
    assert_int_equal(set(VACCEL_ARG_CUSTOM, POINT, NULL, 3, to_bytes), VACCEL_EINVAL);
    assert_int_equal(set(VACCEL_ARG_CUSTOM, POINT, bytes, 3, NULL), VACCEL_EINVAL);
    assert_int_equal(set(VACCEL_ARG_CUSTOM, 1, bytes, 3, to_bytes), VACCEL_EINVAL);
    assert_int_equal(set(VACCEL_ARG_RAW, POINT, bytes, 3, to_bytes), VACCEL_EINVAL);
    assert_int_equal(set(VACCEL_ARG_CUSTOM, POINT, bytes, 2, to_bytes), VACCEL_EINVAL);
    assert_int_equal(set(VACCEL_ARG_CUSTOM, POINT, bytes, 3, to_nothing), VACCEL_EINVAL);
    assert_int_equal(set(VACCEL_ARG_CUSTOM, POINT, bytes, 3, to_failure), VACCEL_EIO);
    assert_int_equal(vaccel_arg_array_position(&array), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_custom, setup, teardown),
        cmocka_unit_test_setup_teardown(test_misuse_of_add_custom, setup, teardown),
        cmocka_unit_test_setup_teardown(test_misuse_of_get_custom, setup, teardown),
        cmocka_unit_test_setup_teardown(test_misuse_of_set_custom, setup, teardown),
        cmocka_unit_test_setup_teardown(test_serialized, setup, teardown),
        cmocka_unit_test_setup_teardown(test_serialized_without_a_layout, setup, teardown),
        cmocka_unit_test_setup_teardown(test_misuse_of_add_serialized, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_full_wrapped_array_serializes_nothing, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_misuse_of_get_serialized, setup, teardown),
        cmocka_unit_test_setup_teardown(test_misuse_of_set_serialized, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
