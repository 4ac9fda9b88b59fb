/* SPDX-License-Identifier: Apache-2.0 */
#include "test_support.h"

#include "recorded.h"

#include <string.h>

/*
 * Other frameworks in the same process have parts of TensorFlow Lite, or of what it is made of, under the same names.
 * The arguments are plugins, in the order in which they are loaded; those that are not built are left out.
 */

static struct {
    const char *plugin;
    const char *model;
    bool loaded;
} engines[] = {
    {"tflite", MODELS "/digits/digits.tflite", false},
    {"openvino", MODELS "/digits/digits.onnx", false},
    {"openvino", MODELS "/digits/digits.tflite", false},
    {"tf", MODELS "/digits/digits.saved-model", false},
    {"torch", MODELS "/digits/digits.pt", false},
};

enum { NR_ENGINES = sizeof(engines) / sizeof(engines[0]) };

static int load(const char *plugin)
{
    const int ret = vaccel_plugin_load(plugin);

    for (size_t i = 0; i < NR_ENGINES; i++)
        if (!strcmp(engines[i].plugin, plugin))
            engines[i].loaded = ret == VACCEL_OK;
    return ret;
}

static void check_digits(struct vaccel_session *sess, const char *engine, const char *path)
{
    float *scans = recorded_read("digits/held-out/scans.f32", RECORDED_SCANS * RECORDED_SCAN_SIZE);
    float *scores = recorded_read("digits/held-out/scores.f32", RECORDED_SCANS * RECORDED_DIGITS);
    float given[RECORDED_DIGITS];
    const struct vaccel_tensor in = tensor_of(NULL, VACCEL_DATA_FLOAT32, DIMS(1, 1, 8, 8), scans,
                                              RECORDED_SCAN_SIZE * sizeof(float));
    struct vaccel_tensor out = room_for(NULL, given, sizeof(given));
    struct vaccel_resource *model = model_register(sess, path);

    assert_int_equal(vaccel_model_load(sess, model, engine), VACCEL_OK);
    assert_int_equal(vaccel_model_run(sess, model, NULL, &in, 1, &out, 1), VACCEL_OK);
    assert_true(recorded_apart(given, scores, RECORDED_DIGITS) <= RECORDED_TOLERANCE);
    model_end(sess, model);
    free(scores);
    free(scans);
}

static void all_engines_agree(void **state)
{
    struct vaccel_session sess;

    (void)state;
    assert_int_equal(vaccel_session_init(&sess, 0), VACCEL_OK);
    for (size_t i = 0; i < NR_ENGINES; i++) {
        if (!engines[i].loaded)
            continue;
        print_message("%s runs %s\n", engines[i].plugin, strrchr(engines[i].model, '/') + 1);
        check_digits(&sess, engines[i].plugin, engines[i].model);
    }
    assert_true(engines[0].loaded);
    vaccel_session_release(&sess);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_engines_agree),
        cmocka_unit_test(all_engines_agree),
    };
    int failed;

    if (bootstrap(NULL) != VACCEL_OK)
        return EXIT_FAILURE;
    for (int i = 1; i < argc; i++)
        if (load(argv[i]) != VACCEL_OK)
            print_message("plugin %s is not there\n", argv[i]);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    vaccel_cleanup();
    return failed;
}
