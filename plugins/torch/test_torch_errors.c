/* SPDX-License-Identifier: Apache-2.0 */
#include "test_support.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

/* What goes wrong is an error with a sentence, and torch's own where it is torch's. */

static float six[6] = {1, 2, 3, 4, 5, 6};

/* A run with @nr_inputs and one held output fails so. */
static void assert_fails(struct vaccel_session *sess, struct vaccel_resource *model,
                         const struct vaccel_tensor *inputs, size_t nr_inputs, int code,
                         const char *const *words)
{
    struct vaccel_tensor output = {0};
    int ret;

    capture_begin();
    ret = vaccel_model_run(sess, model, NULL, inputs, nr_inputs, &output, 1);
    assert_logged(capture_end(), words);
    assert_int_equal(ret, code);
    assert_int_equal(output.held, 0);
}

static void a_model_that_torch_does_not_read(void **state)
{
    static const char text[] = "no archive at all";
    struct vaccel_resource model;

    capture_begin();
    assert_int_equal(model_load_bytes(*state, &model, text, sizeof(text)), VACCEL_EBACKEND);
    assert_logged(capture_end(), WORDS("[torch] load: PytorchStreamReader failed"));
    model_release(&model);
}

/* Whatever is missing or wrong, the process goes on. Some damage is in what is never read. */
static void damaged_models(void **state)
{
    struct file file = file_read(in_folder("several.pt"));
    unsigned char *bytes = malloc(file.size);
    struct vaccel_resource model;

    assert_non_null(bytes);
    capture_begin();
    for (size_t size = 1; size < file.size; size += file.size / 40) {
        assert_int_not_equal(model_load_bytes(*state, &model, file.bytes, size), VACCEL_OK);
        model_release(&model);
    }
    for (size_t at = 0; at < file.size; at += file.size / 200) {
        memcpy(bytes, file.bytes, file.size);
        bytes[at] ^= 0x5a;
        model_load_bytes(*state, &model, bytes, file.size);
        model_release(&model);
    }
    assert_logged(capture_end(), WORDS("[torch] load: "));
    free(bytes);
    free(file.bytes);
}

/* The first test, as what is not allowed is gone for the process. */
static void an_operator_that_is_allowed(void **state)
{
    struct vaccel_tensor input = floats(six, 3, 2);
    struct vaccel_tensor output = {0};
    struct vaccel_resource model;

    model_load(*state, &model, "reader");
    assert_int_equal(vaccel_model_run(*state, &model, NULL, &input, 1, &output, 1), VACCEL_OK);
    assert_floats(*state, &output, six, 6);
    model_release(&model);
}

static int allow_and_make(void **state)
{
    setenv("VACCEL_TORCH_ALLOW_OPS", "aten::save, aten::from_file", 1);
    return torch_begin(state);
}

static int forbid_and_remove(void **state)
{
    unsetenv("VACCEL_TORCH_ALLOW_OPS");
    return torch_end(state);
}

/* Found wherever they are used, before anything of the model runs. */
static void operators_that_are_refused(void **state)
{
    static const struct {
        const char *model, *name;
    } cases[] = {
        {"saver.pt", "aten::save"},
        {"reader.pt", "aten::from_file"},
        {"early.pt", "aten::from_file"},
        {"beyond.pt", "aten::_sparse_coo_tensor_unsafe"},
    };
    struct vaccel_resource model;
    struct file file;
    int ret;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        file = file_read(in_folder(cases[i].model));
        capture_begin();
        ret = model_load_bytes(*state, &model, file.bytes, file.size);
        assert_logged(capture_end(), WORDS("[torch] load: the model uses the operator",
                                           cases[i].name, "VACCEL_TORCH_ALLOW_OPS"));
        assert_int_equal(ret, VACCEL_EBACKEND);
        model_release(&model);
        free(file.bytes);
    }
}

static void a_model_of_several_files(void **state)
{
    const char *paths[2];
    char first[256];
    struct vaccel_resource model;

    strcpy(first, in_folder("same.pt"));
    paths[0] = first;
    paths[1] = in_folder("linear.pt");
    assert_int_equal(vaccel_resource_init_multi(&model, paths, 2, VACCEL_RESOURCE_MODEL),
                     VACCEL_OK);
    assert_int_equal(vaccel_resource_register(&model, *state), VACCEL_OK);
    capture_begin();
    assert_int_equal(vaccel_model_load(*state, &model, NULL), VACCEL_EINVAL);
    assert_logged(capture_end(), WORDS("the model is 2 files"));
    model_release(&model);
}

