/* SPDX-License-Identifier: Apache-2.0 */
#include "test_support.h"

#include <math.h>

/* What a model tells and does: signatures, names, types, strings, and errors. */

static void assert_spec(const struct vaccel_tensor_spec *spec, const char *name,
                        enum vaccel_data_type type, int nr_dims, int64_t first)
{
    assert_string_equal(spec->name, name);
    assert_int_equal(spec->data_type, type);
    assert_int_equal(spec->nr_dims, nr_dims);
    if (nr_dims > 0)
        assert_int_equal(spec->dims[0], first);
}

static void info_lists_what_a_signature_has(void **state)
{
    struct vaccel_resource *model = model_begin(*state, MADE "/calls");
    struct vaccel_model_info *info;

    assert_int_equal(vaccel_model_info(*state, model, NULL, &info), VACCEL_OK);
    assert_string_equal(info->format, "saved-model");
    assert_string_equal(info->engine, "tf");
    assert_int_equal(info->nr_signatures, 3);
    assert_string_equal(info->signatures[0], "keep");
    assert_string_equal(info->signatures[1], "serving_default");
    assert_string_equal(info->signatures[2], "words");
    assert_int_equal(info->nr_inputs, 1);
    assert_spec(&info->inputs[0], "x", VACCEL_DATA_FLOAT32, 2, -1);
    assert_int_equal(info->nr_outputs, 2);
    assert_spec(&info->outputs[0], "a_sum", VACCEL_DATA_FLOAT32, 0, 0);
    assert_spec(&info->outputs[1], "y", VACCEL_DATA_FLOAT32, 2, -1);
    vaccel_model_info_delete(info);
    assert_int_equal(vaccel_model_info(*state, model, "words", &info), VACCEL_OK);
    assert_spec(&info->inputs[0], "words", VACCEL_DATA_STRING, 1, -1);
    assert_spec(&info->outputs[0], "numbers", VACCEL_DATA_INT64, 1, -1);
    vaccel_model_info_delete(info);
    capture_begin();
    assert_int_equal(vaccel_model_info(*state, model, "train", &info), VACCEL_EINVAL);
    assert_logged(capture_end(), WORDS("it has: keep, serving_default, words"));
    model_end(*state, model);
}

static void info_of_a_graph_lists_its_placeholders(void **state)
{
    struct vaccel_resource *model = model_begin(*state, MADE "/loop.pb");
    struct vaccel_model_info *info;

    assert_int_equal(vaccel_model_info(*state, model, NULL, &info), VACCEL_OK);
    assert_int_equal(info->nr_signatures, 0);
    assert_int_equal(info->nr_inputs, 2);
    assert_spec(&info->inputs[0], "rounds", VACCEL_DATA_INT32, 0, 0);
    assert_spec(&info->inputs[1], "start", VACCEL_DATA_FLOAT32, -1, 0);
    vaccel_model_info_delete(info);
    model_end(*state, model);
}

/* It runs all the same, and who knows the name may use it. */
static void an_input_whose_name_is_too_long_is_not_listed(void **state)
{
    struct vaccel_resource *model = model_begin(*state, MADE "/long_names.pb");
    struct vaccel_model_info *info;
    float x[2] = {1, 2};
    float y[2] = {0};
    char name[301] = "";
    struct vaccel_tensor in = tensor_of(name, VACCEL_DATA_FLOAT32, DIMS(2), x, sizeof(x));
    struct vaccel_tensor out = room_for("y", y, sizeof(y));

    assert_int_equal(vaccel_model_info(*state, model, NULL, &info), VACCEL_OK);
    assert_int_equal(info->nr_inputs, 0);
    assert_int_equal(info->nr_outputs, 1);
    vaccel_model_info_delete(info);
    memset(name, 'x', 300);
    assert_int_equal(vaccel_model_run(*state, model, NULL, &in, 1, &out, 1), VACCEL_OK);
    assert_true(y[0] == 1 && y[1] == 2);
    model_end(*state, model);
}

