/* SPDX-License-Identifier: Apache-2.0 */
#include "test_networks.h"
#include "test_support.h"

#include <math.h>
#include <recorded.h>
#include <stdlib.h>
#include <string.h>

/* The engine, by the model calls, with no other plugin. */

struct loaded {
    struct vaccel_session *sess;
    struct vaccel_resource model;
};

static void assert_loads(struct loaded *loaded, struct vaccel_session *sess, const void *network,
                         size_t size)
{
    loaded->sess = sess;
    assert_int_equal(vaccel_resource_init_from_buf(&loaded->model, network, size,
                                                   VACCEL_RESOURCE_MODEL, "network.onnx", true),
                     VACCEL_OK);
    assert_int_equal(vaccel_resource_register(&loaded->model, sess), VACCEL_OK);
    assert_int_equal(vaccel_model_load(sess, &loaded->model, NULL), VACCEL_OK);
}

static void unload(struct loaded *loaded)
{
    assert_int_equal(vaccel_model_unload(loaded->sess, &loaded->model), VACCEL_OK);
    assert_int_equal(vaccel_resource_release(&loaded->model), VACCEL_OK);
}

static struct vaccel_tensor floats(const char *name, int64_t rows, float *data, size_t count)
{
    return (struct vaccel_tensor){
        .name = name,
        .data_type = VACCEL_DATA_FLOAT32,
        .nr_dims = 2,
        .dims = {rows, 3},
        .data = data,
        .size = count * sizeof(*data),
    };
}

static int run(struct loaded *loaded, const struct vaccel_tensor *inputs, size_t nr_inputs,
               struct vaccel_tensor *outputs, size_t nr_outputs)
{
    return vaccel_model_run(loaded->sess, &loaded->model, NULL, inputs, nr_inputs, outputs,
                            nr_outputs);
}

static void recorded_scores_are_given(void **state)
{
    struct file network = file_read(MODELS "/digits/digits.onnx");
    float *scans = recorded_read("digits/held-out/scans.f32", RECORDED_SCANS * RECORDED_SCAN_SIZE);
    float *expected = recorded_read("digits/held-out/scores.f32", RECORDED_SCANS * RECORDED_DIGITS);
    struct loaded loaded;

    assert_loads(&loaded, *state, network.bytes, network.size);
    for (int i = 0; i < RECORDED_SCANS; i++) {
        float scores[RECORDED_DIGITS];
        const struct vaccel_tensor scan = {
            .data_type = VACCEL_DATA_FLOAT32,
            .nr_dims = 4,
            .dims = {1, 1, 8, 8},
            .data = scans + (ptrdiff_t)i * RECORDED_SCAN_SIZE,
            .size = RECORDED_SCAN_SIZE * sizeof(float),
        };
        struct vaccel_tensor output = {.name = "scores", .data = scores, .size = sizeof(scores)};

        assert_int_equal(run(&loaded, &scan, 1, &output, 1), VACCEL_OK);
        assert_true(output.nr_dims == 2 && output.dims[0] == 1 && output.dims[1] == 10);
        assert_true(recorded_apart(scores, expected + (ptrdiff_t)i * RECORDED_DIGITS,
                                   RECORDED_DIGITS) < RECORDED_TOLERANCE);
    }
    unload(&loaded);
    free(expected);
    free(scans);
    free(network.bytes);
}

static void info_tells_names_and_shapes(void **state)
{
    struct vaccel_model_info *info;
    struct loaded loaded;

    assert_loads(&loaded, *state, sum_and_product, sizeof(sum_and_product));
    assert_int_equal(vaccel_model_info(loaded.sess, &loaded.model, NULL, &info), VACCEL_OK);
    assert_string_equal(info->engine, "opencv");
    assert_string_equal(info->format, "onnx");
    assert_int_equal(info->nr_signatures, 0);
    assert_int_equal(info->nr_inputs, 2);
    assert_int_equal(info->nr_outputs, 2);
    assert_string_equal(info->inputs[1].name, "b");
    assert_string_equal(info->outputs[1].name, "product");
    for (int i = 0; i < 2; i++) {
        assert_int_equal(info->inputs[i].data_type, VACCEL_DATA_FLOAT32);
        assert_int_equal(info->inputs[i].nr_dims, 2);
        assert_true(info->inputs[i].dims[0] == -1 && info->inputs[i].dims[1] == 3);
    }
    vaccel_model_info_delete(info);
    unload(&loaded);
}

