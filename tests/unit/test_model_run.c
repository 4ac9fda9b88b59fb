/* SPDX-License-Identifier: Apache-2.0 */
/* Tensors of the model calls: what may go in, what comes out, where it lies, and what an engine may not do. */
#include "captured.h"
#include "engine_kit.h"

#include <setjmp.h>

#include <cmocka.h>

static const char *const any[] = {"*", NULL};
static struct test_engine *engine;
static struct vaccel_session sess;
static struct vaccel_resource model;

static int begin(void **state)
{
    (void)state;
    engine = engine_open(0, any);
    engine->run = copy_inputs;
    return library_begin("counter") || vaccel_session_init(&sess, 0) ||
           model_begin(&model, "m", &sess) || vaccel_model_load(&sess, &model, NULL);
}

static int end(void **state)
{
    (void)state;
    return vaccel_cleanup();
}

static int run(const struct vaccel_tensor *in, size_t nr_in, struct vaccel_tensor *out,
               size_t nr_out)
{
    return vaccel_model_run(&sess, &model, NULL, in, nr_in, out, nr_out);
}

static int run_one(const struct vaccel_tensor *in, struct vaccel_tensor *out)
{
    return run(in, 1, out, 1);
}

/* The input comes back in room of its own, in room that is too small, and held. */
static void assert_comes_back(const struct vaccel_tensor *in)
{
    unsigned char room[512];
    struct vaccel_tensor out = {.data = room, .size = sizeof(room)};

    assert_int_equal(run_one(in, &out), 0);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(out.held, 0);
        assert_int_equal(out.data_type, in->data_type);
        assert_int_equal(out.nr_dims, in->nr_dims);
        assert_memory_equal(out.dims, in->dims, in->nr_dims * sizeof(out.dims[0]));
        assert_int_equal(out.size, in->size);
        assert_memory_equal(room, in->data, in->size);
        memset(room, 0x55, sizeof(room));
        if (i == 2)
            break;
        out = (struct vaccel_tensor){.data = i ? NULL : room, .size = i ? 0 : in->size / 2};
        assert_int_equal(run_one(in, &out), i || !in->size ? 0 : VACCEL_ERANGE);
        assert_int_equal(out.size, in->size);
        if (!in->size && !i)
            continue;
        assert_true(out.held > 0);
        out.data = room;
        assert_int_equal(vaccel_tensor_fetch(&sess, &out), 0);
    }
}

static void test_every_element_type(void **state)
{
    static const size_t sizes[] = {4, 8, 2, 2, 1, 1, 1, 2, 4, 8, 1, 2, 4, 8, 1, 8, 16};
    _Alignas(16) unsigned char data[6 * 16];

    (void)state;
    for (size_t i = 0; i < sizeof(data); i++)
        data[i] = (unsigned char)(i * 7);
    for (uint32_t type = VACCEL_DATA_FLOAT32; type < VACCEL_DATA_STRING; type++) {
        size_t size = vaccel_data_type_size((enum vaccel_data_type)type);
        struct vaccel_tensor in = {.data_type = (enum vaccel_data_type)type,
                                   .nr_dims = 2,
                                   .dims = {2, 3},
                                   .data = data,
                                   .size = 6 * size};

        assert_int_equal(size, sizes[type - 1]);
        assert_comes_back(&in);
        in.size--;
        assert_int_equal(run_one(&in, &(struct vaccel_tensor){0}), VACCEL_EINVAL);
        in.size += 2;
        assert_int_equal(run_one(&in, &(struct vaccel_tensor){0}), VACCEL_EINVAL);
    }
}

static void test_names_of_types(void **state)
{
    static const enum vaccel_data_type none[] = {VACCEL_DATA_UNKNOWN, (enum vaccel_data_type)19,
                                                 (enum vaccel_data_type)INT32_MAX,
                                                 (enum vaccel_data_type) - 1};

    (void)state;
    assert_string_equal(vaccel_data_type_name(VACCEL_DATA_FLOAT32), "FLOAT32");
    assert_string_equal(vaccel_data_type_name(VACCEL_DATA_FLOAT8_E4M3), "FLOAT8_E4M3");
    assert_string_equal(vaccel_data_type_name(VACCEL_DATA_STRING), "STRING");
    assert_int_equal(vaccel_data_type_size(VACCEL_DATA_STRING), 0);
    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
        struct vaccel_tensor in = {.data_type = none[i]};

        assert_string_equal(vaccel_data_type_name(none[i]), "UNKNOWN");
        assert_int_equal(vaccel_data_type_size(none[i]), 0);
        assert_int_equal(run_one(&in, &(struct vaccel_tensor){0}), VACCEL_EINVAL);
    }
}

