/* SPDX-License-Identifier: Apache-2.0 */
#include "test_support.h"

#include "recorded.h"

#include <malloc.h>
#include <stdio.h>
#include <unistd.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#endif

/* All scans at once if the model takes any number, else one after the other. */
static void assert_reads_digits(struct vaccel_session *sess, struct vaccel_resource *model)
{
    float *scans = recorded_read("digits/held-out/scans.f32", RECORDED_SCANS * RECORDED_SCAN_SIZE);
    float *wanted = recorded_read("digits/held-out/scores.f32", RECORDED_SCANS * RECORDED_DIGITS);
    struct vaccel_model_info *info;
    size_t batch;

    assert_int_equal(vaccel_model_info(sess, model, NULL, &info), VACCEL_OK);
    batch = info->inputs[0].dims[0] < 0 ? RECORDED_SCANS : 1;
    vaccel_model_info_delete(info);
    for (size_t i = 0; i < RECORDED_SCANS; i += batch) {
        struct vaccel_tensor input = {.data_type = VACCEL_DATA_FLOAT32,
                                      .nr_dims = 4,
                                      .dims = {(int64_t)batch, 1, 8, 8},
                                      .data = scans + i * RECORDED_SCAN_SIZE,
                                      .size = batch * RECORDED_SCAN_SIZE * sizeof(float)};
        struct vaccel_tensor output = {0};

        assert_int_equal(vaccel_model_run(sess, model, NULL, &input, 1, &output, 1), VACCEL_OK);
        tensor_fetch(sess, &output);
        assert_int_equal(output.size, batch * RECORDED_DIGITS * sizeof(float));
        assert_true(recorded_apart(output.data, wanted + i * RECORDED_DIGITS,
                                   batch * RECORDED_DIGITS) < RECORDED_TOLERANCE);
        free(output.data);
    }
    free(wanted);
    free(scans);
}

static void load_and_read(struct vaccel_session *sess, struct vaccel_resource *model)
{
    assert_int_equal(try_load(sess, model), VACCEL_OK);
    assert_reads_digits(sess, model);
    unload(sess, model);
}

static const char *digits(const char *name)
{
    static char path[256];

    snprintf(path, sizeof(path), "%s/%s", MODELS "/digits", name);
    return path;
}

static void each_format_is_read_from_files(void **state)
{
    static const char *const names[] = {"digits.onnx", "digits.xml", "digits.tflite",
                                        "digits.saved-model", "digits.pb"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct vaccel_resource *model = load(*state, digits(names[i]));

        assert_reads_digits(*state, model);
        unload(*state, model);
    }
}

/* A name without an extension, by which OpenVINO knows some formats. */
static void each_format_is_read_from_memory(void **state)
{
    static const char *const names[] = {"digits.onnx", "digits.tflite", "digits.pb"};
    struct vaccel_resource *model;

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct file file = file_read(digits(names[i]));

        assert_int_equal(vaccel_resource_from_buf(&model, file.bytes, file.size,
                                                  VACCEL_RESOURCE_MODEL, "network", true),
                         VACCEL_OK);
        load_and_read(*state, model);
        free(file.bytes);
    }
}

static void files_are_known_without_their_extension(void **state)
{
    static const char *const names[] = {"digits.onnx", "digits.tflite", "digits.pb"};
    struct vaccel_resource *model;

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct file file = file_read(digits(names[i]));

        file_write(in_folder("network"), file.bytes, file.size);
        free(file.bytes);
        assert_int_equal(vaccel_resource_new(&model, in_folder("network"), VACCEL_RESOURCE_MODEL),
                         VACCEL_OK);
        load_and_read(*state, model);
    }
}

static struct vaccel_blob *blob_of(const char *path, const char *name, bool in_memory)
{
    struct file file = file_read(path);
    struct vaccel_blob *blob;

    if (in_memory)
        assert_int_equal(
            vaccel_blob_from_buf(&blob, file.bytes, file.size, true, name, NULL, false), VACCEL_OK);
    else
        assert_int_equal(vaccel_blob_new(&blob, path), VACCEL_OK);
    free(file.bytes);
    return blob;
}

static struct vaccel_resource *resource_of(struct vaccel_blob *first, struct vaccel_blob *second)
{
    const struct vaccel_blob *blobs[] = {first, second};
    struct vaccel_resource *model;