static void wrong_signatures_names_and_places(void **state)
{
    struct vaccel_tensor inputs[4] = {floats(six, 0, 2), floats(six, 0, 2), floats(six, 0, 2),
                                      floats(six, 0, 2)};
    struct vaccel_tensor output = {0};
    struct vaccel_model_info *info;
    struct vaccel_resource model;

    model_load(*state, &model, "several");
    capture_begin();
    assert_int_equal(vaccel_model_run(*state, &model, "backward", inputs, 2, &output, 1),
                     VACCEL_EINVAL);
    assert_int_equal(vaccel_model_info(*state, &model, "backward", &info), VACCEL_EINVAL);
    assert_logged(capture_end(), WORDS("there is no method \"backward\"", "\"forward\", \"swap\""));
    assert_fails(*state, &model, inputs, 1, VACCEL_EINVAL, WORDS("input \"y\" is missing"));
    assert_fails(*state, &model, inputs, 4, VACCEL_EINVAL,
                 WORDS("no input at place 3", "\"x\", \"y\", \"scale\""));
    inputs[1].name = "z";
    assert_fails(*state, &model, inputs, 2, VACCEL_EINVAL, WORDS("no input \"z\""));
    inputs[1].name = "x";
    assert_fails(*state, &model, inputs, 2, VACCEL_EINVAL, WORDS("input \"x\" is given twice"));
    model_release(&model);
}

static void wrong_outputs(void **state)
{
    struct vaccel_tensor inputs[2] = {floats(six, 0, 2), floats(six, 0, 2)};
    struct vaccel_tensor outputs[5] = {{0}};
    struct vaccel_resource model;

    model_load(*state, &model, "several");
    capture_begin();
    assert_int_equal(vaccel_model_run(*state, &model, NULL, inputs, 2, outputs, 5), VACCEL_EINVAL);
    assert_logged(capture_end(), WORDS("no output at place 4", "\"output_0\", \"output_1\""));
    assert_int_equal(outputs[0].held, 0);
    outputs[0].name = "nothing";
    capture_begin();
    assert_int_equal(vaccel_model_run(*state, &model, NULL, inputs, 2, outputs, 1), VACCEL_EINVAL);
    assert_logged(capture_end(), WORDS("no output \"nothing\""));
    model_release(&model);
}

static void numbers_that_are_none(void **state)
{
    float times = 1.5F;
    struct vaccel_tensor inputs[2] = {
        floats(six, 0, 2),
        {.data_type = VACCEL_DATA_FLOAT32, .data = &times, .size = sizeof(times)}};
    struct vaccel_resource model;

    model_load(*state, &model, "listed");
    assert_fails(*state, &model, inputs, 2, VACCEL_EINVAL,
                 WORDS("input \"times\" is an integer", "FLOAT32"));
    inputs[1] = floats(six, 0, 2);
    assert_fails(*state, &model, inputs, 2, VACCEL_EINVAL, WORDS("has 2 elements: give it one"));
    model_release(&model);
}

static void wrong_shapes_and_types(void **state)
{
    int64_t eight[8] = {0};
    struct vaccel_tensor input = floats(six, 2, 3);
    struct vaccel_resource model;

    model_load(*state, &model, "linear");
    assert_fails(*state, &model, &input, 1, VACCEL_EINVAL,
                 WORDS("mat1 and mat2 shapes cannot be multiplied (2x3 and 8x16)"));
    input = (struct vaccel_tensor){.data_type = VACCEL_DATA_INT64,
                                   .nr_dims = 2,
                                   .dims = {1, 8},
                                   .data = eight,
                                   .size = sizeof(eight)};
    assert_fails(*state, &model, &input, 1, VACCEL_EINVAL, WORDS("[torch] run: "));
    input.data_type = VACCEL_DATA_STRING;
    input.nr_dims = 1;
    input.dims[0] = 8;
    assert_fails(*state, &model, &input, 1, VACCEL_EINVAL, WORDS("STRING"));
    model_release(&model);
}

static void inputs_that_cannot_be_are_refused(void **state)
{
    struct vaccel_resource *model = model_begin(*state, MODELS "/digits/digits.pt");

    digits_refuse_wrong_inputs(*state, model);
    model_end(*state, model);
}

