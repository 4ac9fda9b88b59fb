/* SPDX-License-Identifier: Apache-2.0 */
#include "test_support.h"

#include <string.h>

/* Tensors of all kinds, on the models of make_models.py, which are in MADE. */

static float left[] = {1, 2, 3, 4, 5, 6, 7, 8};
static float right[] = {10, 20, 30, 40, 50, 60, 70, 80};

static struct vaccel_tensor floats(const char *name, const int64_t *dims, float *data, size_t count)
{
    return tensor_of(name, VACCEL_DATA_FLOAT32, dims, data, count * sizeof(float));
}

static void inputs_and_outputs_by_place(void **state)
{
    struct vaccel_session *sess = *state;
    struct vaccel_resource *model = model_begin(sess, MADE "/pair.tflite");
    const struct vaccel_tensor in[] = {floats(NULL, DIMS(2, 4), left, 8),
                                       floats(NULL, DIMS(2, 4), right, 8)};
    float sums[8];
    float products[8];
    struct vaccel_tensor out[] = {room_for(NULL, sums, sizeof(sums)),
                                  room_for(NULL, products, sizeof(products))};

    assert_int_equal(vaccel_model_run(sess, model, NULL, in, 2, out, 2), VACCEL_OK);
    for (int i = 0; i < 8; i++) {
        assert_true(sums[i] == left[i] + right[i]);
        assert_true(products[i] == left[i] * right[i]);
    }
    model_end(sess, model);
}

/* Those of the signature, and those of the tensors, which other tools show. */
static void names_of_two_kinds(void **state)
{
    struct vaccel_session *sess = *state;
    struct vaccel_resource *model = model_begin(sess, MADE "/pair.tflite");
    const struct vaccel_tensor in[] = {floats("serving_default_right:0", DIMS(1, 4), right, 4),
                                       floats("left", DIMS(1, 4), left, 4)};
    float product[4];
    struct vaccel_tensor out = room_for("product", product, sizeof(product));

    assert_int_equal(vaccel_model_run(sess, model, "serving_default", in, 2, &out, 1), VACCEL_OK);
    assert_true(product[3] == left[3] * right[3]);
    model_end(sess, model);
}

static void outputs_are_held_or_out_of_range(void **state)
{
    struct vaccel_session *sess = *state;
    struct vaccel_resource *model = model_begin(sess, MADE "/pair.tflite");
    const struct vaccel_tensor in[] = {floats(NULL, DIMS(2, 4), left, 8),
                                       floats(NULL, DIMS(2, 4), right, 8)};
    float sums[8];
    float products[8];
    struct vaccel_tensor out[] = {room_for("sum", NULL, 0), room_for("product", products, 4)};

    assert_int_equal(vaccel_model_run(sess, model, NULL, in, 2, out, 2), VACCEL_ERANGE);
    assert_int_equal(out[0].size, sizeof(sums));
    assert_int_equal(out[1].size, sizeof(products));
    assert_int_not_equal(out[1].held, 0);
    out[0].data = sums;
    assert_int_equal(vaccel_tensor_fetch(sess, &out[0]), VACCEL_OK);
    assert_true(sums[7] == left[7] + right[7]);
    assert_int_equal(vaccel_tensor_fetch(sess, &out[1]), VACCEL_OK);
    assert_true(products[7] == left[7] * right[7]);
    model_end(sess, model);
}

struct mistake {
    const char *first_name;
    const char *second_name;
    const char *output_name;
    const char *signature;
    enum vaccel_data_type type;
    int64_t columns;
    size_t nr_inputs;
    const char *sentence;
};