static void test_shapes(void **state)
{
    float numbers[16] = {1, 2, 3};
    struct vaccel_tensor one = {.data_type = VACCEL_DATA_FLOAT32, .data = numbers, .size = 4};
    struct vaccel_tensor none = {
        .data_type = VACCEL_DATA_FLOAT32, .nr_dims = 3, .dims = {5, 0, INT64_MAX / 20}};
    struct vaccel_tensor most = {
        .data_type = VACCEL_DATA_FLOAT32, .nr_dims = 16, .data = numbers, .size = 4 * 4};

    (void)state;
    assert_comes_back(&one);
    assert_comes_back(&none);
    none.data = numbers;
    assert_comes_back(&none);
    for (int i = 0; i < 16; i++)
        most.dims[i] = i % 8 ? 1 : 2;
    assert_comes_back(&most);
}

static void assert_refused(struct vaccel_tensor in, const char *why)
{
    struct vaccel_tensor out = {.held = 5};
    unsigned int before = engine->runs;

    capture_begin();
    assert_int_equal(run_one(&in, &out), VACCEL_EINVAL);
    assert_non_null(strstr(capture_end(), why));
    assert_int_equal(out.held, 0);
    assert_int_equal(engine->runs, before);
}

static void test_shapes_that_cannot_be(void **state)
{
    static float numbers[4];
    const struct vaccel_tensor good = {.data_type = VACCEL_DATA_FLOAT32,
                                       .nr_dims = 2,
                                       .dims = {2, 2},
                                       .data = numbers,
                                       .size = sizeof(numbers)};
    struct vaccel_tensor bad = good;

    (void)state;
    assert_comes_back(&good);
    bad.dims[1] = -2;
    assert_refused(bad, "FLOAT32 of 2 x -2");
    bad.dims[0] = -2;
    assert_refused(bad, "-2 x -2");
    bad.dims[0] = INT64_MIN;
    assert_refused(bad, "-9223372036854775808");
    bad = good;
    bad.dims[0] = INT64_MAX;
    assert_refused(bad, "9223372036854775807 x 2");
    bad.dims[0] = (int64_t)1 << 62;
    bad.dims[1] = 4;
    assert_refused(bad, "4611686018427387904 x 4");
    bad.dims[0] = (int64_t)1 << 61;
    assert_refused(bad, "2305843009213693952 x 4");
    bad.dims[0] = 0;
    bad.dims[1] = INT64_MAX;
    bad.size = 0;
    assert_refused(bad, "0 x 9223372036854775807");
    bad = good;
    bad.nr_dims = 17;
    assert_refused(bad, "at most 16 of them");
    bad.nr_dims = UINT32_MAX;
    assert_refused(bad, "at most 16 of them");
    bad = good;
    bad.data = NULL;
    assert_refused(bad, "16 bytes");
    bad = good;
    bad.size = 0;
    assert_refused(bad, "0 bytes");
    bad.data = NULL;
    assert_refused(bad, "0 bytes");
    bad = good;
    bad.size = SIZE_MAX;
    assert_refused(bad, "as many bytes as they need");
    bad = good;
    for (int i = 0; i < 16; i++)
        bad.dims[i] = INT64_MAX;
    bad.nr_dims = 16;
    assert_refused(bad, "FLOAT32 of 9223372036854775807 x");
    bad = (struct vaccel_tensor){
        .data_type = VACCEL_DATA_FLOAT32, .nr_dims = 3, .dims = {INT64_MAX, 2, 0}};
    assert_refused(bad, "9223372036854775807 x 2 x 0");
}

