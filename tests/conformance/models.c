/* SPDX-License-Identifier: Apache-2.0 */
/* The model calls: engines, tensors, what is placed and what is held, as in a local session. */
#include "captured.h"
#include "kit.h"

enum { LARGE = (3 << 20) / 4, MANY = 100 };

/* A session whose engine gives back its inputs, backwards; the other's engine gives a digest of them. */
static struct vaccel_session mirroring;
static struct vaccel_resource model;

static int begin(void **state)
{
    static char weights[10000];

    fill(weights, sizeof(weights), 9);
    return kit_begin(state) || remote_begin(&mirroring, VACCEL_PLUGIN_SOFTWARE) ||
           vaccel_resource_init_from_buf(&model, weights, sizeof(weights), VACCEL_RESOURCE_MODEL,
                                         "weights.format", true) ||
           vaccel_resource_register(&model, &local) || vaccel_resource_register(&model, &remote) ||
           vaccel_resource_register(&model, &mirroring);
}

static struct vaccel_tensor numbers_of(float *numbers, size_t count)
{
    return (struct vaccel_tensor){.data_type = VACCEL_DATA_FLOAT32,
                                  .nr_dims = 1,
                                  .dims = {(int64_t)count},
                                  .data = numbers,
                                  .size = count * sizeof(*numbers)};
}

static struct vaccel_tensor room_for(void *data, size_t size)
{
    return (struct vaccel_tensor){.data = data, .size = size};
}

static int run(struct vaccel_session *sess, const struct vaccel_tensor *in, size_t nr_in,
               struct vaccel_tensor *out, size_t nr_out)
{
    return vaccel_model_run(sess, &model, NULL, in, nr_in, out, nr_out);
}

static struct vaccel_model_info *info_in(struct vaccel_session *sess, const char *signature)
{
    struct vaccel_model_info *info;

    assert_int_equal(vaccel_model_load(sess, &model, NULL), 0);
    assert_int_equal(vaccel_model_info(sess, &model, signature, &info), 0);
    return info;
}

static void compare_info(const char *signature)
{
    struct vaccel_model_info *here = info_in(&local, signature);
    struct vaccel_model_info *there = info_in(&remote, signature);

    assert_string_equal(there->format, "format");
    assert_string_equal(there->engine, "digest");
    assert_string_equal(here->engine, "digest");
    assert_int_equal(there->nr_signatures, here->nr_signatures);
    for (size_t i = 0; i < here->nr_signatures; i++)
        assert_string_equal(there->signatures[i], here->signatures[i]);
    assert_int_equal(there->nr_inputs, here->nr_inputs);
    assert_memory_equal(there->inputs, here->inputs, here->nr_inputs * sizeof(*here->inputs));
    assert_int_equal(there->nr_outputs, here->nr_outputs);
    assert_memory_equal(there->outputs, here->outputs, here->nr_outputs * sizeof(*here->outputs));
    vaccel_model_info_delete(here);
    vaccel_model_info_delete(there);
}

static void test_what_a_model_is(void **state)
{
    (void)state;
    compare_info(NULL);
    compare_info("another");
}

static void test_what_must_come_before_what(void **state)
{
    float one = 1;
    struct vaccel_tensor in = numbers_of(&one, 1), out = {0};
    struct vaccel_model_info *info = (void *)&in;

    (void)state;
    assert_int_equal(run(&remote, &in, 1, &out, 1), VACCEL_ENOENT);
    assert_int_equal(vaccel_model_info(&remote, &model, NULL, &info), VACCEL_ENOENT);
    assert_null(info);
    assert_int_equal(vaccel_model_unload(&remote, &model), VACCEL_ENOENT);
    assert_int_equal(vaccel_model_load(&remote, &model, "nobody"), VACCEL_ENOENT);
    assert_int_equal(vaccel_model_load(&remote, &model, "mirror"), 0);
    assert_int_equal(vaccel_model_load(&remote, &model, "digest"), VACCEL_EBUSY);
    assert_int_equal(run(&remote, &in, 1, &out, 1), 0);
    assert_int_equal(vaccel_tensor_drop(&remote, &out), 0);
    assert_int_equal(vaccel_model_unload(&remote, &model), 0);
    assert_int_equal(vaccel_model_load(&remote, &model, "digest"), 0);
    assert_int_equal(vaccel_resource_unregister(&model, &remote), 0);
    assert_int_equal(vaccel_model_load(&remote, &model, NULL), VACCEL_EPERM);
    assert_int_equal(vaccel_resource_register(&model, &remote), 0);
    out = room_for(NULL, 0);
    assert_int_equal(run(&remote, &in, 1, &out, 1), VACCEL_ENOENT);
}