static void read_product(float x[20], float y[15])
{
    struct file given = file_read(MADE "/product.x");
    struct file wanted = file_read(MADE "/product.y");

    assert_int_equal(given.size, 20 * sizeof(float));
    assert_int_equal(wanted.size, 15 * sizeof(float));
    memcpy(x, given.bytes, given.size);
    memcpy(y, wanted.bytes, wanted.size);
    free(given.bytes);
    free(wanted.bytes);
}

static void product(struct vaccel_session *sess, struct vaccel_resource *model,
                    const char *signature, const char *in, const char *out)
{
    float x[20] = {0};
    float wanted[15];
    float y[15] = {0};
    struct vaccel_tensor input = tensor_of(in, VACCEL_DATA_FLOAT32, DIMS(5, 4), x, sizeof(x));
    struct vaccel_tensor output = room_for(out, y, sizeof(y));
    int i;

    read_product(x, wanted);
    assert_int_equal(vaccel_model_run(sess, model, signature, &input, 1, &output, 1), VACCEL_OK);
    assert_int_equal(output.size, sizeof(y));
    assert_int_equal(output.nr_dims, 2);
    assert_int_equal(output.dims[1], 3);
    for (i = 0; i < 15; i++)
        assert_true(fabsf(y[i] - wanted[i]) < 1e-5F);
}

static void tensors_go_by_key_by_name_in_the_graph_and_by_place(void **state)
{
    struct vaccel_resource *model = model_begin(*state, MADE "/calls");

    product(*state, model, NULL, "x", "y");
    product(*state, model, "serving_default", NULL, "y");
    product(*state, model, NULL, "x:0", "y:0");
    product(*state, model, NULL, "serving_default_x:0", "y");
    product(*state, model, NULL, "serving_default_x", "StatefulPartitionedCall_1:1");
    model_end(*state, model);
}

static void a_graph_for_other_tags_runs_if_it_is_the_only_one(void **state)
{
    struct vaccel_resource *model = model_begin(*state, MADE "/tagged");

    product(*state, model, NULL, "x", "y");
    model_end(*state, model);
}

static void classic_calls_run_on_the_same_code(void **state)
{
    struct vaccel_resource *model = model_register(*state, MADE "/calls");
    char in_name[] = "serving_default_x";
    char out_name[] = "StatefulPartitionedCall_1";
    struct vaccel_tf_node in_node = {in_name, 0};
    struct vaccel_tf_node out_node = {out_name, 1};
    struct vaccel_tf_status status = {0};
    struct vaccel_tf_tensor *in;
    struct vaccel_tf_tensor *out = NULL;
    int64_t dims[] = {5, 4};
    float x[20];
    float y[15];
    int i;

    read_product(x, y);
    assert_int_equal(vaccel_tf_model_load(*state, model, &status), VACCEL_OK);
    vaccel_tf_status_release(&status);
    assert_int_equal(vaccel_tf_tensor_new(&in, 2, dims, VACCEL_TF_FLOAT), VACCEL_OK);
    assert_int_equal(vaccel_tf_tensor_set_data(in, x, sizeof(x)), VACCEL_OK);
    assert_int_equal(
        vaccel_tf_model_run(*state, model, NULL, &in_node, &in, 1, &out_node, &out, 1, &status),
        VACCEL_OK);
    assert_int_equal(status.code, 0);
    vaccel_tf_status_release(&status);
    assert_int_equal(out->size, sizeof(y));
    for (i = 0; i < 15; i++)
        assert_true(fabsf(((float *)out->data)[i] - y[i]) < 1e-5F);
    vaccel_tf_tensor_delete(out);
    strcpy(in_name, "nobody");
    capture_begin();
    assert_int_equal(
        vaccel_tf_model_run(*state, model, NULL, &in_node, &in, 1, &out_node, &out, 1, &status),
        VACCEL_EINVAL);
    capture_end();
    assert_non_null(strstr(status.message, "nobody"));
    vaccel_tf_status_release(&status);
    vaccel_tf_tensor_delete(in);
    model_end(*state, model);
}