    assert_int_equal(vaccel_resource_from_blobs(&model, blobs, 2, VACCEL_RESOURCE_MODEL),
                     VACCEL_OK);
    return model;
}

/* Also where OpenVINO would not look for the weights: under another name, and in another folder. */
static void ir_is_read_with_its_weights(void **state)
{
    struct file weights = file_read(digits("digits.bin"));
    char other[256];

    strcpy(other, in_folder("other-weights"));
    file_write(other, weights.bytes, weights.size);
    free(weights.bytes);
    for (int i = 0; i < 3; i++) {
        struct vaccel_blob *first = blob_of(digits("digits.xml"), "network", i > 0);
        struct vaccel_blob *second = blob_of(other, "weights", i == 1);

        load_and_read(*state, resource_of(first, second));
        vaccel_blob_delete(first);
        vaccel_blob_delete(second);
    }
}

static void assert_adds_weights(struct vaccel_session *sess, struct vaccel_resource *model)
{
    float numbers[] = {1, 1, 1, 1}, sums[4];
    struct vaccel_tensor input = vector("x", numbers, 4);
    struct vaccel_tensor output = {.data = sums, .size = sizeof(sums)};

    assert_int_equal(vaccel_model_run(sess, model, NULL, &input, 1, &output, 1), VACCEL_OK);
    for (int i = 0; i < 4; i++)
        assert_true(sums[i] == (float)(i + 1));
}

/* In memory, or in files of other folders than the model's. */
static void weights_of_onnx_lie_beside_the_model(void **state)
{
    struct vaccel_session *sess = *state;
    char model_path[256], weights_path[256];
    struct file weights;

    strcpy(model_path, in_folder("external/model.onnx"));
    strcpy(weights_path, in_folder("weights.bin"));
    weights = file_read(in_folder("external/weights.bin"));
    file_write(weights_path, weights.bytes, weights.size);
    free(weights.bytes);
    for (int i = 0; i < 3; i++) {
        struct vaccel_blob *first = blob_of(model_path, "model.onnx", i > 0);
        struct vaccel_blob *second = blob_of(weights_path, "weights.bin", i == 1);
        struct vaccel_resource *model = resource_of(second, first);

        assert_int_equal(try_load(sess, model), VACCEL_OK);
        assert_adds_weights(sess, model);
        unload(sess, model);
        vaccel_blob_delete(first);
        vaccel_blob_delete(second);
    }
}

static void assert_load_fails(struct vaccel_session *sess, struct vaccel_resource *model,
                              const char *words)
{
    capture_begin();
    assert_int_equal(try_load(sess, model), VACCEL_EBACKEND);
    assert_logged(capture_end(), WORDS(words));
    assert_int_equal(vaccel_resource_delete(model), VACCEL_OK);
}

static void assert_file_fails(struct vaccel_session *sess, const char *name, const char *words)
{
    struct vaccel_resource *model;

    assert_int_equal(vaccel_resource_new(&model, in_folder(name), VACCEL_RESOURCE_MODEL),
                     VACCEL_OK);
    assert_load_fails(sess, model, words);
}

/* Of what another's model says nothing may be read that does not belong to it. */
static void weights_of_onnx_lie_nowhere_else(void **state)
{
    struct vaccel_session *sess = *state;
    struct file alone = file_read(in_folder("external/model.onnx"));
    struct vaccel_resource *model;

    assert_file_fails(sess, "external/upwards.onnx", "../outside.bin");
    assert_file_fails(sess, "external/hidden.onnx", "../outside.bin");
    assert_file_fails(sess, "external/through.onnx", "/../outside.bin");
    assert_file_fails(sess, "external/absolute.onnx", "must be in a file beside the model");
    assert_file_fails(sess, "external/address.onnx", "_ORT_MEM_ADDR_");
    assert_file_fails(sess, "external/missing.onnx", "missing.bin");
    assert_file_fails(sess, "external/beyond.onnx", "weights.bin");
    assert_int_equal(vaccel_resource_from_buf(&model, alone.bytes, alone.size,
                                              VACCEL_RESOURCE_MODEL, "model.onnx", true),
                     VACCEL_OK);
    assert_load_fails(sess, model, "must have them in itself");
    free(alone.bytes);
}