struct loads {
    int64_t loads, loaded;
};

static struct loads loads_in(struct vaccel_session *sess)
{
    struct loads loads = {-1, -1};
    struct vaccel_arg write[] = {ARG(INT64, &loads.loads, sizeof(int64_t)),
                                 ARG(INT64, &loads.loaded, sizeof(int64_t))};

    assert_int_equal(vaccel_call(sess, "mirror.loads", NULL, 0, write, 2), 0);
    return loads;
}

/* The engine loads it once, and unloads it with the last session that has it. */
static void test_sessions_share_what_is_loaded(void **state)
{
    static struct vaccel_session second, third;
    struct loads before = loads_in(&mirroring);

    (void)state;
    assert_int_equal(remote_begin(&second, VACCEL_PLUGIN_SOFTWARE), 0);
    assert_int_equal(remote_begin(&third, VACCEL_PLUGIN_SOFTWARE), 0);
    assert_int_equal(vaccel_resource_register(&model, &second), 0);
    assert_int_equal(vaccel_resource_register(&model, &third), 0);
    assert_int_equal(vaccel_model_load(&mirroring, &model, NULL), 0);
    assert_int_equal(vaccel_model_load(&second, &model, NULL), 0);
    assert_int_equal(vaccel_model_load(&third, &model, NULL), 0);
    assert_int_equal(loads_in(&mirroring).loads, before.loads + 1);
    assert_int_equal(vaccel_model_unload(&mirroring, &model), 0);
    assert_int_equal(vaccel_resource_unregister(&model, &second), 0);
    assert_int_equal(loads_in(&mirroring).loaded, before.loaded + 1);
    assert_int_equal(vaccel_session_release(&third), 0);
    assert_int_equal(loads_in(&mirroring).loaded, before.loaded);
    assert_int_equal(vaccel_session_release(&second), 0);
}

/* Names, signatures and shapes arrive: the digest is of all of them. */
static void test_every_name_and_number_arrives(void **state)
{
    static const struct {
        const char *signature, *in, *out;
        enum vaccel_data_type type;
        uint32_t nr_dims;
        int64_t dims[3];
    } cases[] = {
        {NULL, NULL, NULL, VACCEL_DATA_FLOAT32, 1, {2}},
        {"s", NULL, NULL, VACCEL_DATA_FLOAT32, 1, {2}},
        {NULL, "in", NULL, VACCEL_DATA_FLOAT32, 1, {2}},
        {NULL, NULL, "out:0", VACCEL_DATA_FLOAT32, 1, {2}},
        {NULL, NULL, NULL, VACCEL_DATA_FLOAT32, 2, {1, 2}},
        {NULL, NULL, NULL, VACCEL_DATA_FLOAT32, 2, {2, 1}},
        {NULL, NULL, NULL, VACCEL_DATA_INT32, 1, {2}},
        {NULL, NULL, NULL, VACCEL_DATA_INT64, 0, {0}},
        {NULL, NULL, NULL, VACCEL_DATA_BFLOAT16, 3, {2, 1, 2}},
        {NULL, NULL, NULL, VACCEL_DATA_BOOL, 1, {8}},
        {NULL, NULL, NULL, VACCEL_DATA_FLOAT8_E5M2, 1, {8}},
        {NULL, NULL, NULL, VACCEL_DATA_COMPLEX64, 1, {1}},
        {NULL, NULL, NULL, VACCEL_DATA_FLOAT32, 3, {5, 0, 7}},
    };
    _Alignas(16) unsigned char data[16] = {1, 2, 3, 4, 5, 6, 7, 8};
    unsigned char here[3], there[3];

    (void)state;
    assert_int_equal(vaccel_model_load(&local, &model, NULL), 0);
    assert_int_equal(vaccel_model_load(&remote, &model, NULL), 0);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct vaccel_tensor in = {.name = cases[i].in,
                                   .data_type = cases[i].type,
                                   .nr_dims = cases[i].nr_dims,
                                   .dims = {cases[i].dims[0], cases[i].dims[1], cases[i].dims[2]},
                                   .data = data,
                                   .size = in.nr_dims == 3 && !in.dims[1] ? 0 : 8};
        struct vaccel_tensor out = {.name = cases[i].out, .data = here, .size = sizeof(here)};

        assert_int_equal(vaccel_model_run(&local, &model, cases[i].signature, &in, 1, &out, 1), 0);
        out.data = there;
        assert_int_equal(vaccel_model_run(&remote, &model, cases[i].signature, &in, 1, &out, 1), 0);
        assert_memory_equal(there, here, sizeof(here));
    }
}