/* Two strings: what their lengths say, then @bytes of them. */
static struct vaccel_tensor strings_of(unsigned char *to, uint64_t first, uint64_t second,
                                       size_t bytes)
{
    const uint64_t lengths[] = {first, second};

    memcpy(to, lengths, sizeof(lengths));
    memset(to + sizeof(lengths), 's', bytes);
    return (struct vaccel_tensor){.data_type = VACCEL_DATA_STRING,
                                  .nr_dims = 1,
                                  .dims = {2},
                                  .data = to,
                                  .size = sizeof(lengths) + bytes};
}

static void test_strings(void **state)
{
    _Alignas(8) unsigned char data[64];
    struct vaccel_tensor in = strings_of(data, 3, 5, 8);
    struct vaccel_tensor none = {.data_type = VACCEL_DATA_STRING, .nr_dims = 1, .dims = {0}};

    (void)state;
    assert_comes_back(&in);
    data[17] = '\0';
    assert_comes_back(&in);
    in = strings_of(data, 0, 0, 0);
    assert_comes_back(&in);
    assert_comes_back(&none);
    in = strings_of(data, 0, 0, 0);
    in.nr_dims = 0;
    in.size = sizeof(uint64_t);
    assert_comes_back(&in);
}

static void test_strings_whose_lengths_lie(void **state)
{
    _Alignas(8) unsigned char data[64];
    struct vaccel_tensor in = strings_of(data, 3, 5, 8);

    (void)state;
    assert_refused(strings_of(data, 3, 5, 9), "STRING of 2");
    assert_refused(strings_of(data, 3, 5, 7), "STRING of 2");
    assert_refused(strings_of(data, 8, 1, 8), "STRING of 2");
    assert_refused(strings_of(data, 9, UINT64_MAX, 8), "STRING of 2");
    assert_refused(strings_of(data, UINT64_MAX, 9, 8), "STRING of 2");
    assert_refused(strings_of(data, (uint64_t)1 << 63, (uint64_t)1 << 63, 0), "STRING of 2");
    in.size = 15;
    assert_refused(in, "15 bytes");
    in = strings_of(data, 3, 5, 8);
    in.dims[0] = INT64_MAX;
    assert_refused(in, "STRING of 9223372036854775807");
    in.dims[0] = (int64_t)1 << 61;
    assert_refused(in, "STRING of 2305843009213693952");
    in.dims[0] = 0;
    assert_refused(in, "STRING of 0");
}

static void test_counts(void **state)
{
    static struct vaccel_tensor many[4097];
    char byte = 1;

    (void)state;
    for (size_t i = 0; i < 4097; i++)
        many[i] = (struct vaccel_tensor){.data_type = VACCEL_DATA_UINT8, .data = &byte, .size = 1};
    assert_int_equal(run(many, 1, NULL, 1), VACCEL_EINVAL);
    assert_int_equal(run(many, 1, many, 0), VACCEL_EINVAL);
    assert_int_equal(run(NULL, 1, many, 1), VACCEL_EINVAL);
    assert_int_equal(run(many, 4097, many + 1, 1), VACCEL_EINVAL);
    assert_int_equal(run(many, 1, many + 1, SIZE_MAX), VACCEL_EINVAL);
    assert_int_equal(run(many, SIZE_MAX, many + 1, 1), VACCEL_EINVAL);
    assert_int_equal(run(many, 1, many + 1, 4096), 0);
}

static void test_misuse(void **state)
{
    char byte = 1;
    struct vaccel_tensor in = {.data_type = VACCEL_DATA_UINT8, .data = &byte, .size = 1};
    struct vaccel_tensor out = {.size = 5};
    struct vaccel_model_info *info = (void *)&out;

    (void)state;
    assert_int_equal(run_one(&in, &out), VACCEL_EINVAL);
    out.size = 0;
    assert_int_equal(vaccel_model_run(NULL, &model, NULL, &in, 1, &out, 1), VACCEL_EINVAL);
    assert_int_equal(vaccel_model_run(&sess, NULL, NULL, &in, 1, &out, 1), VACCEL_EINVAL);
    assert_int_equal(vaccel_model_unload(&sess, &model), 0);
    assert_int_equal(run_one(&in, &out), VACCEL_ENOENT);
    assert_int_equal(vaccel_model_info(&sess, &model, NULL, &info), VACCEL_ENOENT);
    assert_null(info);
    assert_int_equal(vaccel_session_release(&sess), 0);
    assert_int_equal(run_one(&in, &out), VACCEL_ESESS);
}