static void strings_go_in_and_out(void **state)
{
    struct vaccel_resource *model = model_begin(*state, MADE "/calls");
    struct {
        uint64_t lengths[4];
        char text[14];
    } words = {{3, 0, 3, 8}, "twonewithzero"};
    int64_t numbers[4];
    unsigned char upper[64];
    struct vaccel_tensor input;
    struct vaccel_tensor outputs[] = {room_for("numbers", numbers, sizeof(numbers)),
                                      room_for("upper", upper, sizeof(upper))};

    memcpy(words.text, "twoone\0ithzero", sizeof(words.text));
    input = tensor_of("words", VACCEL_DATA_STRING, DIMS(4), &words, sizeof(words.lengths) + 14);
    assert_int_equal(vaccel_model_run(*state, model, "words", &input, 1, outputs, 2), VACCEL_OK);
    assert_int_equal(numbers[0], 2);
    assert_int_equal(numbers[1], -1);
    assert_int_equal(numbers[2], 1);
    assert_int_equal(numbers[3], -1);
    assert_int_equal(outputs[1].size, 4 * sizeof(uint64_t) + 14);
    assert_memory_equal(upper, &words, 4 * sizeof(uint64_t));
    assert_memory_equal(upper + 4 * sizeof(uint64_t), "TWOONE\0ITHZERO", 14);
    model_end(*state, model);
}

/* Without a signature of the name serving_default the only one is meant. */
static void models_of_tensorflow_1_run_too(void **state)
{
    struct vaccel_resource *model = model_begin(*state, MADE "/old_calls");
    struct {
        uint64_t lengths[2];
        char text[8];
    } words = {{3, 4}, "twofour"};
    int64_t numbers[2] = {0};
    struct vaccel_tensor in = tensor_of("words", VACCEL_DATA_STRING, DIMS(2), &words, 2 * 8 + 7);
    struct vaccel_tensor out = room_for("numbers", numbers, sizeof(numbers));

    assert_int_equal(vaccel_model_run(*state, model, NULL, &in, 1, &out, 1), VACCEL_OK);
    assert_int_equal(numbers[0], 102);
    assert_int_equal(numbers[1], 99);
    model_end(*state, model);
}

static void every_type_comes_back_as_it_went_in(void **state)
{
    static const struct {
        const char *name;
        enum vaccel_data_type type;
    } types[] = {
        {"float32", VACCEL_DATA_FLOAT32},
        {"float64", VACCEL_DATA_FLOAT64},
        {"half", VACCEL_DATA_FLOAT16},
        {"bfloat16", VACCEL_DATA_BFLOAT16},
        {"float8_e5m2", VACCEL_DATA_FLOAT8_E5M2},
        {"float8_e4m3fn", VACCEL_DATA_FLOAT8_E4M3},
        {"int8", VACCEL_DATA_INT8},
        {"int16", VACCEL_DATA_INT16},
        {"int32", VACCEL_DATA_INT32},
        {"int64", VACCEL_DATA_INT64},
        {"uint8", VACCEL_DATA_UINT8},
        {"uint16", VACCEL_DATA_UINT16},
        {"uint32", VACCEL_DATA_UINT32},
        {"uint64", VACCEL_DATA_UINT64},
        {"bool", VACCEL_DATA_BOOL},
        {"complex64", VACCEL_DATA_COMPLEX64},
        {"complex128", VACCEL_DATA_COMPLEX128},
        {"qint8", VACCEL_DATA_INT8},
        {"quint8", VACCEL_DATA_UINT8},
        {"qint16", VACCEL_DATA_INT16},
        {"quint16", VACCEL_DATA_UINT16},
        {"qint32", VACCEL_DATA_INT32},
    };
    struct vaccel_resource *model = model_begin(*state, MADE "/types.pb");
    unsigned char given[3 * 16];
    unsigned char back[3 * 16];
    struct vaccel_tensor in;
    struct vaccel_tensor out;
    char name[32];
    size_t size;
    size_t i;

    for (i = 0; i < sizeof(given); i++)
        given[i] = i % 2;
    for (i = 0; i < sizeof(types) / sizeof(*types); i++) {
        size = vaccel_data_type_size(types[i].type);
        snprintf(name, sizeof(name), "in_%s", types[i].name);
        in = tensor_of(name, types[i].type, DIMS(3), given, 3 * size);
        out = room_for(types[i].name, back, sizeof(back));
        assert_int_equal(vaccel_model_run(*state, model, NULL, &in, 1, &out, 1), VACCEL_OK);
        assert_int_equal(out.data_type, types[i].type);
        assert_int_equal(out.size, 3 * size);
        assert_memory_equal(back, given, 3 * size);
    }
    model_end(*state, model);
}