/* One is placed, one does not fit, one is to be held, one has more room than it needs. */
static void test_placed_and_held_ones(void **state)
{
    float numbers[8] = {1, 2, 3, 4, 5, 6, 7, 8}, rooms[4][16] = {{0}};
    struct vaccel_tensor in[4], out[4] = {room_for(rooms[0], 32), room_for(rooms[1], 31),
                                          room_for(NULL, 0), room_for(rooms[3], 64)};

    (void)state;
    for (int i = 0; i < 4; i++)
        in[i] = numbers_of(numbers, 8);
    assert_int_equal(vaccel_model_load(&mirroring, &model, NULL), 0);
    assert_int_equal(run(&mirroring, in, 4, out, 4), VACCEL_ERANGE);
    assert_true(out[1].held > 0 && out[2].held > 0 && out[1].held != out[2].held);
    assert_true(!out[0].held && !out[3].held);
    out[1].data = rooms[1];
    out[2].data = rooms[2];
    assert_int_equal(vaccel_tensor_fetch(&mirroring, &out[1]), 0);
    assert_int_equal(vaccel_tensor_fetch(&mirroring, &out[2]), 0);
    assert_int_equal(vaccel_tensor_fetch(&mirroring, &out[2]), VACCEL_ENOENT);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(out[i].size, sizeof(numbers));
        assert_int_equal(out[i].data_type, VACCEL_DATA_FLOAT32);
        assert_int_equal(out[i].nr_dims, 1);
        assert_int_equal(out[i].dims[0], 8);
        for (int k = 0; k < 8; k++)
            assert_true(rooms[i][k] == numbers[7 - k]);
    }
}

static void test_nothing_is_left_of_what_failed(void **state)
{
    float one = 1, room = 5;
    struct vaccel_tensor in = numbers_of(&one, 1);
    struct vaccel_tensor out[2] = {room_for(NULL, 0), room_for(&room, sizeof(room))};
    const char *said;

    (void)state;
    assert_int_equal(vaccel_model_load(&remote, &model, NULL), 0);
    capture_begin();
    assert_int_equal(vaccel_model_run(&remote, &model, "!fail", &in, 1, out, 2), VACCEL_EBACKEND);
    said = capture_end();
    assert_non_null(strstr(said, "[digest] the signature !fail is to fail"));
    assert_int_equal(out[0].held, 0);
    assert_int_equal(out[1].held, 0);
    in.size = 3;
    assert_int_equal(run(&remote, &in, 1, out, 1), VACCEL_EINVAL);
    in.size = 4;
    in.dims[0] = -1;
    assert_int_equal(run(&remote, &in, 1, out, 1), VACCEL_EINVAL);
    in = numbers_of(&one, 1);
    out[1] = room_for(NULL, 4);
    assert_int_equal(run(&remote, &in, 1, out + 1, 1), VACCEL_EINVAL);
    out[1] = room_for(NULL, 0);
    assert_int_equal(run(&remote, &in, 1, out + 1, 1), 0);
    assert_int_equal(vaccel_tensor_drop(&remote, &out[1]), 0);
}

