/* SPDX-License-Identifier: Apache-2.0 */
/* The tensors of three families, and the values that go with them. */
#include "ops/tensor.h"
#include "vaccel.h"

#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The families have the same behaviour: the same tests for each of them. */
#define TENSOR_TESTS(family, dim_t, some_type) \
    static void test_##family##_init(void **state) \
    { \
        struct vaccel_##family##_tensor tensor; \
        dim_t dims[3] = {2, 3, 4}; \
\
        (void)state; \
        assert_int_equal(vaccel_##family##_tensor_init(&tensor, 3, dims, some_type), VACCEL_OK); \
        assert_int_equal(tensor.nr_dims, 3); \
        assert_ptr_not_equal(tensor.dims, dims); \
        assert_memory_equal(tensor.dims, dims, sizeof(dims)); \
        assert_int_equal(tensor.data_type, some_type); \
        assert_null(tensor.data); \
        assert_int_equal(tensor.size, 0); \
        assert_false(tensor.owned); \
        assert_int_equal(vaccel_##family##_tensor_release(&tensor), VACCEL_OK); \
        assert_null(tensor.dims); \
        assert_int_equal(vaccel_##family##_tensor_release(&tensor), VACCEL_OK); \
    } \
    static void test_##family##_dims_may_be_set_later(void **state) \
    { \
        struct vaccel_##family##_tensor *tensor = NULL; \
        const dim_t zeros[16] = {0}; \
\
        (void)state; \
        assert_int_equal(vaccel_##family##_tensor_new(&tensor, 16, NULL, some_type), VACCEL_OK); \
        assert_memory_equal(tensor->dims, zeros, sizeof(zeros)); \
        assert_int_equal(vaccel_##family##_tensor_delete(tensor), VACCEL_OK); \
    } \
    static void test_##family##_misuse_of_init(void **state) \
    { \
        struct vaccel_##family##_tensor tensor = {.size = 5}; \
        dim_t dims[17] = {1}; \
\
        (void)state; \
        assert_int_equal(vaccel_##family##_tensor_init(NULL, 1, dims, some_type), VACCEL_EINVAL); \
        assert_int_equal(vaccel_##family##_tensor_init(&tensor, 0, dims, some_type), \
                         VACCEL_EINVAL); \
        assert_int_equal(vaccel_##family##_tensor_init(&tensor, -1, dims, some_type), \
                         VACCEL_EINVAL); \
        assert_int_equal(vaccel_##family##_tensor_init(&tensor, 17, dims, some_type), \
                         VACCEL_EINVAL); \
        assert_int_equal(vaccel_##family##_tensor_init(&tensor, INT32_MAX, NULL, some_type), \
                         VACCEL_EINVAL); \
        assert_int_equal(tensor.size, 5); \
        assert_null(tensor.dims); \
        assert_int_equal(vaccel_##family##_tensor_release(NULL), VACCEL_EINVAL); \
    } \
    static void test_##family##_misuse_of_new(void **state) \
    { \
        struct vaccel_##family##_tensor untouched, *tensor = &untouched; \
        dim_t dims[1] = {1}; \
\
        (void)state; \
        assert_int_equal(vaccel_##family##_tensor_new(NULL, 1, dims, some_type), VACCEL_EINVAL); \
        assert_int_equal(vaccel_##family##_tensor_new(&tensor, 0, dims, some_type), \
                         VACCEL_EINVAL); \
        assert_int_equal(vaccel_##family##_tensor_allocate(NULL, 1, dims, some_type, 4), \
                         VACCEL_EINVAL); \
        assert_int_equal(vaccel_##family##_tensor_allocate(&tensor, -1, dims, some_type, 4), \
                         VACCEL_EINVAL); \
        assert_ptr_equal(tensor, &untouched); \
        assert_int_equal(vaccel_##family##_tensor_delete(NULL), VACCEL_EINVAL); \
    } \
    static void test_##family##_allocate_zeroes_and_owns(void **state) \
    { \
        struct vaccel_##family##_tensor *tensor; \
        const char zeros[24] = {0}; \
        dim_t dims[2] = {2, 3}; \
\
        (void)state; \
        assert_int_equal(vaccel_##family##_tensor_allocate(&tensor, 2, dims, some_type, 24), \
                         VACCEL_OK); \
        assert_int_equal(tensor->size, 24); \
        assert_true(tensor->owned); \
        assert_memory_equal(tensor->data, zeros, 24); \
        assert_int_equal(vaccel_##family##_tensor_delete(tensor), VACCEL_OK); \
        assert_int_equal(vaccel_##family##_tensor_allocate(&tensor, 2, dims, some_type, 0), \
                         VACCEL_OK); \
        assert_null(tensor->data); \
        assert_int_equal(vaccel_##family##_tensor_delete(tensor), VACCEL_OK); \
    } \
    static void test_##family##_set_data_borrows(void **state) \
    { \
        struct vaccel_##family##_tensor tensor; \
        char bytes[4]; \
\
        (void)state; \
        assert_int_equal(vaccel_##family##_tensor_init(&tensor, 1, NULL, some_type), VACCEL_OK); \
        assert_int_equal(vaccel_##family##_tensor_set_data(&tensor, bytes, 4), VACCEL_OK); \
        assert_ptr_equal(tensor.data, bytes); \
        assert_int_equal(tensor.size, 4); \
        assert_false(tensor.owned); \
        assert_int_equal(vaccel_##family##_tensor_set_data(NULL, bytes, 4), VACCEL_EINVAL); \
        assert_int_equal(vaccel_##family##_tensor_set_data(&tensor, bytes, 0), VACCEL_EINVAL); \
        assert_int_equal(vaccel_##family##_tensor_set_data(&tensor, NULL, 4), VACCEL_EINVAL); \
        assert_ptr_equal(tensor.data, bytes); \
        assert_int_equal(vaccel_##family##_tensor_set_data(&tensor, NULL, 0), VACCEL_OK); \
        assert_null(tensor.data); \
        assert_int_equal(vaccel_##family##_tensor_release(&tensor), VACCEL_OK); \
    } \
    static void test_##family##_owned_data_is_freed(void **state) \
    { \
        struct vaccel_##family##_tensor tensor; \
\
        (void)state; \
        assert_int_equal(vaccel_##family##_tensor_init(&tensor, 1, NULL, some_type), VACCEL_OK); \
        tensor.data = malloc(4); \
        tensor.size = 4; \
        tensor.owned = true; \
        assert_int_equal(vaccel_##family##_tensor_release(&tensor), VACCEL_OK); \
        assert_null(tensor.data); \
    } \
    static void test_##family##_take_data(void **state) \
    { \
        struct vaccel_##family##_tensor *tensor; \
        size_t size = 0; \
        void *data; \
\
        (void)state; \
        assert_int_equal(vaccel_##family##_tensor_allocate(&tensor, 1, NULL, some_type, 8), \
                         VACCEL_OK); \
        assert_int_equal(vaccel_##family##_tensor_take_data(NULL, &data, &size), VACCEL_EINVAL); \
        assert_int_equal(vaccel_##family##_tensor_take_data(tensor, NULL, &size), VACCEL_EINVAL); \
        assert_int_equal(vaccel_##family##_tensor_take_data(tensor, &data, NULL), VACCEL_EINVAL); \
        assert_int_equal(vaccel_##family##_tensor_take_data(tensor, &data, &size), VACCEL_OK); \
        assert_int_equal(size, 8); \
        assert_false(tensor->owned); \
        free(data); \
        assert_int_equal(vaccel_##family##_tensor_take_data(tensor, &data, &size), VACCEL_OK); \
        assert_null(data); \
        assert_int_equal(size, 0); \
        assert_int_equal(vaccel_##family##_tensor_delete(tensor), VACCEL_OK); \
    }

TENSOR_TESTS(tf, int64_t, VACCEL_TF_FLOAT)
TENSOR_TESTS(tflite, int32_t, VACCEL_TFLITE_FLOAT32)
TENSOR_TESTS(torch, int64_t, VACCEL_TORCH_FLOAT)

#define BUFFER_TESTS(family) \
    static void test_##family##_buffer(void **state) \
    { \
        struct vaccel_##family##_buffer buffer, *made; \
        size_t size = 0; \
        void *data; \
\
        (void)state; \
        assert_int_equal(vaccel_##family##_buffer_init(&buffer, malloc(4), 4), VACCEL_OK); \
        assert_int_equal(buffer.size, 4); \
        assert_int_equal(vaccel_##family##_buffer_release(&buffer), VACCEL_OK); \
        assert_null(buffer.data); \
        assert_int_equal(vaccel_##family##_buffer_release(&buffer), VACCEL_OK); \
        assert_int_equal(vaccel_##family##_buffer_new(&made, malloc(4), 4), VACCEL_OK); \
        assert_int_equal(vaccel_##family##_buffer_take_data(made, &data, &size), VACCEL_OK); \
        assert_int_equal(size, 4); \
        assert_null(made->data); \
        assert_int_equal(made->size, 0); \
        free(data); \
        assert_int_equal(vaccel_##family##_buffer_delete(made), VACCEL_OK); \
        assert_int_equal(vaccel_##family##_buffer_new(&made, NULL, 0), VACCEL_OK); \
        assert_int_equal(vaccel_##family##_buffer_delete(made), VACCEL_OK); \
    } \
    static void test_##family##_buffer_misuse(void **state) \
    { \
        struct vaccel_##family##_buffer buffer = {0}, *made = &buffer; \
        char byte; \
        size_t size; \
        void *data; \
\
        (void)state; \
        assert_int_equal(vaccel_##family##_buffer_init(NULL, &byte, 1), VACCEL_EINVAL); \
        assert_int_equal(vaccel_##family##_buffer_init(&buffer, &byte, 0), VACCEL_EINVAL); \
        assert_int_equal(vaccel_##family##_buffer_init(&buffer, NULL, 1), VACCEL_EINVAL); \
        assert_int_equal(vaccel_##family##_buffer_new(NULL, &byte, 1), VACCEL_EINVAL); \
        assert_int_equal(vaccel_##family##_buffer_new(&made, &byte, 0), VACCEL_EINVAL); \
        assert_int_equal(vaccel_##family##_buffer_new(&made, NULL, 1), VACCEL_EINVAL); \
        assert_ptr_equal(made, &buffer); \
        assert_int_equal(vaccel_##family##_buffer_release(NULL), VACCEL_EINVAL); \
        assert_int_equal(vaccel_##family##_buffer_delete(NULL), VACCEL_EINVAL); \
        assert_int_equal(vaccel_##family##_buffer_take_data(NULL, &data, &size), VACCEL_EINVAL); \
        assert_int_equal(vaccel_##family##_buffer_take_data(&buffer, NULL, &size), VACCEL_EINVAL); \
        assert_int_equal(vaccel_##family##_buffer_take_data(&buffer, &data, NULL), VACCEL_EINVAL); \
    }

BUFFER_TESTS(tf)
BUFFER_TESTS(torch)

static void test_node(void **state)
{
    struct vaccel_tf_node *made = NULL;
    struct vaccel_tf_node node;
    char name[] = "serve";

    (void)state;
    assert_int_equal(vaccel_tf_node_init(&node, name, 3), VACCEL_OK);
    name[0] = 'x';
    assert_string_equal(node.name, "serve");
    assert_int_equal(node.id, 3);
    assert_int_equal(vaccel_tf_node_release(&node), VACCEL_OK);
    assert_null(node.name);
    assert_int_equal(vaccel_tf_node_release(&node), VACCEL_OK);
    assert_int_equal(vaccel_tf_node_new(&made, "", 0), VACCEL_OK);
    assert_string_equal(made->name, "");
    assert_int_equal(vaccel_tf_node_delete(made), VACCEL_OK);
}

static void test_misuse_of_node(void **state)
{
    struct vaccel_tf_node node = {0};
    struct vaccel_tf_node *made = &node;

    (void)state;
    assert_int_equal(vaccel_tf_node_init(NULL, "x", 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_tf_node_init(&node, NULL, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_tf_node_new(NULL, "x", 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_tf_node_new(&made, NULL, 0), VACCEL_EINVAL);
    assert_ptr_equal(made, &node);
    assert_int_equal(vaccel_tf_node_release(NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_tf_node_delete(NULL), VACCEL_EINVAL);
}

static void test_status(void **state)
{
    struct vaccel_tf_status *made = NULL;
    struct vaccel_tf_status status;

    (void)state;
    assert_int_equal(vaccel_tf_status_init(&status, 255, "wrong"), VACCEL_OK);
    assert_int_equal(status.code, 255);
    assert_string_equal(status.message, "wrong");
    assert_int_equal(vaccel_tf_status_release(&status), VACCEL_OK);
    assert_null(status.message);
    assert_int_equal(status.code, 0);
    assert_int_equal(vaccel_tf_status_release(&status), VACCEL_OK);
    assert_int_equal(vaccel_tf_status_new(&made, 0, "fine"), VACCEL_OK);
    assert_string_equal(made->message, "fine");
    assert_int_equal(vaccel_tf_status_delete(made), VACCEL_OK);
}

static void test_misuse_of_status(void **state)
{
    struct vaccel_tf_status status = {0};
    struct vaccel_tf_status *made = &status;

    (void)state;
    assert_int_equal(vaccel_tf_status_init(NULL, 0, "x"), VACCEL_EINVAL);
    assert_int_equal(vaccel_tf_status_init(&status, 0, NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_tf_status_new(NULL, 0, "x"), VACCEL_EINVAL);
    assert_int_equal(vaccel_tf_status_new(&made, 0, NULL), VACCEL_EINVAL);
    assert_ptr_equal(made, &status);
    assert_int_equal(vaccel_tf_status_release(NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_tf_status_delete(NULL), VACCEL_EINVAL);
}

static void test_bytes_of_a_tensor(void **state)
{
    const int64_t wide[3] = {2, 3, 4};
    const int32_t narrow[3] = {2, 3, 4};
    const int64_t empty[3] = {INT64_MAX / 4, 0, 1};
    size_t bytes = 0;

    (void)state;
    assert_true(tensor_bytes(3, wide, sizeof(*wide), 4, &bytes));
    assert_int_equal(bytes, 96);
    assert_true(tensor_bytes(3, narrow, sizeof(*narrow), 8, &bytes));
    assert_int_equal(bytes, 192);
    assert_true(tensor_bytes(0, NULL, sizeof(*wide), 4, &bytes));
    assert_int_equal(bytes, 4);
    assert_true(tensor_bytes(3, empty, sizeof(*empty), 4, &bytes));
    assert_int_equal(bytes, 0);
}

static void test_impossible_tensors_have_no_bytes(void **state)
{
    const int64_t negative[3] = {2, -1, 4};
    const int64_t hidden[2] = {-1, 0};
    const int32_t narrow[2] = {-2, -2};
    const int64_t huge[2] = {INT64_MAX, 4};
    const int64_t wraps[2] = {INT64_C(1) << 32, INT64_C(1) << 32};
    const int64_t empty[3] = {INT64_C(1) << 40, INT64_C(1) << 40, 0};
    const int64_t beyond[3] = {0, INT64_C(1) << 62, 3};
    size_t bytes;

    (void)state;
    assert_false(tensor_bytes(3, empty, sizeof(int64_t), 1, &bytes));
    assert_false(tensor_bytes(3, beyond, sizeof(int64_t), 1, &bytes));
    assert_false(tensor_bytes(3, negative, sizeof(int64_t), 4, &bytes));
    assert_false(tensor_bytes(2, hidden, sizeof(int64_t), 4, &bytes));
    assert_false(tensor_bytes(2, narrow, sizeof(int32_t), 4, &bytes));
    assert_false(tensor_bytes(2, huge, sizeof(int64_t), 1, &bytes));
    assert_false(tensor_bytes(1, huge, sizeof(int64_t), 4, &bytes));
    assert_false(tensor_bytes(2, wraps, sizeof(int64_t), 1, &bytes));
    assert_false(tensor_bytes(-1, negative, sizeof(int64_t), 4, &bytes));
}

/* The size of each type's element, by its number; 0: it has none. */
#define CHECK_SIZES(family, ...) \
    do { \
        const size_t expected[] = {__VA_ARGS__}; \
        size_t i, size; \
\
        for (i = 0; i < sizeof(expected) / sizeof(*expected); i++) { \
            size = 0; \
            assert_int_equal(family##_element_size((enum vaccel_##family##_data_type)i, &size), \
                             expected[i] > 0); \
            assert_int_equal(size, expected[i]); \
        } \
        assert_false(family##_element_size((enum vaccel_##family##_data_type)i, &size)); \
        assert_false(family##_element_size((enum vaccel_##family##_data_type) - 1, &size)); \
    } while (0)

static void test_element_sizes(void **state)
{
    (void)state;
    CHECK_SIZES(tf, 0, 4, 8, 4, 1, 2, 1, 0, 8, 8, 1, 1, 1, 4, 2, 2, 2, 2, 16, 2, 0, 0, 4, 8);
    CHECK_SIZES(tflite, 0, 4, 4, 1, 8, 0, 1, 2, 8, 1, 2, 8, 16, 8, 0, 0, 4, 2, 0);
    CHECK_SIZES(torch, 0, 1, 1, 2, 4, 8, 2, 4);
}

static void test_a_descriptor_has_no_padding(void **state)
{
    (void)state;
    assert_int_equal(sizeof(struct vaccel_tensor_desc), 8 + 8 + 4 + 4 + 16 * 8);
    assert_int_equal(sizeof(((struct vaccel_tensor_desc *)0)->dims) / sizeof(int64_t),
                     VACCEL_TENSOR_DIMS_MAX);
    assert_int_equal(VACCEL_TENSOR_DESC_ID, 0x76000001);
}

int main(void)
{
#define LIST(family) \
    cmocka_unit_test(test_##family##_init), \
        cmocka_unit_test(test_##family##_dims_may_be_set_later), \
        cmocka_unit_test(test_##family##_misuse_of_init), \
        cmocka_unit_test(test_##family##_misuse_of_new), \
        cmocka_unit_test(test_##family##_allocate_zeroes_and_owns), \
        cmocka_unit_test(test_##family##_set_data_borrows), \
        cmocka_unit_test(test_##family##_owned_data_is_freed), \
        cmocka_unit_test(test_##family##_take_data)
    const struct CMUnitTest tests[] = {
        LIST(tf),
        LIST(tflite),
        LIST(torch),
        cmocka_unit_test(test_tf_buffer),
        cmocka_unit_test(test_tf_buffer_misuse),
        cmocka_unit_test(test_torch_buffer),
        cmocka_unit_test(test_torch_buffer_misuse),
        cmocka_unit_test(test_node),
        cmocka_unit_test(test_misuse_of_node),
        cmocka_unit_test(test_status),
        cmocka_unit_test(test_misuse_of_status),
        cmocka_unit_test(test_bytes_of_a_tensor),
        cmocka_unit_test(test_impossible_tensors_have_no_bytes),
        cmocka_unit_test(test_element_sizes),
        cmocka_unit_test(test_a_descriptor_has_no_padding),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