static void mistakes_are_named(void **state)
{
    static const struct mistake mistakes[] = {
        {"nobody", "right", "sum", NULL, VACCEL_DATA_FLOAT32, 4, 2,
         "no input \"nobody\", but: left; right"},
        {"left", "left", "sum", NULL, VACCEL_DATA_FLOAT32, 4, 2, "\"left\" is given twice"},
        {"left", NULL, "sum", NULL, VACCEL_DATA_FLOAT32, 4, 1, "\"right\" of the model is missing"},
        {NULL, NULL, "total", NULL, VACCEL_DATA_FLOAT32, 4, 2,
         "no output \"total\", but: sum; product"},
        {NULL, NULL, "sum", "train", VACCEL_DATA_FLOAT32, 4, 2, "\"train\", but: serving_default"},
        {NULL, NULL, "sum", NULL, VACCEL_DATA_INT32, 4, 2, "is INT32, which must be FLOAT32"},
        {NULL, NULL, "sum", NULL, VACCEL_DATA_FLOAT32, 2, 2, "is [1, 2], which must be [-1, 4]"},
    };
    struct vaccel_session *sess = *state;
    struct vaccel_resource *model = model_begin(sess, MADE "/pair.tflite");

    for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
        const struct mistake *mistake = &mistakes[i];
        const struct vaccel_tensor in[] = {
            tensor_of(mistake->first_name, mistake->type, DIMS(1, mistake->columns), left,
                      (size_t)mistake->columns * 4),
            tensor_of(mistake->second_name, mistake->type, DIMS(1, mistake->columns), right,
                      (size_t)mistake->columns * 4)};
        struct vaccel_tensor out = room_for(mistake->output_name, NULL, 0);

        capture_begin();
        assert_int_equal(
            vaccel_model_run(sess, model, mistake->signature, in, mistake->nr_inputs, &out, 1),
            VACCEL_EINVAL);
        assert_logged(capture_end(), WORDS(mistake->sentence));
    }
    model_end(sess, model);
}

/* The model allows each of the shapes; that they do not go together it is for TensorFlow Lite to say. */
static void shapes_that_do_not_go_together(void **state)
{
    struct vaccel_session *sess = *state;
    struct vaccel_resource *model = model_begin(sess, MADE "/pair.tflite");
    float many[12] = {0};
    struct vaccel_tensor in[] = {floats(NULL, DIMS(2, 4), left, 8),
                                 floats(NULL, DIMS(3, 4), many, 12)};
    struct vaccel_tensor out = room_for(NULL, NULL, 0);

    capture_begin();
    assert_int_equal(vaccel_model_run(sess, model, NULL, in, 2, &out, 1), VACCEL_EINVAL);
    assert_logged(capture_end(), WORDS("failed to prepare"));
    in[1] = floats(NULL, DIMS(2, 4), right, 8);
    assert_int_equal(vaccel_model_run(sess, model, NULL, in, 2, &out, 1), VACCEL_OK);
    assert_int_equal(vaccel_tensor_drop(sess, &out), VACCEL_OK);
    model_end(sess, model);
}

static void nothing_at_all(void **state)
{
    struct vaccel_session *sess = *state;
    struct vaccel_resource *model = model_begin(sess, MADE "/pair.tflite");
    const struct vaccel_tensor in[] = {floats(NULL, DIMS(0, 4), NULL, 0),
                                       floats(NULL, DIMS(0, 4), NULL, 0)};
    float sums[8];
    struct vaccel_tensor out = room_for(NULL, sums, sizeof(sums));

    assert_int_equal(vaccel_model_run(sess, model, NULL, in, 2, &out, 1), VACCEL_OK);
    assert_int_equal(out.size, 0);
    assert_int_equal(out.dims[0], 0);
    model_end(sess, model);
}

static void two_signatures(void **state)
{
    struct vaccel_session *sess = *state;
    struct vaccel_resource *model = model_begin(sess, MADE "/two.tflite");
    int32_t numbers[] = {1, 2, 3};
    int32_t twice[3];
    float sums[4];
    const struct vaccel_tensor in =
        tensor_of("n", VACCEL_DATA_INT32, DIMS(3), numbers, sizeof(numbers));
    const struct vaccel_tensor ins[] = {floats("left", DIMS(1, 4), left, 4),
                                        floats("right", DIMS(1, 4), right, 4)};
    struct vaccel_tensor out = room_for(NULL, twice, sizeof(twice));
    struct vaccel_model_info *info;

    assert_int_equal(vaccel_model_info(sess, model, "double", &info), VACCEL_OK);
    assert_int_equal(info->nr_signatures, 2);
    assert_string_equal(info->inputs[0].name, "n");
    assert_int_equal(info->inputs[0].dims[0], 3);
    vaccel_model_info_delete(info);
    assert_int_equal(vaccel_model_run(sess, model, "double", &in, 1, &out, 1), VACCEL_OK);
    assert_int_equal(twice[2], 6);
    out = room_for("sum", sums, sizeof(sums));
    assert_int_equal(vaccel_model_run(sess, model, NULL, ins, 2, &out, 1), VACCEL_OK);
    assert_true(sums[1] == 22);
    model_end(sess, model);
}

