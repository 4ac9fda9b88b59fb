/* SPDX-License-Identifier: Apache-2.0 */
/* The classic calls of other frameworks, which the library serves on the engine. */
#include "test_support.h"

#include "recorded.h"

enum { SCANS = 7 };

static float *scans;
static float *scores;

static int begin(void **state)
{
    scans = recorded_read("digits/held-out/scans.f32", RECORDED_SCANS * RECORDED_SCAN_SIZE);
    scores = recorded_read("digits/held-out/scores.f32", RECORDED_SCANS * RECORDED_DIGITS);
    return openvino_begin(state);
}

static int end(void **state)
{
    free(scans);
    free(scores);
    return openvino_end(state);
}

static void assert_scores(const void *data, size_t size)
{
    assert_int_equal(size, SCANS * RECORDED_DIGITS * sizeof(float));
    assert_true(recorded_apart(data, scores, SCANS * RECORDED_DIGITS) < RECORDED_TOLERANCE);
}

static void tflite_calls_are_served(void **state)
{
    struct vaccel_session *sess = *state;
    struct vaccel_resource *model = model_register(sess, MODELS "/digits/digits.tflite");
    const int32_t dims[] = {SCANS, 1, 8, 8};
    struct vaccel_tflite_tensor *input, *output = NULL;
    uint8_t status = 9;

    assert_int_equal(vaccel_tflite_tensor_new(&input, 4, dims, VACCEL_TFLITE_FLOAT32), VACCEL_OK);
    assert_int_equal(
        vaccel_tflite_tensor_set_data(input, scans, SCANS * RECORDED_SCAN_SIZE * sizeof(float)),
        VACCEL_OK);
    assert_int_equal(vaccel_tflite_model_load(sess, model), VACCEL_OK);
    assert_int_equal(vaccel_tflite_model_run(sess, model, &input, 1, &output, 1, &status),
                     VACCEL_OK);
    assert_int_equal(status, 0);
    assert_scores(output->data, output->size);
    assert_int_equal(vaccel_tflite_model_unload(sess, model), VACCEL_OK);
    vaccel_tflite_tensor_delete(output);
    vaccel_tflite_tensor_delete(input);
    assert_int_equal(vaccel_resource_delete(model), VACCEL_OK);
}

/* They are for TorchScript, which OpenVINO does not read. */
static void torch_calls_are_not_served(void **state)
{
    struct vaccel_session *sess = *state;
    struct vaccel_resource *model = model_register(sess, MODELS "/digits/digits.onnx");

    capture_begin();
    assert_int_equal(vaccel_torch_model_load(sess, model), VACCEL_ENOTSUP);
    assert_logged(capture_end(), WORDS("TORCH_MODEL_LOAD"));
    assert_int_equal(vaccel_resource_delete(model), VACCEL_OK);
}

static int run_tf(struct vaccel_session *sess, struct vaccel_resource *model,
                  const char *output_name, struct vaccel_tf_tensor **output,
                  struct vaccel_tf_status *status)
{
    const int64_t dims[] = {SCANS, 1, 8, 8};
    struct vaccel_tf_node in = {0}, out = {0};
    struct vaccel_tf_tensor *input;
    int ret;

    assert_int_equal(vaccel_tf_node_init(&in, "scan", 0), VACCEL_OK);
    assert_int_equal(vaccel_tf_node_init(&out, output_name, 0), VACCEL_OK);
    assert_int_equal(vaccel_tf_tensor_new(&input, 4, dims, VACCEL_TF_FLOAT), VACCEL_OK);
    assert_int_equal(
        vaccel_tf_tensor_set_data(input, scans, SCANS * RECORDED_SCAN_SIZE * sizeof(float)),
        VACCEL_OK);
    ret = vaccel_tf_model_run(sess, model, NULL, &in, &input, 1, &out, output, 1, status);
    vaccel_tf_tensor_delete(input);
    vaccel_tf_node_release(&out);
    vaccel_tf_node_release(&in);
    return ret;
}

/* A node of a SavedModel is its signature's name here. */
static void tf_calls_are_served(void **state)
{
    static const char *const paths[] = {MODELS "/digits/digits.pb",
                                        MODELS "/digits/digits.saved-model"};
    struct vaccel_session *sess = *state;

    for (size_t i = 0; i < 2; i++) {
        struct vaccel_resource *model = model_register(sess, paths[i]);
        struct vaccel_tf_status status = {0};
        struct vaccel_tf_tensor *output = NULL;

        assert_int_equal(vaccel_tf_model_load(sess, model, &status), VACCEL_OK);
        vaccel_tf_status_release(&status);
        assert_int_equal(run_tf(sess, model, "scores", &output, &status), VACCEL_OK);
        assert_int_equal(status.code, 0);
        assert_scores(output->data, output->size);
        vaccel_tf_status_release(&status);
        vaccel_tf_tensor_delete(output);
        capture_begin();
        assert_int_equal(run_tf(sess, model, "marks", &output, &status), VACCEL_EINVAL);
        assert_logged(capture_end(), WORDS("no output \"marks:0\""));
        assert_non_null(strstr(status.message, "no output \"marks:0\""));
        vaccel_tf_status_release(&status);
        assert_int_equal(vaccel_tf_model_unload(sess, model, &status), VACCEL_OK);
        vaccel_tf_status_release(&status);
        assert_int_equal(vaccel_resource_delete(model), VACCEL_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tflite_calls_are_served),
        cmocka_unit_test(torch_calls_are_not_served),
        cmocka_unit_test(tf_calls_are_served),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