/* What the engine sees of the call. */
static const char *seen_signature;
static char seen_names[64];

static int see_names(struct vaccel_session *in, const struct vaccel_inference *inference)
{
    seen_signature = inference->signature;
    seen_names[0] = '\0';
    for (size_t i = 0; i < inference->nr_inputs; i++)
        sprintf(seen_names + strlen(seen_names), "%s ",
                inference->inputs[i].name ? inference->inputs[i].name : "-");
    for (size_t i = 0; i < inference->nr_outputs; i++)
        sprintf(seen_names + strlen(seen_names), "%s ",
                inference->outputs[i].name ? inference->outputs[i].name : "-");
    if (inference->options || inference->options_size)
        abort();
    return inference->nr_inputs ? copy_inputs(in, inference) : VACCEL_EINVAL;
}

static void test_names_and_signatures(void **state)
{
    char byte = 1;
    struct vaccel_tensor in[] = {
        {.name = "a", .data_type = VACCEL_DATA_UINT8, .data = &byte, .size = 1},
        {.data_type = VACCEL_DATA_UINT8, .data = &byte, .size = 1}};
    struct vaccel_tensor out[] = {{.name = "sum:0"}, {0}, {.name = "x"}};

    (void)state;
    engine->run = see_names;
    assert_int_equal(vaccel_model_run(&sess, &model, "serve", in, 2, out, 3), 0);
    assert_string_equal(seen_signature, "serve");
    assert_string_equal(seen_names, "a - sum:0 - x ");
    out[0] = out[1] = (struct vaccel_tensor){0};
    assert_int_equal(vaccel_model_run(&sess, &model, NULL, in + 1, 1, out + 1, 1), 0);
    assert_null(seen_signature);
    assert_string_equal(seen_names, "- - ");
    out[0] = out[1] = (struct vaccel_tensor){.name = ""};
    in[1].name = "";
    assert_int_equal(vaccel_model_run(&sess, &model, "", in, 2, out, 2), 0);
    assert_null(seen_signature);
    assert_string_equal(seen_names, "a - - - ");
    assert_string_equal(in[1].name, "");
    out[0] = (struct vaccel_tensor){0};
    assert_int_equal(vaccel_model_run(&sess, &model, NULL, NULL, 0, out, 1), VACCEL_EINVAL);
    assert_string_equal(seen_names, "- ");
}