/* At every position relative to what TensorFlow wants, and by what could work on the spot. */
static void inputs_are_never_written(void **state)
{
    static const char *const outs[] = {"relu", "add", "same", "inplace", "halves:0", "halves:1"};
    struct vaccel_resource *model = model_begin(*state, MADE "/in_place.pb");
    _Alignas(64) float room[8 * 8 + 16];
    float before[8 * 8 + 16];
    float given[8 * 8];
    struct vaccel_tensor in;
    struct vaccel_tensor out;
    size_t offset;
    size_t i;

    for (i = 0; i < sizeof(room) / sizeof(*room); i++)
        room[i] = (float)i - 40;
    memcpy(before, room, sizeof(room));
    for (offset = 0; offset < 16; offset++)
        for (i = 0; i < sizeof(outs) / sizeof(*outs); i++) {
            in = tensor_of("x", VACCEL_DATA_FLOAT32, DIMS(8, 8), room + offset, 64 * sizeof(float));
            out = room_for(outs[i], given, sizeof(given));
            assert_int_equal(vaccel_model_run(*state, model, NULL, &in, 1, &out, 1), VACCEL_OK);
            assert_memory_equal(room, before, sizeof(room));
            if (i == 0)
                assert_true(given[0] == fmaxf(0, room[offset]));
        }
    model_end(*state, model);
}

/* A variable takes over the tensor that it is given: here it must be its own. */
static void what_a_model_keeps_is_no_longer_the_callers(void **state)
{
    struct vaccel_resource *model = model_begin(*state, MADE "/calls");
    _Alignas(64) float values[8];
    _Alignas(64) float before[8];
    struct vaccel_tensor in =
        tensor_of("values", VACCEL_DATA_FLOAT32, DIMS(8), values, sizeof(values));
    struct vaccel_tensor out;
    int round;
    int i;

    for (round = 1; round < 4; round++) {
        for (i = 0; i < 8; i++)
            values[i] = (float)(round * 10 + i);
        out = room_for("before", before, sizeof(before));
        assert_int_equal(vaccel_model_run(*state, model, "keep", &in, 1, &out, 1), VACCEL_OK);
        for (i = 0; i < 8; i++) {
            assert_true(before[i] == (round == 1 ? 0 : (float)(round * 10 - 10 + i)));
            values[i] = -1;
        }
    }
    model_end(*state, model);
}

static void run_refused(struct vaccel_session *sess, struct vaccel_resource *model,
                        struct vaccel_tensor in, const char *out, const char *sentence)
{
    float y[15];
    struct vaccel_tensor output = room_for(out, y, sizeof(y));

    capture_begin();
    assert_int_equal(vaccel_model_run(sess, model, NULL, &in, 1, &output, 1), VACCEL_EINVAL);
    assert_logged(capture_end(), WORDS(sentence));
}