static void what_the_model_raises(void **state)
{
    struct vaccel_tensor input = floats(six, 6, 1);
    struct vaccel_resource model;

    model_load(*state, &model, "raiser");
    assert_fails(*state, &model, &input, 1, VACCEL_EINVAL, WORDS("at most 3 rows, not 6"));
    model_release(&model);
}

static void what_is_no_tensor(void **state)
{
    struct vaccel_tensor inputs[2] = {floats(six, 0, 2), floats(six, 0, 2)};
    int64_t times = 1;
    struct vaccel_tensor outputs[2] = {{0}};
    struct vaccel_resource model;

    model_load(*state, &model, "text");
    assert_fails(*state, &model, inputs, 1, VACCEL_EBACKEND, WORDS("the model gave a str"));
    model_release(&model);
    model_load(*state, &model, "textinput");
    assert_fails(*state, &model, inputs, 1, VACCEL_EINVAL, WORDS("argument \"how\"", "is a str"));
    model_release(&model);
    model_load(*state, &model, "sparse");
    assert_fails(*state, &model, inputs, 1, VACCEL_EBACKEND, WORDS("layout Sparse"));
    model_release(&model);
    inputs[1] = (struct vaccel_tensor){
        .data_type = VACCEL_DATA_INT64, .data = &times, .size = sizeof(times)};
    model_load(*state, &model, "listed");
    capture_begin();
    assert_int_equal(vaccel_model_run(*state, &model, NULL, inputs, 2, outputs, 2),
                     VACCEL_EBACKEND);
    assert_logged(capture_end(), WORDS("output \"output_1\" is None"));
    model_release(&model);
}

static void more_memory_than_there_is(void **state)
{
    struct vaccel_tensor input = floats(six, 0, 2);
    struct vaccel_resource model;

    model_load(*state, &model, "huge");
    assert_fails(*state, &model, &input, 1, VACCEL_ENOMEM, WORDS("memory"));
    model_release(&model);
}

/* As the plugin's init() finds it. */
static void assert_setting(const char *name, const char *value, int code, const char *const *words)
{
    int ret;

    setenv(name, value, 1);
    capture_begin();
    ret = vaccel_plugin_load("torch");
    assert_logged(capture_end(), words);
    unsetenv(name);
    assert_int_equal(ret, code);
}

static void wrong_settings(void **state)
{
    (void)state;
    assert_int_equal(vaccel_bootstrap(), VACCEL_OK);
    assert_setting("VACCEL_TORCH_DEVICE", "tpu", VACCEL_EINVAL,
                   WORDS("VACCEL_TORCH_DEVICE is \"tpu\"", "\"cuda:N\""));
    assert_setting("VACCEL_TORCH_DEVICE", "cuda:", VACCEL_EINVAL, WORDS("\"cuda:\""));
    assert_setting("VACCEL_TORCH_DEVICE", "cuda:99", VACCEL_ENODEV, WORDS("\"cuda:99\"", "GPUs"));
    assert_setting("VACCEL_TORCH_THREADS", "0", VACCEL_EINVAL, WORDS("from 1 to 1024"));
    assert_setting("VACCEL_TORCH_THREADS", "two", VACCEL_EINVAL, WORDS("is \"two\""));
    assert_setting("VACCEL_TORCH_ALLOW_OPS", "aten::add,aten::save", VACCEL_EINVAL,
                   WORDS("names \"aten::add\""));
    assert_setting("VACCEL_TORCH_THREADS", "1", VACCEL_OK, WORDS(""));
    assert_int_equal(vaccel_cleanup(), VACCEL_OK);
}

int main(void)
{
#define WITH_SESSION(test) cmocka_unit_test_setup_teardown(test, torch_begin, torch_end)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_operator_that_is_allowed, allow_and_make,
                                        forbid_and_remove),
        WITH_SESSION(operators_that_are_refused),
        WITH_SESSION(a_model_that_torch_does_not_read),
        WITH_SESSION(damaged_models),
        WITH_SESSION(a_model_of_several_files),
        WITH_SESSION(wrong_signatures_names_and_places),
        WITH_SESSION(wrong_outputs),
        WITH_SESSION(numbers_that_are_none),
        WITH_SESSION(wrong_shapes_and_types),
        WITH_SESSION(inputs_that_cannot_be_are_refused),
        WITH_SESSION(what_the_model_raises),
        WITH_SESSION(what_is_no_tensor),
        WITH_SESSION(more_memory_than_there_is),
        cmocka_unit_test(wrong_settings),
    };

    return run_with_models(tests, sizeof(tests) / sizeof(tests[0]));
}