static void assert_elements(const struct vaccel_tensor *tensor, int64_t rows, float value)
{
    const float *elements = tensor->data;

    assert_true(tensor->nr_dims == 2 && tensor->dims[0] == rows && tensor->dims[1] == 3);
    for (int64_t i = 0; i < rows * 3; i++)
        assert_true(fabsf(elements[i] - value) < 1e-6F);
}

static void tensors_are_found_by_name_and_place(void **state)
{
    float twos[] = {2, 2, 2, 2, 2, 2};
    float fives[] = {5, 5, 5, 5, 5, 5};
    float results[2][6];
    struct loaded loaded;

    assert_loads(&loaded, *state, sum_and_product, sizeof(sum_and_product));
    for (int64_t rows = 1; rows <= 2; rows++) {
        const size_t count = (size_t)rows * 3;
        const struct vaccel_tensor inputs[] = {floats("b", rows, twos, count),
                                               floats("a", rows, fives, count)};
        const struct vaccel_tensor by_place[] = {floats(NULL, rows, twos, count),
                                                 floats(NULL, rows, fives, count)};
        struct vaccel_tensor outputs[] = {
            {.name = "product", .data = results[0], .size = sizeof(results[0])},
            {.name = "sum", .data = results[1], .size = sizeof(results[1])}};
        struct vaccel_tensor held = {NULL};

        assert_int_equal(run(&loaded, inputs, 2, outputs, 2), VACCEL_OK);
        assert_elements(&outputs[0], rows, 10);
        assert_elements(&outputs[1], rows, 7);
        assert_int_equal(run(&loaded, by_place, 2, &held, 1), VACCEL_OK);
        held.data = results[0];
        assert_int_equal(vaccel_tensor_fetch(loaded.sess, &held), VACCEL_OK);
        assert_elements(&held, rows, 7);
    }
    unload(&loaded);
}

static void one_output_that_does_not_fit_spoils_no_other(void **state)
{
    float ones[] = {1, 1, 1};
    float result[3];
    struct loaded loaded;
    const struct vaccel_tensor inputs[] = {floats(NULL, 1, ones, 3), floats(NULL, 1, ones, 3)};
    struct vaccel_tensor outputs[] = {{.data = ones, .size = 4},
                                      {.data = result, .size = sizeof(result)}};
    float room[1];

    outputs[0].data = room;
    assert_loads(&loaded, *state, sum_and_product, sizeof(sum_and_product));
    assert_int_equal(run(&loaded, inputs, 2, outputs, 2), VACCEL_ERANGE);
    assert_int_equal(outputs[0].size, 3 * sizeof(float));
    assert_true(outputs[0].held > 0);
    assert_elements(&outputs[1], 1, 1);
    assert_int_equal(vaccel_tensor_drop(loaded.sess, &outputs[0]), VACCEL_OK);
    unload(&loaded);
}

/* The first run of a loaded model with that mistake fails, the log has the words, and it still runs. */
static void assert_refused(void **state, const struct vaccel_tensor *inputs, size_t nr_inputs,
                           const char *output_name, const char *signature, const char *word)
{
    float ones[] = {1, 1, 1};
    const struct vaccel_tensor right[] = {floats(NULL, 1, ones, 3), floats(NULL, 1, ones, 3)};
    struct vaccel_tensor output = {.name = output_name};
    const char *words[] = {"[opencv] model_run: ", word, NULL};
    struct loaded loaded;
    int ret;

    assert_loads(&loaded, *state, sum_and_product, sizeof(sum_and_product));
    capture_begin();
    ret = vaccel_model_run(loaded.sess, &loaded.model, signature, inputs, nr_inputs, &output, 1);
    assert_logged(capture_end(), words);
    assert_int_equal(ret, VACCEL_EINVAL);
    output = (struct vaccel_tensor){NULL};
    assert_int_equal(run(&loaded, right, 2, &output, 1), VACCEL_OK);
    assert_int_equal(vaccel_tensor_drop(loaded.sess, &output), VACCEL_OK);
    unload(&loaded);
}

