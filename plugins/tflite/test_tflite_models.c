/* SPDX-License-Identifier: Apache-2.0 */
#include "test_support.h"

#include "recorded.h"

#include <pthread.h>
#include <string.h>

/* The models of the tree, with what PyTorch gives for them. */

static void assert_close(const float *one, const float *other, size_t count)
{
    assert_true(recorded_apart(one, other, count) <= RECORDED_TOLERANCE);
}

static void check_digits(struct vaccel_session *sess, struct vaccel_resource *model, int64_t first,
                         int64_t count)
{
    float *scans = recorded_read("digits/held-out/scans.f32", RECORDED_SCANS * RECORDED_SCAN_SIZE);
    float *scores = recorded_read("digits/held-out/scores.f32", RECORDED_SCANS * RECORDED_DIGITS);
    float *given = calloc((size_t)count * RECORDED_DIGITS, sizeof(*given));
    struct vaccel_tensor in = tensor_of(NULL, VACCEL_DATA_FLOAT32, DIMS(count, 1, 8, 8),
                                        scans + first * RECORDED_SCAN_SIZE,
                                        (size_t)count * RECORDED_SCAN_SIZE * sizeof(float));
    struct vaccel_tensor out =
        room_for(NULL, given, (size_t)count * RECORDED_DIGITS * sizeof(*given));

    assert_non_null(given);
    assert_int_equal(vaccel_model_run(sess, model, NULL, &in, 1, &out, 1), VACCEL_OK);
    assert_int_equal(out.nr_dims, 2);
    assert_int_equal(out.dims[0], count);
    assert_int_equal(out.dims[1], RECORDED_DIGITS);
    assert_int_equal(out.data_type, VACCEL_DATA_FLOAT32);
    assert_close(given, scores + first * RECORDED_DIGITS, (size_t)count * RECORDED_DIGITS);
    free(given);
    free(scores);
    free(scans);
}

/* Batches of several sizes, so that the interpreter has to change its shapes to and fro. */
static void digits_agree(void **state)
{
    struct vaccel_session *sess = *state;
    struct vaccel_resource *model = model_begin(sess, MODELS "/digits/digits.tflite");

    check_digits(sess, model, 0, RECORDED_SCANS);
    check_digits(sess, model, 7, 1);
    check_digits(sess, model, 8, 1);
    check_digits(sess, model, 100, 13);
    model_end(sess, model);
}

static void digits_agree_from_memory(void **state)
{
    struct vaccel_session *sess = *state;
    struct vaccel_resource *model;
    struct file file = file_read(MODELS "/digits/digits.tflite");

    memmove(file.bytes + 1, file.bytes, file.size); /* where no model should lie */
    model = model_of_bytes(sess, file.bytes + 1, file.size);
    assert_int_equal(vaccel_model_load(sess, model, "tflite"), VACCEL_OK);
    check_digits(sess, model, 30, 10);
    model_end(sess, model);
    free(file.bytes);
}

static void info_of_digits(void **state)
{
    struct vaccel_session *sess = *state;
    struct vaccel_resource *model = model_begin(sess, MODELS "/digits/digits.tflite");
    struct vaccel_model_info *info;

    assert_int_equal(vaccel_model_info(sess, model, NULL, &info), VACCEL_OK);
    assert_string_equal(info->engine, "tflite");
    assert_string_equal(info->format, "tflite");
    assert_int_equal(info->nr_inputs, 1);
    assert_int_equal(info->inputs[0].data_type, VACCEL_DATA_FLOAT32);
    assert_int_equal(info->inputs[0].nr_dims, 4);
    assert_int_equal(info->inputs[0].dims[0], -1);
    assert_int_equal(info->inputs[0].dims[3], 8);
    assert_int_equal(info->nr_outputs, 1);
    assert_int_equal(info->outputs[0].dims[1], RECORDED_DIGITS);
    vaccel_model_info_delete(info);
    model_end(sess, model);
}

static void check_lstm(struct vaccel_session *sess, struct vaccel_resource *model, int64_t batch)
{
    const size_t wide = (size_t)batch * RECORDED_HIDDEN;
    const char *folder = batch == 1 ? "lstm/batch-1" : "lstm/batch-3";
    const char *const names[] = {"sequence", "h0", "c0", "states", "h1", "c1"};
    const size_t counts[] = {(size_t)batch * RECORDED_STEPS * RECORDED_FEATURES,
                             wide,
                             wide,
                             wide * RECORDED_STEPS,
                             wide,
                             wide};
    float *values[6];
    float *given[3];
    struct vaccel_tensor in[3];
    struct vaccel_tensor out[3];
    char name[64];

    for (int i = 0; i < 6; i++) {
        snprintf(name, sizeof(name), "%s/%s.f32", folder, names[i]);
        values[i] = recorded_read(name, counts[i]);
    }
    in[0] =
        tensor_of("sequence", VACCEL_DATA_FLOAT32, DIMS(batch, RECORDED_STEPS, RECORDED_FEATURES),
                  values[0], counts[0] * sizeof(float));
    for (int i = 1; i < 3; i++)
        in[i] = tensor_of(names[i], VACCEL_DATA_FLOAT32, DIMS(batch, RECORDED_HIDDEN), values[i],
                          counts[i] * sizeof(float));
    for (int i = 0; i < 3; i++) {
        given[i] = calloc(counts[3 + i], sizeof(float));
        assert_non_null(given[i]);
        out[i] = room_for(names[3 + i], given[i], counts[3 + i] * sizeof(float));
    }
    assert_int_equal(vaccel_model_run(sess, model, NULL, in, 3, out, 3), VACCEL_OK);
    for (int i = 0; i < 3; i++)
        assert_close(given[i], values[3 + i], counts[3 + i]);
    for (int i = 0; i < 6; i++)
        free(values[i]);
    for (int i = 0; i < 3; i++)
        free(given[i]);
}

