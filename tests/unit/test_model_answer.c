/* SPDX-License-Identifier: Apache-2.0 */
/* What a transport brings back of a run is not believed. */
#include "captured.h"
#include "engine_kit.h"
#include "other_side.h"

#include <setjmp.h>

#include <cmocka.h>

enum { ROOM = 64 };

static struct vaccel_session sess;
static struct vaccel_resource model;

/* The other side's answer. */
static struct vaccel_tensor_desc answer[2];
static unsigned char data[ROOM], held_data[ROOM];
static int result;

static int call(struct vaccel_session *in, struct vaccel_op_call *op_call)
{
    (void)in;
    if (op_call->op != VACCEL_OP_MODEL_RUN)
        return VACCEL_OK;
    for (size_t i = 0; i < op_call->nr_write / 2; i++) {
        struct vaccel_arg *arg = &op_call->write[2 * i + 1];

        memcpy(op_call->write[2 * i].buf, &answer[i], sizeof(answer[i]));
        other_side.nr_held += answer[i].held != 0;
        if (arg->size)
            memcpy(arg->buf, data, arg->size);
        arg->size = (size_t)answer[i].size;
    }
    return result;
}

/* A tensor of 2 x 3 floats, placed, and the same held. */
static void set_answer(void)
{
    for (int i = 0; i < 2; i++)
        answer[i] = (struct vaccel_tensor_desc){.held = i ? 9 : 0,
                                                .size = 24,
                                                .data_type = VACCEL_DATA_FLOAT32,
                                                .nr_dims = 2,
                                                .dims = {2, 3}};
    other_side.size = 24;
    other_side.nr_held = 0;
    result = 0;
}

static int begin(void **state)
{
    (void)state;
    other_side.bytes = held_data;
    set_answer();
    return other_side_begin(call) || vaccel_session_init(&sess, 0) ||
           model_begin(&model, "m", &sess);
}

static int end(void **state)
{
    (void)state;
    return vaccel_cleanup();
}

static int run(struct vaccel_tensor out[2])
{
    static unsigned char room[ROOM];
    char byte = 1;
    const struct vaccel_tensor in = {.data_type = VACCEL_DATA_UINT8, .data = &byte, .size = 1};

    out[0] = (struct vaccel_tensor){.data = room, .size = sizeof(room)};
    out[1] = (struct vaccel_tensor){0};
    return vaccel_model_run(&sess, &model, NULL, &in, 1, out, 2);
}

static void assert_refused(void)
{
    struct vaccel_tensor out[2];

    capture_begin();
    assert_int_equal(run(out), VACCEL_EBACKEND);
    assert_non_null(strstr(capture_end(), "it cannot be what it says"));
    for (int i = 0; i < 2; i++)
        assert_int_equal(out[i].held, 0);
    assert_int_equal(other_side.nr_held, 0);
    set_answer();
}

static void test_a_good_answer(void **state)
{
    unsigned char room[ROOM];
    struct vaccel_tensor out[2];

    (void)state;
    assert_int_equal(run(out), 0);
    assert_int_equal(out[0].size, 24);
    assert_int_equal(out[1].held, 9);
    out[1].data = room;
    assert_int_equal(vaccel_tensor_fetch(&sess, &out[1]), 0);
    assert_int_equal(other_side.nr_held, 0);
    result = VACCEL_ERANGE;
    answer[0].held = 8;
    assert_int_equal(run(out), VACCEL_ERANGE);
    assert_int_equal(out[0].held, 8);
    assert_int_equal(vaccel_tensor_drop(&sess, &out[0]), 0);
    assert_int_equal(vaccel_tensor_drop(&sess, &out[1]), 0);
}