/* Its name and an unknown field in front of it say that it is another format, which is read from memory. */
static void weights_of_onnx_are_not_looked_for_in_the_working_directory(void **state)
{
    static const unsigned char unknown[] = {0x82, 0x02, 0};
    struct vaccel_session *sess = *state;
    struct file alone = file_read(in_folder("external/model.onnx"));
    unsigned char *bytes = malloc(sizeof(unknown) + alone.size);
    struct vaccel_blob *first, *second;
    char before[256];

    assert_non_null(bytes);
    memcpy(bytes, unknown, sizeof(unknown));
    memcpy(bytes + sizeof(unknown), alone.bytes, alone.size);
    assert_int_equal(vaccel_blob_from_buf(&first, bytes, sizeof(unknown) + alone.size, true,
                                          "model.xml", NULL, false),
                     VACCEL_OK);
    assert_int_equal(
        vaccel_blob_from_buf(&second, unknown, sizeof(unknown), true, "model.bin", NULL, false),
        VACCEL_OK);
    assert_non_null(getcwd(before, sizeof(before)));
    assert_int_equal(chdir(in_folder("external")), 0);
    assert_load_fails(sess, resource_of(first, second), "must have them in itself");
    assert_int_equal(chdir(before), 0);
    vaccel_blob_delete(first);
    vaccel_blob_delete(second);
    free(bytes);
    free(alone.bytes);
}

static void assert_shape_fails(struct vaccel_session *sess, const char *shape)
{
    static const char form[] =
        "<?xml version=\"1.0\"?><net name=\"n\" version=\"11\"><layers>"
        "<layer id=\"0\" name=\"c\" type=\"Const\" version=\"opset1\">"
        "<data element_type=\"f32\" shape = %s offset=\"0\" size=\"16\"/><output><port id=\"0\" "
        "precision=\"FP32\"><dim>4611686018427387908</dim></port></output></layer>"
        "<layer id=\"1\" name=\"r\" type=\"Result\" version=\"opset1\"><input><port id=\"0\" "
        "precision=\"FP32\"><dim>4611686018427387908</dim></port></input></layer></layers>"
        "<edges><edge from-layer=\"0\" from-port=\"0\" to-layer=\"1\" "
        "to-port=\"0\"/></edges></net>";
    struct vaccel_blob *first, *second;
    char text[1024];

    snprintf(text, sizeof(text), form, shape);
    assert_int_equal(vaccel_blob_from_buf(&first, (const uint8_t *)text, strlen(text), true,
                                          "model.xml", NULL, false),
                     VACCEL_OK);
    assert_int_equal(vaccel_blob_from_buf(&second, (const uint8_t *)"0123456789abcdef", 16, true,
                                          "model.bin", NULL, false),
                     VACCEL_OK);
    assert_load_fails(sess, resource_of(first, second), "more elements than there can be");
    vaccel_blob_delete(first);
    vaccel_blob_delete(second);
}

/* Four times as many bytes as 2^62 + 4 elements are 16, if that overflows: OpenVINO reads all of them. */
static void shapes_that_overflow_are_refused(void **state)
{
    assert_shape_fails(*state, "\"4611686018427387908\"");
    assert_shape_fails(*state, "'4611686018427387908'");
    assert_shape_fails(*state, "\"4294967297, 4294967296,1\"");
    assert_shape_fails(*state, "\"99999999999999999999999\"");
    assert_shape_fails(*state, "\"&#52;611686018427387908\"");
}

/* Of one of them OpenVINO itself leaks 8 bytes. */
static void leaks_are_looked_for(bool yes)
{
#ifdef __SANITIZE_ADDRESS__
    if (yes)
        __lsan_enable();
    else
        __lsan_disable();
#else
    (void)yes;
#endif
}

static void models_that_are_cut_off_are_refused(void **state)
{
    static const char *const names[] = {"digits.onnx", "digits.tflite", "digits.pb", "digits.xml"};
    struct vaccel_session *sess = *state;

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct file file = file_read(digits(names[i]));
        struct vaccel_resource *model;

        capture_begin();
        for (size_t size = file.size / 8; size < file.size; size += file.size / 8) {
            assert_int_equal(vaccel_resource_from_buf(&model, file.bytes, size,
                                                      VACCEL_RESOURCE_MODEL, names[i], true),
                             VACCEL_OK);
            leaks_are_looked_for(false);
            assert_int_not_equal(try_load(sess, model), VACCEL_OK);
            leaks_are_looked_for(true);
            assert_int_equal(vaccel_resource_delete(model), VACCEL_OK);
        }
        assert_logged(capture_end(), WORDS("[openvino] "));
        free(file.bytes);
    }
}