static void what_does_not_suit_is_refused(void **state)
{
    struct vaccel_resource *model = model_begin(*state, MADE "/calls");
    float x[20] = {0};
    struct vaccel_tensor good = tensor_of("x", VACCEL_DATA_FLOAT32, DIMS(5, 4), x, sizeof(x));
    struct vaccel_tensor bad;

    bad = tensor_of("x", VACCEL_DATA_FLOAT32, DIMS(4, 5), x, sizeof(x));
    run_refused(*state, model, bad, "y", "has the shape [4, 5], the model takes [?, 4]");
    bad = tensor_of("x", VACCEL_DATA_FLOAT32, DIMS(20), x, sizeof(x));
    run_refused(*state, model, bad, "y", "has the shape [20], the model takes [?, 4]");
    bad = tensor_of("x", VACCEL_DATA_INT32, DIMS(5, 4), x, sizeof(x));
    run_refused(*state, model, bad, "y", "is INT32, the model takes FLOAT32");
    bad = tensor_of("z", VACCEL_DATA_FLOAT32, DIMS(5, 4), x, sizeof(x));
    run_refused(*state, model, bad, "y", "no input \"z\"; it has: x");
    bad.name = "x:";
    run_refused(*state, model, bad, "y", "no input \"x:\"");
    bad.name = "serving_default_x:1";
    run_refused(*state, model, bad, "y", "no input");
    bad.name = "serving_default_x:99999999999999999999";
    run_refused(*state, model, bad, "y", "no input");
    run_refused(*state, model, good, "z", "no output \"z\"; it has: a_sum, y");
    run_refused(*state, model, good, "NoOp", "no output \"NoOp\"");
    bad = tensor_of("words_words", VACCEL_DATA_STRING, DIMS(0), NULL, 0);
    run_refused(*state, model, bad, "y", "You must feed a value for placeholder tensor");
    model_end(*state, model);
}

/* As its graph does not say what shapes it takes, TensorFlow finds out while it runs. */
static void an_output_that_does_not_fit_is_held(void **state)
{
    struct vaccel_resource *model = model_begin(*state, MADE "/loop.pb");
    float start[6] = {1, 2, 3, 4, 5, 6};
    float end[6];
    int32_t rounds = 3;
    struct vaccel_tensor in[] = {
        tensor_of("rounds", VACCEL_DATA_INT32, SCALAR, &rounds, sizeof(rounds)),
        tensor_of("start", VACCEL_DATA_FLOAT32, DIMS(1, 3, 2), start, sizeof(start)),
    };
    struct vaccel_tensor out = room_for("while/Identity_3", end, sizeof(float));

    capture_begin();
    assert_int_equal(vaccel_model_run(*state, model, NULL, in, 2, &out, 1), VACCEL_ERANGE);
    capture_end();
    assert_int_equal(out.size, sizeof(end));
    assert_int_not_equal(out.held, 0);
    out.data = end;
    assert_int_equal(vaccel_tensor_fetch(*state, &out), VACCEL_OK);
    assert_int_equal(out.nr_dims, 3);
    assert_true(end[0] == 8 && end[5] == 48);
    model_end(*state, model);
}

struct runner {
    struct vaccel_session *sess;
    struct vaccel_resource *model;
};

static void *run_often(void *argument)
{
    struct runner *runner = argument;
    int i;

    for (i = 0; i < 200; i++)
        product(runner->sess, runner->model, NULL, "x", "y");
    return NULL;
}

static void threads_run_one_model_at_once(void **state)
{
    struct runner runner = {*state, model_begin(*state, MADE "/calls")};
    pthread_t threads[4];
    int i;

    for (i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, run_often, &runner), 0);
    for (i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    model_end(*state, runner.model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(info_lists_what_a_signature_has),
        cmocka_unit_test(info_of_a_graph_lists_its_placeholders),
        cmocka_unit_test(an_input_whose_name_is_too_long_is_not_listed),
        cmocka_unit_test(tensors_go_by_key_by_name_in_the_graph_and_by_place),
        cmocka_unit_test(a_graph_for_other_tags_runs_if_it_is_the_only_one),
        cmocka_unit_test(classic_calls_run_on_the_same_code),
        cmocka_unit_test(strings_go_in_and_out),
        cmocka_unit_test(models_of_tensorflow_1_run_too),
        cmocka_unit_test(every_type_comes_back_as_it_went_in),
        cmocka_unit_test(inputs_are_never_written),
        cmocka_unit_test(what_a_model_keeps_is_no_longer_the_callers),
        cmocka_unit_test(what_does_not_suit_is_refused),
        cmocka_unit_test(an_output_that_does_not_fit_is_held),
        cmocka_unit_test(threads_run_one_model_at_once),
    };

    skip_without_models();
    return cmocka_run_group_tests(tests, tf_begin, tf_end);
}