static void lstm_agrees(void **state)
{
    struct vaccel_session *sess = *state;
    struct vaccel_resource *model = model_begin(sess, MODELS "/lstm/lstm.tflite");

    check_lstm(sess, model, 1);
    check_lstm(sess, model, 3);
    check_lstm(sess, model, 1);
    model_end(sess, model);
}

static void classic_calls(void **state)
{
    struct vaccel_session *sess = *state;
    float *scans = recorded_read("digits/held-out/scans.f32", RECORDED_SCANS * RECORDED_SCAN_SIZE);
    float *scores = recorded_read("digits/held-out/scores.f32", RECORDED_SCANS * RECORDED_DIGITS);
    int32_t dims[] = {1, 1, 8, 8};
    struct vaccel_tflite_tensor in = {
        scans, RECORDED_SCAN_SIZE * sizeof(float), false, 4, dims, VACCEL_TFLITE_FLOAT32};
    struct vaccel_tflite_tensor *const ins[] = {&in};
    struct vaccel_tflite_tensor *outs[1];
    struct vaccel_resource *model;
    uint8_t status = 77;

    assert_int_equal(
        vaccel_resource_new(&model, MODELS "/digits/digits.tflite", VACCEL_RESOURCE_MODEL),
        VACCEL_OK);
    assert_int_equal(vaccel_resource_register(model, sess), VACCEL_OK);
    assert_int_equal(vaccel_tflite_model_load(sess, model), VACCEL_OK);
    assert_int_equal(vaccel_tflite_model_run(sess, model, ins, 1, outs, 1, &status), VACCEL_OK);
    assert_int_equal(status, 0);
    assert_int_equal(outs[0]->nr_dims, 2);
    assert_int_equal(outs[0]->size, RECORDED_DIGITS * sizeof(float));
    assert_close(outs[0]->data, scores, RECORDED_DIGITS);
    vaccel_tflite_tensor_delete(outs[0]);
    dims[3] = 4;
    in.size /= 2;
    assert_int_equal(vaccel_tflite_model_run(sess, model, ins, 1, outs, 1, &status), VACCEL_EINVAL);
    assert_int_not_equal(status, 0);
    assert_int_equal(vaccel_tflite_model_unload(sess, model), VACCEL_OK);
    model_end(sess, model);
    free(scores);
    free(scans);
}

/* More threads than there are processors, so that some have to wait for an interpreter. */
enum { THREADS = 8, RUNS = 25 };

struct runner {
    struct vaccel_session *sess;
    struct vaccel_resource *model;
    int64_t batch;
};

static void *run_often(void *argument)
{
    const struct runner *runner = argument;

    for (int i = 0; i < RUNS; i++)
        check_digits(runner->sess, runner->model, i, runner->batch);
    return NULL;
}

static void many_threads_run_one_model(void **state)
{
    struct vaccel_session *sess = *state;
    struct vaccel_resource *model = model_begin(sess, MODELS "/digits/digits.tflite");
    struct runner runners[THREADS];
    pthread_t threads[THREADS];

    for (int i = 0; i < THREADS; i++) {
        runners[i] = (struct runner){sess, model, 1 + i % 3};
        assert_int_equal(pthread_create(&threads[i], NULL, run_often, &runners[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    model_end(sess, model);
}

static void inputs_that_cannot_be_are_refused(void **state)
{
    struct vaccel_resource *model = model_begin(*state, MODELS "/digits/digits.tflite");

    digits_refuse_wrong_inputs(*state, model);
    model_end(*state, model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digits_agree),
        cmocka_unit_test(digits_agree_from_memory),
        cmocka_unit_test(info_of_digits),
        cmocka_unit_test(inputs_that_cannot_be_are_refused),
        cmocka_unit_test(lstm_agrees),
        cmocka_unit_test(classic_calls),
        cmocka_unit_test(many_threads_run_one_model),
    };

    return cmocka_run_group_tests(tests, tflite_begin, tflite_end);
}