static void assert_strings(const void *strings, size_t size, int64_t count)
{
    unsigned char room[64];
    struct vaccel_tensor in = {.data_type = VACCEL_DATA_STRING,
                               .nr_dims = 1,
                               .dims = {count},
                               .data = (void *)strings,
                               .size = size};
    struct vaccel_tensor out[2] = {room_for(room, sizeof(room)), room_for(NULL, 0)};
    struct vaccel_tensor both[2] = {in, in};

    assert_int_equal(run(&mirroring, both, 2, out, 2), 0);
    assert_int_equal(out[0].size, size);
    assert_memory_equal(room, strings, size);
    memset(room, 0, sizeof(room));
    out[1].data = room;
    assert_int_equal(vaccel_tensor_fetch(&mirroring, &out[1]), 0);
    assert_int_equal(out[1].data_type, VACCEL_DATA_STRING);
    assert_memory_equal(room, strings, size);
}

static void test_strings(void **state)
{
    static const uint64_t strings[] = {3, 0, 4, 0x67666564636261}, none[1];
    struct vaccel_tensor in = {.data_type = VACCEL_DATA_STRING,
                               .nr_dims = 1,
                               .dims = {3},
                               .data = (void *)strings,
                               .size = 30};
    struct vaccel_tensor out = {0};

    (void)state;
    assert_int_equal(vaccel_model_load(&mirroring, &model, NULL), 0);
    assert_strings(strings, 31, 3);
    assert_strings(none, 8, 1);
    assert_strings(none, 0, 0);
    assert_int_equal(run(&mirroring, &in, 1, &out, 1), VACCEL_EINVAL);
}

/* Of no bytes, and as many as a call may have arguments. */
static void test_many_tensors(void **state)
{
    static uint32_t numbers[MANY], rooms[MANY];
    static struct vaccel_tensor in[MANY], out[MANY];

    (void)state;
    assert_int_equal(vaccel_model_load(&mirroring, &model, NULL), 0);
    for (uint32_t i = 0; i < MANY; i++) {
        numbers[i] = i * i;
        in[i] = (struct vaccel_tensor){.name = i % 2 ? "odd" : NULL,
                                       .data_type = VACCEL_DATA_UINT32,
                                       .data = &numbers[i],
                                       .size = sizeof(numbers[i])};
        out[i] = i % 3 ? room_for(&rooms[i], sizeof(rooms[i])) : room_for(NULL, 0);
    }
    assert_int_equal(run(&mirroring, in, MANY, out, MANY), 0);
    for (uint32_t i = 0; i < MANY; i++) {
        out[i].data = &rooms[i];
        if (out[i].held)
            assert_int_equal(vaccel_tensor_fetch(&mirroring, &out[i]), 0);
        assert_int_equal(rooms[i], i * i);
    }
}

static void test_tensors_without_elements(void **state)
{
    struct vaccel_tensor in = numbers_of(NULL, 0);
    float room;
    struct vaccel_tensor out = room_for(&room, sizeof(room));

    (void)state;
    assert_int_equal(vaccel_model_load(&mirroring, &model, NULL), 0);
    assert_int_equal(run(&mirroring, &in, 1, &out, 1), 0);
    assert_int_equal(out.size, 0);
    out = room_for(NULL, 0);
    assert_int_equal(run(&mirroring, &in, 1, &out, 1), 0);
    assert_int_equal(out.size, 0);
    assert_int_equal(out.nr_dims, 1);
    if (out.held)
        assert_int_equal(vaccel_tensor_drop(&mirroring, &out), 0);
}