static void strings(void **state)
{
    struct vaccel_session *sess = *state;
    struct vaccel_resource *model = model_begin(sess, MADE "/strings.tflite");
    struct {
        uint64_t lengths[3];
        char bytes[8];
    } words = {{3, 0, 5}, {'o', 'n', 'e', 't', 'h', 'r', 'e', 'e'}};
    char column[sizeof(words)];
    char word[64];
    int32_t which = 2;
    struct vaccel_tensor in[] = {
        tensor_of("words", VACCEL_DATA_STRING, DIMS(3), &words, sizeof(words)),
        tensor_of("which", VACCEL_DATA_INT32, DIMS(1), &which, sizeof(which))};
    struct vaccel_tensor out[] = {room_for("column", column, sizeof(column)),
                                  room_for("word", word, sizeof(word))};

    assert_int_equal(vaccel_model_run(sess, model, NULL, in, 2, out, 2), VACCEL_OK);
    assert_int_equal(out[0].nr_dims, 2);
    assert_int_equal(out[0].size, sizeof(words));
    assert_memory_equal(column, &words, sizeof(words));
    assert_int_equal(out[1].data_type, VACCEL_DATA_STRING);
    assert_int_equal(out[1].size, sizeof(uint64_t) + 5);
    assert_memory_equal(word + sizeof(uint64_t), "three", 5);
    which = 7;
    capture_begin();
    assert_int_equal(vaccel_model_run(sess, model, NULL, in, 2, out, 2), VACCEL_EBACKEND);
    assert_logged(capture_end(), WORDS("gather index out of bounds"));
    which = 0;
    words.lengths[0] = UINT64_MAX;
    assert_int_equal(vaccel_model_run(sess, model, NULL, in, 2, out, 2), VACCEL_EINVAL);
    model_end(sess, model);
}

static void a_scalar(void **state)
{
    struct vaccel_session *sess = *state;
    struct vaccel_resource *model = model_begin(sess, MADE "/scalar.tflite");
    float x = 2;
    float y = 0;
    const struct vaccel_tensor in = floats("x", SCALAR, &x, 1);
    struct vaccel_tensor out = room_for("y", &y, sizeof(y));

    assert_int_equal(vaccel_model_run(sess, model, NULL, &in, 1, &out, 1), VACCEL_OK);
    assert_int_equal(out.nr_dims, 0);
    assert_true(y == 6);
    model_end(sess, model);
}

static void a_loop(void **state)
{
    struct vaccel_session *sess = *state;
    struct vaccel_resource *model = model_begin(sess, MADE "/loop.tflite");
    float x[4] = {1, 1, 1, 1};
    float y[4];
    const struct vaccel_tensor in = floats("x", DIMS(4), x, 4);
    struct vaccel_tensor out = room_for("y", y, sizeof(y));

    assert_int_equal(vaccel_model_run(sess, model, NULL, &in, 1, &out, 1), VACCEL_OK);
    assert_true(y[0] == 32 && y[3] == 32);
    model_end(sess, model);
    model = model_register(sess, MADE "/loop-in-itself.tflite");
    capture_begin();
    assert_int_equal(vaccel_model_load(sess, model, NULL), VACCEL_EBACKEND);
    assert_logged(capture_end(), WORDS("subgraph 0 calls itself"));
    model_end(sess, model);
}