/* In a placed one and in a held one. */
static void test_descriptions_that_cannot_be(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        answer[i].nr_dims = 17;
        assert_refused();
        answer[i].nr_dims = UINT32_MAX;
        assert_refused();
        answer[i].dims[0] = -2;
        assert_refused();
        answer[i].dims[0] = INT64_MAX;
        assert_refused();
        answer[i].dims[0] = 3;
        assert_refused();
        answer[i].nr_dims = 0;
        assert_refused();
        answer[i].data_type = VACCEL_DATA_UNKNOWN;
        assert_refused();
        answer[i].data_type = VACCEL_DATA_FLOAT64;
        assert_refused();
        answer[i].data_type = UINT32_MAX;
        assert_refused();
        answer[i].size = 23;
        assert_refused();
        answer[i].size = 0;
        assert_refused();
        answer[i].size = UINT64_MAX;
        assert_refused();
        answer[i].dims[0] = (int64_t)1 << 60;
        answer[i].size = UINT64_MAX;
        assert_refused();
    }
}

static void test_what_is_held_without_need(void **state)
{
    (void)state;
    answer[0].held = 8; /* there was room, and the call succeeded */
    assert_refused();
    answer[1].held = 0; /* it is nowhere */
    assert_refused();
    answer[0] = (struct vaccel_tensor_desc){/* it has not the room that it says */
                                            .size = 72,
                                            .data_type = VACCEL_DATA_UINT8,
                                            .nr_dims = 1,
                                            .dims = {72}};
    assert_refused();
}

static void test_a_call_that_failed(void **state)
{
    struct vaccel_tensor out[2];

    (void)state;
    result = VACCEL_EINVAL;
    answer[0].held = 8;
    answer[0].nr_dims = UINT32_MAX;
    assert_int_equal(run(out), VACCEL_EINVAL);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(out[i].held, 0);
        assert_int_equal(out[i].nr_dims, 0);
        assert_int_equal(out[i].size, 0);
    }
    assert_int_equal(other_side.nr_held, 0);
}

static void set_strings(unsigned char *to, uint64_t first, uint64_t second)
{
    memcpy(to, &first, sizeof(first));
    memcpy(to + 8, &second, sizeof(second));
    for (int i = 0; i < 2; i++)
        answer[i] = (struct vaccel_tensor_desc){.held = i ? 9 : 0,
                                                .size = 24,
                                                .data_type = VACCEL_DATA_STRING,
                                                .nr_dims = 1,
                                                .dims = {2}};
    other_side.size = 24;
}

static void test_strings_whose_lengths_lie(void **state)
{
    unsigned char room[ROOM];
    struct vaccel_tensor out[2];

    (void)state;
    set_strings(data, 3, 5);
    set_strings(held_data, 3, 5);
    assert_int_equal(run(out), 0);
    out[1].data = room;
    assert_int_equal(vaccel_tensor_fetch(&sess, &out[1]), 0);
    set_strings(data, 3, 6);
    assert_refused();
    set_strings(data, 9, UINT64_MAX);
    assert_refused();
    set_strings(data, 3, 5);
    set_strings(held_data, 3, 4);
    assert_int_equal(run(out), 0);
    out[1].data = room;
    assert_int_equal(vaccel_tensor_fetch(&sess, &out[1]), VACCEL_EBACKEND);
    set_strings(held_data, UINT64_MAX, 9);
    assert_int_equal(run(out), 0);
    out[1].data = room;
    assert_int_equal(vaccel_tensor_fetch(&sess, &out[1]), VACCEL_EBACKEND);
}

static void test_what_is_held_is_something_else(void **state)
{
    unsigned char room[ROOM];
    struct vaccel_tensor out[2];

    (void)state;
    assert_int_equal(run(out), 0);
    other_side.size = 30;
    out[1].data = room;
    assert_int_equal(vaccel_tensor_fetch(&sess, &out[1]), VACCEL_ERANGE);
    out[1].size = sizeof(room);
    assert_int_equal(vaccel_tensor_fetch(&sess, &out[1]), VACCEL_EBACKEND);
    assert_int_equal(run(out), 0);
    other_side.size = 20;
    out[1].data = room;
    assert_int_equal(vaccel_tensor_fetch(&sess, &out[1]), VACCEL_EBACKEND);
}

#define test(function) cmocka_unit_test_setup_teardown(function, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(test_a_good_answer),
        test(test_descriptions_that_cannot_be),
        test(test_what_is_held_without_need),
        test(test_a_call_that_failed),
        test(test_strings_whose_lengths_lie),
        test(test_what_is_held_is_something_else),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