/* A plugin may work on large ones where they lie. */
static void test_large_tensors(void **state)
{
    float *in_data = vaccel_alloc(LARGE * sizeof(*in_data));
    float *out_data = vaccel_alloc(LARGE * sizeof(*out_data));
    struct vaccel_tensor in = numbers_of(in_data, LARGE);
    struct vaccel_tensor out = room_for(out_data, LARGE * sizeof(*out_data));

    (void)state;
    for (size_t i = 0; i < LARGE; i++)
        in_data[i] = (float)i;
    memset(out_data, 0, out.size);
    assert_int_equal(vaccel_model_load(&mirroring, &model, NULL), 0);
    assert_int_equal(run(&mirroring, &in, 1, &out, 1), 0);
    assert_int_equal(out.size, in.size);
    for (size_t i = 0; i < LARGE; i++)
        if (out_data[i] != (float)(LARGE - 1 - i) || in_data[i] != (float)i)
            fail_msg("element %zu is wrong", i);
    memset(out_data, 0, out.size);
    out.size--;
    assert_int_equal(run(&mirroring, &in, 1, &out, 1), VACCEL_ERANGE);
    out.data = out_data;
    assert_int_equal(vaccel_tensor_fetch(&mirroring, &out), 0);
    for (size_t i = 0; i < LARGE; i++)
        if (out_data[i] != (float)(LARGE - 1 - i))
            fail_msg("element %zu is wrong", i);
    vaccel_free(in_data);
    vaccel_free(out_data);
}

/* Plugin mirror has an engine and no functions of its own: the frameworks' calls are served by the engine. */
static void test_calls_of_frameworks(void **state)
{
    int64_t dims[] = {2, 2};
    uint8_t bytes[] = {1, 2, 3, 4};
    struct vaccel_tf_tensor in = {bytes, 4, false, 2, dims, VACCEL_TF_UINT8};
    struct vaccel_tf_tensor *const ins[] = {&in};
    const struct vaccel_tf_node nodes[] = {{(char *)"one", 0}, {(char *)"two", 1}};
    struct vaccel_tf_tensor *outs[2];
    struct vaccel_tf_status status;

    (void)state;
    assert_int_equal(vaccel_tf_model_load(&mirroring, &model, &status), 0);
    assert_int_equal(status.code, 0);
    vaccel_tf_status_release(&status);
    assert_int_equal(
        vaccel_tf_model_run(&mirroring, &model, NULL, nodes, ins, 1, nodes, outs, 1, &status), 0);
    vaccel_tf_status_release(&status);
    assert_int_equal(outs[0]->size, 4);
    assert_memory_equal(outs[0]->data, ((uint8_t[]){4, 3, 2, 1}), 4);
    assert_int_equal(outs[0]->data_type, VACCEL_TF_UINT8);
    assert_int_equal(outs[0]->nr_dims, 2);
    vaccel_tf_tensor_delete(outs[0]);
    assert_int_equal(
        vaccel_tf_model_run(&mirroring, &model, NULL, nodes, ins, 1, nodes, outs, 2, &status),
        VACCEL_EINVAL);
    assert_string_equal(status.message, "[mirror] 2 outputs of 1 inputs");
    assert_int_equal(status.code, 3);
    vaccel_tf_status_release(&status);
    assert_int_equal(vaccel_tf_model_unload(&mirroring, &model, NULL), 0);
    assert_int_equal(vaccel_model_unload(&mirroring, &model), VACCEL_ENOENT);
}

#define test(function) cmocka_unit_test_setup_teardown(function, begin, kit_end)

int model_cases(void)
{
    const struct CMUnitTest tests[] = {
        test(test_what_a_model_is),
        test(test_what_must_come_before_what),
        test(test_sessions_share_what_is_loaded),
        test(test_every_name_and_number_arrives),
        test(test_placed_and_held_ones),
        test(test_nothing_is_left_of_what_failed),
        test(test_strings),
        test(test_many_tensors),
        test(test_tensors_without_elements),
        test(test_large_tensors),
        test(test_calls_of_frameworks),
    };

    return cmocka_run_group_tests_name("models", tests, NULL, NULL);
}