/* RESHAPE moves elements of any type. */
static void all_types(void **state)
{
    static const struct {
        const char *name;
        enum vaccel_data_type type;
    } types[] = {
        {"bool", VACCEL_DATA_BOOL},
        {"int8", VACCEL_DATA_INT8},
        {"int16", VACCEL_DATA_INT16},
        {"int32", VACCEL_DATA_INT32},
        {"int64", VACCEL_DATA_INT64},
        {"uint8", VACCEL_DATA_UINT8},
        {"uint16", VACCEL_DATA_UINT16},
        {"uint32", VACCEL_DATA_UINT32},
        {"uint64", VACCEL_DATA_UINT64},
        {"float16", VACCEL_DATA_FLOAT16},
        {"bfloat16", VACCEL_DATA_BFLOAT16},
        {"float32", VACCEL_DATA_FLOAT32},
        {"float64", VACCEL_DATA_FLOAT64},
        {"complex64", VACCEL_DATA_COMPLEX64},
        {"complex128", VACCEL_DATA_COMPLEX128},
    };
    struct vaccel_session *sess = *state;
    unsigned char values[8 * 16];
    unsigned char given[8 * 16];
    char path[4096];

    for (size_t i = 0; i < sizeof(values); i++)
        values[i] = i & 1;
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        const size_t size = 8 * vaccel_data_type_size(types[i].type);
        const struct vaccel_tensor in = tensor_of(NULL, types[i].type, DIMS(4, 2), values, size);
        struct vaccel_tensor out = room_for(NULL, given, sizeof(given));
        struct vaccel_resource *model;

        snprintf(path, sizeof(path), "%s/type-%s.tflite", MADE, types[i].name);
        model = model_begin(sess, path);
        assert_int_equal(vaccel_model_run(sess, model, NULL, &in, 1, &out, 1), VACCEL_OK);
        assert_int_equal(out.data_type, types[i].type);
        assert_int_equal(out.size, size);
        assert_int_equal(out.dims[0], 2);
        assert_memory_equal(given, values, size);
        model_end(sess, model);
    }
}

static void check_quantized(struct vaccel_session *sess, const char *name,
                            enum vaccel_data_type type)
{
    unsigned char values[8] = {0};
    unsigned char given[5];
    char path[4096];
    const struct vaccel_tensor in = tensor_of("x", type, DIMS(1, 8), values, sizeof(values));
    struct vaccel_tensor out = room_for("y", given, sizeof(given));
    struct vaccel_resource *model;
    struct file expected;

    for (int i = 0; i < 8; i++)
        values[i] = (unsigned char)(-40 + 10 * i);
    snprintf(path, sizeof(path), "%s/quantized-%s.tflite", MADE, name);
    model = model_begin(sess, path);
    assert_int_equal(vaccel_model_run(sess, model, NULL, &in, 1, &out, 1), VACCEL_OK);
    assert_int_equal(out.data_type, type);
    snprintf(path, sizeof(path), "%s/quantized-%s.out", MADE, name);
    expected = file_read(path);
    assert_int_equal(expected.size, sizeof(given));
    assert_memory_equal(given, expected.bytes, sizeof(given));
    free(expected.bytes);
    model_end(sess, model);
}

static void quantized(void **state)
{
    struct vaccel_session *sess = *state;

    check_quantized(sess, "int8", VACCEL_DATA_INT8);
    check_quantized(sess, "uint8", VACCEL_DATA_UINT8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inputs_and_outputs_by_place),
        cmocka_unit_test(names_of_two_kinds),
        cmocka_unit_test(outputs_are_held_or_out_of_range),
        cmocka_unit_test(mistakes_are_named),
        cmocka_unit_test(shapes_that_do_not_go_together),
        cmocka_unit_test(nothing_at_all),
        cmocka_unit_test(two_signatures),
        cmocka_unit_test(strings),
        cmocka_unit_test(a_scalar),
        cmocka_unit_test(a_loop),
        cmocka_unit_test(all_types),
        cmocka_unit_test(quantized),
    };

    return cmocka_run_group_tests(tests, tflite_begin, tflite_end);
}