/* Of three outputs one is placed, one does not fit, and one is wanted to be held. */
static void test_placed_and_held_ones_mixed(void **state)
{
    uint32_t numbers[4] = {1, 2, 3, 4}, placed[4] = {0}, small[3] = {9, 9, 9};
    const struct vaccel_tensor in = {.data_type = VACCEL_DATA_UINT32,
                                     .nr_dims = 1,
                                     .dims = {4},
                                     .data = numbers,
                                     .size = sizeof(numbers)};
    struct vaccel_tensor out[] = {
        {.data = small, .size = sizeof(small)}, {.data = placed, .size = sizeof(placed)}, {0}};

    (void)state;
    assert_int_equal(run(&in, 1, out, 3), VACCEL_ERANGE);
    assert_true(out[0].held > 0 && out[2].held > 0 && out[0].held != out[2].held);
    assert_int_equal(out[1].held, 0);
    assert_memory_equal(placed, numbers, sizeof(numbers));
    assert_int_equal(small[0], 9);
    assert_int_equal(out[0].size, sizeof(numbers));
    out[0].size = sizeof(small);
    assert_int_equal(vaccel_tensor_fetch(&sess, &out[0]), VACCEL_ERANGE);
    assert_int_equal(out[0].size, sizeof(numbers));
    out[0].data = placed;
    memset(placed, 0, sizeof(placed));
    assert_int_equal(vaccel_tensor_fetch(&sess, &out[0]), 0);
    assert_memory_equal(placed, numbers, sizeof(numbers));
    assert_int_equal(out[0].held, 0);
    assert_int_equal(vaccel_tensor_fetch(&sess, &out[0]), VACCEL_ENOENT);
    assert_int_equal(vaccel_tensor_drop(&sess, &out[2]), 0);
    assert_int_equal(out[2].held, 0);
    assert_int_equal(vaccel_tensor_drop(&sess, &out[2]), VACCEL_ENOENT);
    assert_int_equal(vaccel_tensor_fetch(&sess, NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_tensor_drop(&sess, NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_tensor_fetch(NULL, &out[2]), VACCEL_EINVAL);
    assert_int_equal(vaccel_tensor_drop(NULL, &out[2]), VACCEL_EINVAL);
}

/* Who changes the description before he fetches is told so. */
static void test_a_description_that_was_changed(void **state)
{
    uint32_t numbers[4] = {1, 2, 3, 4}, room[4];
    const struct vaccel_tensor in = {.data_type = VACCEL_DATA_UINT32,
                                     .nr_dims = 1,
                                     .dims = {4},
                                     .data = numbers,
                                     .size = sizeof(numbers)};
    struct vaccel_tensor out = {0};

    (void)state;
    assert_int_equal(run_one(&in, &out), 0);
    out.dims[0] = 5;
    out.data = room;
    assert_int_equal(vaccel_tensor_fetch(&sess, &out), VACCEL_EBACKEND);
    out = (struct vaccel_tensor){0};
    assert_int_equal(run_one(&in, &out), 0);
    out.nr_dims = 1000;
    out.data = room;
    assert_int_equal(vaccel_tensor_fetch(&sess, &out), VACCEL_EBACKEND);
}

/* What an engine does wrong: the output of the last put, and what the run returns. */
static int put_result, run_result;
static enum vaccel_data_type put_type;
static uint32_t put_nr_dims;
static int64_t put_dims[17];
static size_t put_size;
static const void *put_data;

static int put(struct vaccel_session *in, const struct vaccel_inference *inference)
{
    put_result = vaccel_tensor_put(in, inference->outputs, put_type, put_nr_dims, put_dims,
                                   put_data, put_size);
    return run_result;
}

static int run_put(struct vaccel_tensor *out)
{
    char byte = 1;
    const struct vaccel_tensor in = {.data_type = VACCEL_DATA_UINT8, .data = &byte, .size = 1};

    engine->run = put;
    return run_one(&in, out);
}

static void set_put(enum vaccel_data_type type, uint32_t nr_dims, int64_t dim, size_t size)
{
    static const uint64_t data[64] = {3, 5};

    put_type = type;
    put_nr_dims = nr_dims;
    for (int i = 0; i < 17; i++)
        put_dims[i] = dim;
    put_data = data;
    put_size = size;
    run_result = 0;
}

static void assert_put_refused(void)
{
    struct vaccel_tensor out = {0};

    assert_int_equal(run_put(&out), VACCEL_EBACKEND);
    assert_int_equal(put_result, VACCEL_EBACKEND);
    assert_int_equal(out.held, 0);
}

static void test_outputs_that_cannot_be(void **state)
{
    struct vaccel_tensor out = {0};

    (void)state;
    set_put(VACCEL_DATA_FLOAT32, 2, 2, 16);
    assert_int_equal(run_put(&out), 0);
    assert_int_equal(vaccel_tensor_drop(&sess, &out), 0);
    set_put(VACCEL_DATA_FLOAT32, 2, 2, 15);
    assert_put_refused();
    set_put(VACCEL_DATA_FLOAT32, 2, -2, 16);
    assert_put_refused();
    set_put(VACCEL_DATA_FLOAT32, 2, INT64_MAX, 16);
    assert_put_refused();
    set_put(VACCEL_DATA_FLOAT32, 17, 1, 4);
    assert_put_refused();
    set_put(VACCEL_DATA_UNKNOWN, 1, 1, 4);
    assert_put_refused();
    set_put((enum vaccel_data_type)99, 1, 1, 4);
    assert_put_refused();
    set_put(VACCEL_DATA_FLOAT32, 1, 1, 4);
    put_data = NULL;
    assert_put_refused();
    set_put(VACCEL_DATA_STRING, 1, 2, 16 + 8);
    out = (struct vaccel_tensor){0};
    assert_int_equal(run_put(&out), 0);
    set_put(VACCEL_DATA_STRING, 1, 2, 16 + 7);
    assert_put_refused();
    assert_int_equal(vaccel_tensor_put(&sess, NULL, VACCEL_DATA_UINT8, 0, NULL, "x", 1),
                     VACCEL_EINVAL);
    assert_int_equal(vaccel_tensor_put(&sess, &out, VACCEL_DATA_UINT8, 1, NULL, "x", 1),
                     VACCEL_EINVAL);
    assert_int_equal(vaccel_tensor_put(NULL, &out, VACCEL_DATA_UINT8, 0, NULL, "x", 1),
                     VACCEL_EINVAL);
}

/* An engine that does not tell of what did not fit, or tells of it where nothing was. */
static void test_what_did_not_fit_follows_from_the_outputs(void **state)
{
    char room[8];
    struct vaccel_tensor out = {.data = room, .size = sizeof(room)};

    (void)state;
    set_put(VACCEL_DATA_UINT8, 1, 9, 9);
    assert_int_equal(run_put(&out), VACCEL_ERANGE);
    assert_int_equal(put_result, VACCEL_ERANGE);
    assert_int_equal(vaccel_tensor_drop(&sess, &out), 0);
    set_put(VACCEL_DATA_UINT8, 1, 8, 8);
    run_result = VACCEL_ERANGE;
    out = (struct vaccel_tensor){.data = room, .size = sizeof(room)};
    assert_int_equal(run_put(&out), 0);
}

static void test_codes_of_an_engine(void **state)
{
    struct vaccel_tensor out = {0};

    (void)state;
    set_put(VACCEL_DATA_UINT8, 1, 8, 8);
    run_result = VACCEL_EIO;
    assert_int_equal(run_put(&out), VACCEL_EIO);
    assert_int_equal(put_result, 0);
    assert_int_equal(out.held, 0);
    run_result = VACCEL_ENOMEM;
    capture_begin();
    assert_int_equal(run_put(&out), VACCEL_ENOMEM);
    assert_non_null(strstr(capture_end(), "engine counter has no memory"));
    run_result = -5;
    assert_int_equal(run_put(&out), VACCEL_EBACKEND);
    assert_int_equal(out.held, 0);
}

static int give_nothing(struct vaccel_session *in, const struct vaccel_inference *inference)
{
    (void)in, (void)inference;
    return VACCEL_OK;
}

static void test_an_engine_that_gives_no_output(void **state)
{
    char byte = 1, room[4];
    const struct vaccel_tensor in = {.data_type = VACCEL_DATA_UINT8, .data = &byte, .size = 1};
    struct vaccel_tensor out[2] = {{.data = room, .size = 4}, {0}};

    (void)state;
    engine->run = give_nothing;
    capture_begin();
    assert_int_equal(run(&in, 1, out, 2), VACCEL_EBACKEND);
    assert_non_null(strstr(capture_end(), "engine counter gave no output 0"));
}

/* The engine has written the output where it is wanted. */
static int write_in_place(struct vaccel_session *in, const struct vaccel_inference *inference)
{
    static const int64_t dims[] = {4};
    struct vaccel_tensor *out = inference->outputs;

    memset(out->data, 'w', 4);
    return vaccel_tensor_put(in, out, VACCEL_DATA_INT8, 1, dims, out->data, 4);
}

static void test_an_engine_that_writes_in_place(void **state)
{
    char byte = 1, room[8] = {0};
    const struct vaccel_tensor in = {.data_type = VACCEL_DATA_UINT8, .data = &byte, .size = 1};
    struct vaccel_tensor out = {.data = room, .size = sizeof(room)};

    (void)state;
    engine->run = write_in_place;
    assert_int_equal(run_one(&in, &out), 0);
    assert_int_equal(out.size, 4);
    assert_memory_equal(room, "wwww\0", 5);
}

#define test(function) cmocka_unit_test_setup_teardown(function, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(test_every_element_type),
        test(test_names_of_types),
        test(test_shapes),
        test(test_shapes_that_cannot_be),
        test(test_strings),
        test(test_strings_whose_lengths_lie),
        test(test_counts),
        test(test_misuse),
        test(test_names_and_signatures),
        test(test_placed_and_held_ones_mixed),
        test(test_a_description_that_was_changed),
        test(test_outputs_that_cannot_be),
        test(test_what_did_not_fit_follows_from_the_outputs),
        test(test_codes_of_an_engine),
        test(test_an_engine_that_gives_no_output),
        test(test_an_engine_that_writes_in_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
