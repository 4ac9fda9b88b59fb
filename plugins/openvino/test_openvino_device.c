/* SPDX-License-Identifier: Apache-2.0 */
#include "test_support.h"

static int with_device(const char *device)
{
    int ret;

    setenv("VACCEL_OPENVINO_DEVICE", device, 1);
    ret = bootstrap("openvino");
    vaccel_cleanup();
    return ret;
}

static void devices_that_are_there_are_taken(void **state)
{
    (void)state;
    assert_int_equal(with_device(""), VACCEL_OK);
    assert_int_equal(with_device("CPU"), VACCEL_OK);
    assert_int_equal(with_device("AUTO"), VACCEL_OK);
    assert_int_equal(with_device("AUTO:CPU"), VACCEL_OK);
}

static void others_are_refused_with_those_there_are(void **state)
{
    static const char *const devices[] = {"TPU",       "CPU,CPU",  "AUTO:", "AUTO:,CPU",
                                          "AUTO:CPU,", "AUTO:TPU", "cpu"};

    (void)state;
    for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++) {
        char words[64];

        snprintf(words, sizeof(words), "VACCEL_OPENVINO_DEVICE is \"%s\"", devices[i]);
        capture_begin();
        assert_int_equal(with_device(devices[i]), VACCEL_ENODEV);
        assert_logged(capture_end(), WORDS(words));
    }
    capture_begin();
    assert_int_equal(with_device("TPU"), VACCEL_ENODEV);
    assert_logged(capture_end(), WORDS("CPU"));
}

static void modes_are_accuracy_and_performance(void **state)
{
    (void)state;
    setenv("VACCEL_OPENVINO_EXECUTION_MODE", "performance", 1);
    assert_int_equal(with_device("CPU"), VACCEL_OK);
    setenv("VACCEL_OPENVINO_EXECUTION_MODE", "accuracy", 1);
    assert_int_equal(with_device("CPU"), VACCEL_OK);
    setenv("VACCEL_OPENVINO_EXECUTION_MODE", "", 1);
    assert_int_equal(with_device("CPU"), VACCEL_OK);
    setenv("VACCEL_OPENVINO_EXECUTION_MODE", "speed", 1);
    capture_begin();
    assert_int_equal(with_device("CPU"), VACCEL_EINVAL);
    assert_logged(capture_end(), WORDS("VACCEL_OPENVINO_EXECUTION_MODE is \"speed\""));
    unsetenv("VACCEL_OPENVINO_EXECUTION_MODE");
}

/* Chosen when the model is loaded: it runs on what there is. */
static void a_model_runs_on_the_chosen_device(void **state)
{
    struct vaccel_session *sess;
    struct vaccel_resource *model;
    float scan[64] = {0}, scores[10];
    struct vaccel_tensor input = {.data_type = VACCEL_DATA_FLOAT32,
                                  .nr_dims = 4,
                                  .dims = {1, 1, 8, 8},
                                  .data = scan,
                                  .size = sizeof(scan)};
    struct vaccel_tensor output = {.data = scores, .size = sizeof(scores)};

    (void)state;
    setenv("VACCEL_OPENVINO_DEVICE", "AUTO:CPU", 1);
    sess = session_begin("openvino");
    model = model_register(sess, MODELS "/digits/digits.onnx");
    assert_int_equal(vaccel_model_load(sess, model, "openvino"), VACCEL_OK);
    assert_int_equal(vaccel_model_run(sess, model, NULL, &input, 1, &output, 1), VACCEL_OK);
    assert_int_equal(output.size, sizeof(scores));
    model_end(sess, model);
    session_end(sess);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(devices_that_are_there_are_taken),
        cmocka_unit_test(others_are_refused_with_those_there_are),
        cmocka_unit_test(modes_are_accuracy_and_performance),
        cmocka_unit_test(a_model_runs_on_the_chosen_device),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
