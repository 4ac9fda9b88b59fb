/* SPDX-License-Identifier: Apache-2.0 */
/* Three inputs, three outputs, and any number of sequences at once, in each format. */
#include "test_support.h"

#include "recorded.h"

enum { BATCH_MAX = 3, STATES = RECORDED_STEPS * RECORDED_HIDDEN };

static float *read_recorded(int batch, const char *name, size_t count)
{
    char path[64];

    snprintf(path, sizeof(path), "lstm/batch-%d/%s.f32", batch, name);
    return recorded_read(path, (size_t)batch * count);
}

static struct vaccel_tensor input(const char *name, int batch, size_t steps, size_t width)
{
    struct vaccel_tensor tensor = {
        .name = name,
        .data_type = VACCEL_DATA_FLOAT32,
        .nr_dims = steps ? 3 : 2,
        .data = read_recorded(batch, name, (steps ? steps : 1) * width),
        .size = (size_t)batch * (steps ? steps : 1) * width * sizeof(float),
    };

    tensor.dims[0] = batch;
    tensor.dims[1] = (int64_t)(steps ? steps : width);
    tensor.dims[2] = (int64_t)(steps ? width : 0);
    return tensor;
}

static void assert_recorded(struct vaccel_session *sess, struct vaccel_tensor *output, int batch,
                            size_t count)
{
    float *wanted = read_recorded(batch, output->name, count);

    tensor_fetch(sess, output);
    assert_int_equal(output->size, (size_t)batch * count * sizeof(float));
    assert_int_equal(output->dims[0], batch);
    assert_true(recorded_apart(output->data, wanted, (size_t)batch * count) < RECORDED_TOLERANCE);
    free(output->data);
    free(wanted);
}

/* In an order that is no format's own. */
static void run_batch(struct vaccel_session *sess, struct vaccel_resource *model, int batch)
{
    struct vaccel_tensor inputs[] = {input("h0", batch, 0, RECORDED_HIDDEN),
                                     input("sequence", batch, RECORDED_STEPS, RECORDED_FEATURES),
                                     input("c0", batch, 0, RECORDED_HIDDEN)};
    struct vaccel_tensor outputs[] = {{.name = "c1"}, {.name = "states"}, {.name = "h1"}};

    assert_int_equal(vaccel_model_run(sess, model, NULL, inputs, 3, outputs, 3), VACCEL_OK);
    assert_recorded(sess, &outputs[0], batch, RECORDED_HIDDEN);
    assert_recorded(sess, &outputs[1], batch, STATES);
    assert_recorded(sess, &outputs[2], batch, RECORDED_HIDDEN);
    for (size_t i = 0; i < 3; i++)
        free(inputs[i].data);
}

static void each_format_gives_what_is_recorded(void **state)
{
    static const char *const names[] = {"lstm.onnx", "lstm.tflite", "lstm.pb", "lstm.saved-model"};
    char path[256];

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct vaccel_resource *model;

        snprintf(path, sizeof(path), "%s/lstm/%s", MODELS, names[i]);
        model = load(*state, path);
        run_batch(*state, model, 1);
        run_batch(*state, model, BATCH_MAX);
        run_batch(*state, model, 1);
        unload(*state, model);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_format_gives_what_is_recorded),
    };

    return cmocka_run_group_tests(tests, openvino_begin, openvino_end);
}