static void wrong_inputs_are_named(void **state)
{
    float ones[] = {1, 1, 1, 1, 1, 1};
    const struct vaccel_tensor good = floats(NULL, 1, ones, 3);
    struct vaccel_tensor pair[] = {good, good};

    assert_refused(state, pair, 1, NULL, NULL,
                   "1 inputs are given: the network has 2, \"a\", \"b\"");
    pair[1].name = "c";
    assert_refused(state, pair, 2, NULL, NULL, "no input \"c\": the network has \"a\", \"b\"");
    pair[1].name = "a";
    assert_refused(state, pair, 2, NULL, NULL, "input \"a\" is given twice");
    pair[1] = good;
    pair[1].data_type = VACCEL_DATA_INT32;
    assert_refused(state, pair, 2, NULL, NULL, "\"b\" is INT32 of 1 x 3: OpenCV takes FLOAT32");
    pair[1] = good;
    pair[1].dims[0] = 3;
    pair[1].dims[1] = 1;
    assert_refused(state, pair, 2, NULL, NULL, "3 x 1: the network wants any x 3");
    pair[1].nr_dims = 1;
    assert_refused(state, pair, 2, NULL, NULL, "of 3: the network wants any x 3");
    pair[1].nr_dims = 0;
    pair[1].size = sizeof(float);
    assert_refused(state, pair, 2, NULL, NULL, "of one element: the network wants any x 3");
    pair[1] = good;
    pair[1].dims[0] = 0;
    pair[1].size = 0;
    assert_refused(state, pair, 2, NULL, NULL, "0 x 3: OpenCV takes sizes from 1 to");
}

static void wrong_outputs_and_signatures_are_named(void **state)
{
    float ones[] = {1, 1, 1};
    const struct vaccel_tensor good[] = {floats(NULL, 1, ones, 3), floats(NULL, 1, ones, 3)};

    assert_refused(state, good, 2, "difference", NULL,
                   "no output \"difference\": the network has \"sum\", \"product\"");
    assert_refused(state, good, 2, NULL, "serving_default", "no signature \"serving_default\"");
}

static void inputs_that_do_not_suit_each_other_are_opencvs_to_refuse(void **state)
{
    float ones[6] = {1, 1, 1, 1, 1, 1};
    const struct vaccel_tensor inputs[] = {floats(NULL, 1, ones, 3), floats(NULL, 2, ones, 6)};
    const char *const words[] = {"[opencv] model_run: OpenCV failed to run the network (", NULL};
    struct vaccel_tensor output = {NULL};
    struct loaded loaded;
    const char *log;
    int ret;

    assert_loads(&loaded, *state, sum_and_product, sizeof(sum_and_product));
    capture_begin();
    ret = run(&loaded, inputs, 2, &output, 1);
    log = capture_end();
    assert_int_equal(ret, VACCEL_EBACKEND);
    assert_logged(log, words);
    unload(&loaded);
}

/* Each cut of the file, and each byte of it changed: no more than an error. */
static void damaged_networks_are_errors(void **state)
{
    struct vaccel_session *sess = *state;
    unsigned char bytes[sizeof(sum_and_product)];
    struct vaccel_resource model;

    capture_begin();
    for (size_t i = 0; i < 2 * sizeof(bytes); i++) {
        const size_t place = i / 2;
        const size_t size = i % 2 ? place + 1 : sizeof(bytes);

        memcpy(bytes, sum_and_product, sizeof(bytes));
        if (i % 2 == 0)
            bytes[place] ^= 0x41;
        assert_int_equal(vaccel_resource_init_from_buf(&model, bytes, size, VACCEL_RESOURCE_MODEL,
                                                       "damaged.onnx", true),
                         VACCEL_OK);
        assert_int_equal(vaccel_resource_register(&model, sess), VACCEL_OK);
        vaccel_model_load(sess, &model, NULL);
        assert_int_equal(vaccel_resource_release(&model), VACCEL_OK);
    }
    capture_end();
}

static void inputs_that_cannot_be_are_refused(void **state)
{
    struct vaccel_resource *model = model_begin(*state, MODELS "/digits/digits.onnx");

    digits_refuse_wrong_inputs(*state, model);
    model_end(*state, model);
}

int main(void)
{
#define WITH_PLUGIN(test) cmocka_unit_test_setup_teardown(test, opencv_begin, opencv_end)
    const struct CMUnitTest tests[] = {
        WITH_PLUGIN(recorded_scores_are_given),
        WITH_PLUGIN(info_tells_names_and_shapes),
        WITH_PLUGIN(tensors_are_found_by_name_and_place),
        WITH_PLUGIN(one_output_that_does_not_fit_spoils_no_other),
        WITH_PLUGIN(wrong_inputs_are_named),
        WITH_PLUGIN(inputs_that_cannot_be_are_refused),
        WITH_PLUGIN(wrong_outputs_and_signatures_are_named),
        WITH_PLUGIN(inputs_that_do_not_suit_each_other_are_opencvs_to_refuse),
        WITH_PLUGIN(damaged_networks_are_errors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
