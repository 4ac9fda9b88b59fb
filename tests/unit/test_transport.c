/* SPDX-License-Identifier: Apache-2.0 */
/* What a transport brings from the other side is not believed. */
#include "other_side.h"

#include <setjmp.h>

#include <cmocka.h>

static struct vaccel_session sess;
static struct vaccel_resource model;

/* The other side's answer to a run of a model: its outputs. */
static struct vaccel_tensor_desc answer[2];
static int result;

static int call(struct vaccel_session *session, struct vaccel_op_call *op_call)
{
    size_t first = op_call->nr_write - 4;

    (void)session;
    for (size_t i = 0; i < 2; i++) {
        memcpy(op_call->write[first + 2 * i].buf, &answer[i], sizeof(answer[i]));
        other_side.nr_held += answer[i].held != 0;
    }
    return result;
}

static int begin(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++)
        answer[i] = (struct vaccel_tensor_desc){
            .held = i + 1, .size = 6, .data_type = 1, .nr_dims = 2, .dims = {2, 3}};
    other_side.bytes = "ddddddd";
    other_side.size = 6;
    result = 0;
    return other_side_begin(call) || vaccel_session_init(&sess, 0) ||
           vaccel_resource_init_from_buf(&model, "x", 1, VACCEL_RESOURCE_MODEL, NULL, true) ||
           vaccel_resource_register(&model, &sess);
}

static int end(void **state)
{
    (void)state;
    return vaccel_cleanup();
}

static int64_t dims[] = {1};
static int32_t dims32[] = {1};
static char byte[1];

static int run_torch(struct vaccel_torch_tensor *outs[2])
{
    struct vaccel_torch_tensor in = {byte, 1, false, 1, dims, VACCEL_TORCH_BYTE};
    struct vaccel_torch_tensor *const ins[] = {&in};

    return vaccel_torch_model_run(&sess, &model, NULL, ins, 1, outs, 2);
}

static int run_tflite(struct vaccel_tflite_tensor *outs[2])
{
    struct vaccel_tflite_tensor in = {byte, 1, false, 1, dims32, VACCEL_TFLITE_UINT8};
    struct vaccel_tflite_tensor *const ins[] = {&in};
    uint8_t status;

    return vaccel_tflite_model_run(&sess, &model, ins, 1, outs, 2, &status);
}

static void test_an_honest_answer(void **state)
{
    struct vaccel_torch_tensor *outs[2];

    (void)state;
    assert_int_equal(run_torch(outs), 0);
    assert_int_equal(other_side.nr_held, 0);
    assert_int_equal(outs[1]->dims[1], 3);
    assert_int_equal(outs[1]->size, 6);
    assert_memory_equal(outs[1]->data, "dddddd", 6);
    vaccel_torch_tensor_delete(outs[0]);
    vaccel_torch_tensor_delete(outs[1]);
}

/* The second output is what it should not be: no tensor is given, nothing stays held. */
static void assert_not_believed(int expected)
{
    struct vaccel_tflite_tensor *lite[2];
    struct vaccel_torch_tensor *torch[2];

    other_side.nr_held = 0;
    assert_int_equal(run_torch(torch), expected);
    assert_null(torch[0]);
    assert_null(torch[1]);
    assert_int_equal(other_side.nr_held, 0);
    answer[0].data_type = answer[1].data_type = VACCEL_TFLITE_UINT8;
    assert_int_equal(run_tflite(lite), expected);
    assert_null(lite[0]);
    assert_null(lite[1]);
    assert_int_equal(other_side.nr_held, 0);
    answer[0].data_type = answer[1].data_type = VACCEL_TORCH_BYTE;
}

static void test_shapes_that_cannot_be(void **state)
{
    static const uint32_t counts[] = {0, 17, 1000, UINT32_MAX};
    static const int64_t sizes[] = {-1, 4, INT64_MAX, INT64_MIN, 1LL << 40};

    (void)state;
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        answer[1].nr_dims = counts[i];
        assert_not_believed(VACCEL_EBACKEND);
    }
    answer[1].nr_dims = 2;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        answer[1].dims[0] = sizes[i];
        assert_not_believed(VACCEL_EBACKEND);
    }
}

static void test_data_that_are_not_there(void **state)
{
    (void)state;
    answer[1].held = 0;
    assert_not_believed(VACCEL_EBACKEND);
    answer[1].held = 2;
    answer[1].size = 5;
    assert_not_believed(VACCEL_EBACKEND);
    answer[1].size = 0;
    assert_not_believed(VACCEL_EBACKEND);
}

static void test_more_or_less_than_was_promised(void **state)
{
    (void)state;
    other_side.size = 7;
    assert_not_believed(VACCEL_EBACKEND);
    answer[1].size = 8;
    answer[0].size = 8;
    assert_int_equal(run_torch((struct vaccel_torch_tensor *[2]){0}), VACCEL_EBACKEND);
}

/* The sanitizer would end the program where malloc() returns NULL. */
const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}

static void test_sizes_that_no_memory_has(void **state)
{
    struct vaccel_torch_tensor *outs[2];

    (void)state;
    answer[0].size = UINT64_MAX;
    assert_int_equal(run_torch(outs), VACCEL_ENOMEM);
    assert_null(outs[0]);
    assert_int_equal(other_side.nr_held, 0);
}

static void test_a_failed_call_gives_nothing(void **state)
{
    struct vaccel_torch_tensor *outs[2];

    (void)state;
    result = VACCEL_EREMOTEIO;
    answer[0].held = answer[1].held = 0;
    assert_int_equal(run_torch(outs), VACCEL_EREMOTEIO);
    assert_null(outs[0]);
    assert_null(outs[1]);
}

#define test(function) cmocka_unit_test_setup_teardown(function, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(test_an_honest_answer),         test(test_shapes_that_cannot_be),
        test(test_data_that_are_not_there),  test(test_more_or_less_than_was_promised),
        test(test_sizes_that_no_memory_has), test(test_a_failed_call_gives_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