/* The length of a key of 1 becomes 198, which crashes OpenVINO 2026.4 itself. */
static void lengths_in_a_checkpoint_are_checked(void **state)
{
    struct vaccel_session *sess = *state;
    const char *copy = in_folder("damaged");
    char command[600], path[300];
    struct vaccel_resource *model;
    struct file index;

    snprintf(command, sizeof(command), "cp -r %s/digits/digits.saved-model %s", MODELS, copy);
    assert_int_equal(system(command), 0);
    snprintf(path, sizeof(path), "%s/variables/variables.index", in_folder("damaged"));
    index = file_read(path);
    for (size_t i = 0; i < index.size; i += 9) {
        unsigned char before = index.bytes[i];

        index.bytes[i] = 0xC6;
        file_write(path, index.bytes, index.size);
        index.bytes[i] = before;
        assert_int_equal(vaccel_resource_new(&model, in_folder("damaged"), VACCEL_RESOURCE_MODEL),
                         VACCEL_OK);
        capture_begin();
        try_load(sess, model);
        capture_end();
        assert_int_equal(vaccel_resource_delete(model), VACCEL_OK);
    }
    free(index.bytes);
}

/* Bytes of the process in memory, after what malloc() keeps is given back. */
static size_t resident(void)
{
    malloc_trim(0);
    return memory_in_use();
}

static void load_run_unload(struct vaccel_session *sess, int count)
{
    while (count--) {
        struct vaccel_resource *model = load(sess, in_folder("transformer.xml"));
        int32_t ids[64] = {0};
        struct vaccel_tensor input = {.data_type = VACCEL_DATA_INT32,
                                      .nr_dims = 2,
                                      .dims = {1, 64},
                                      .data = ids,
                                      .size = sizeof(ids)};
        struct vaccel_tensor output = {0};

        assert_int_equal(vaccel_model_run(sess, model, NULL, &input, 1, &output, 1), VACCEL_OK);
        assert_int_equal(vaccel_tensor_drop(sess, &output), VACCEL_OK);
        unload(sess, model);
    }
}

static void fail_to_load(struct vaccel_session *sess, int count)
{
    struct file file = file_read(digits("digits.onnx"));
    struct vaccel_resource *model;

    capture_begin();
    while (count--) {
        assert_int_equal(vaccel_resource_from_buf(&model, file.bytes, file.size / 2,
                                                  VACCEL_RESOURCE_MODEL, "half.onnx", true),
                         VACCEL_OK);
        assert_int_equal(try_load(sess, model), VACCEL_EBACKEND);
        assert_int_equal(vaccel_resource_delete(model), VACCEL_OK);
    }
    capture_end();
    free(file.bytes);
}

/* A model has 400 KiB of weights. Some of what OpenVINO keeps is made by the first ones. */
static void unloading_gives_the_memory_back(void **state)
{
    size_t before, after;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    skip(); /* the sanitizers keep what is freed for a while */
#endif
    load_run_unload(*state, 10);
    fail_to_load(*state, 10);
    before = resident();
    load_run_unload(*state, 50);
    fail_to_load(*state, 50);
    after = resident();
    print_message("%zu KiB, then %zu KiB\n", before / 1024, after / 1024);
    assert_true(after < before + ((size_t)8 << 20));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_format_is_read_from_files),
        cmocka_unit_test(each_format_is_read_from_memory),
        cmocka_unit_test(files_are_known_without_their_extension),
        cmocka_unit_test(ir_is_read_with_its_weights),
        cmocka_unit_test(weights_of_onnx_lie_beside_the_model),
        cmocka_unit_test(weights_of_onnx_lie_nowhere_else),
        cmocka_unit_test(weights_of_onnx_are_not_looked_for_in_the_working_directory),
        cmocka_unit_test(shapes_that_overflow_are_refused),
        cmocka_unit_test(models_that_are_cut_off_are_refused),
        cmocka_unit_test(lengths_in_a_checkpoint_are_checked),
        cmocka_unit_test(unloading_gives_the_memory_back),
    };

    return cmocka_run_group_tests(tests, openvino_begin_with_models, openvino_end);
}
