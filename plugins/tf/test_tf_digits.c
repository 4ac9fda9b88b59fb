/* SPDX-License-Identifier: Apache-2.0 */
#include "test_support.h"

#include <recorded.h>

/* The models of this repository, as a SavedModel and as a frozen graph. */

static void classify_all(struct vaccel_session *sess, const char *path, const char *in,
                         const char *out)
{
    const size_t count = (size_t)RECORDED_SCANS * RECORDED_SCAN_SIZE;
    struct vaccel_resource *model = model_begin(sess, path);
    float *scans = recorded_read("digits/held-out/scans.f32", count);
    float *wanted =
        recorded_read("digits/held-out/scores.f32", (size_t)RECORDED_SCANS * RECORDED_DIGITS);
    float scores[RECORDED_SCANS * RECORDED_DIGITS];
    struct vaccel_tensor input = tensor_of(in, VACCEL_DATA_FLOAT32, DIMS(RECORDED_SCANS, 1, 8, 8),
                                           scans, count * sizeof(float));
    struct vaccel_tensor output = room_for(out, scores, sizeof(scores));

    assert_int_equal(vaccel_model_run(sess, model, NULL, &input, 1, &output, 1), VACCEL_OK);
    assert_int_equal(output.nr_dims, 2);
    assert_int_equal(output.dims[0], RECORDED_SCANS);
    assert_int_equal(output.dims[1], RECORDED_DIGITS);
    assert_true(recorded_apart(scores, wanted, (size_t)RECORDED_SCANS * RECORDED_DIGITS) <
                RECORDED_TOLERANCE);
    free(scans);
    free(wanted);
    model_end(sess, model);
}

static void a_saved_model_classifies_digits(void **state)
{
    classify_all(*state, MODELS "/digits/digits.saved-model", "scan", "scores");
    classify_all(*state, MODELS "/digits/digits.saved-model", NULL, NULL);
}

static void a_frozen_graph_classifies_digits(void **state)
{
    classify_all(*state, MODELS "/digits/digits.pb", "scan", "scores");
    classify_all(*state, MODELS "/digits/digits.pb", "scan:0", "scores:0");
    classify_all(*state, MODELS "/digits/digits.pb", NULL, NULL);
}

static void run_lstm(struct vaccel_session *sess, struct vaccel_resource *model, int batch)
{
    static const char *const names[] = {"sequence", "h0", "c0", "states", "h1", "c1"};
    const size_t sizes[] = {RECORDED_STEPS * RECORDED_FEATURES, RECORDED_HIDDEN, RECORDED_HIDDEN,
                            RECORDED_STEPS * RECORDED_HIDDEN,   RECORDED_HIDDEN, RECORDED_HIDDEN};
    float given[3][3 * RECORDED_STEPS * RECORDED_HIDDEN];
    struct vaccel_tensor in[3];
    struct vaccel_tensor out[3];
    float *values[6];
    char path[64];
    int i;

    for (i = 0; i < 6; i++) {
        snprintf(path, sizeof(path), "lstm/batch-%d/%s.f32", batch, names[i]);
        values[i] = recorded_read(path, batch * sizes[i]);
    }
    in[0] =
        tensor_of("sequence", VACCEL_DATA_FLOAT32, DIMS(batch, RECORDED_STEPS, RECORDED_FEATURES),
                  values[0], batch * sizes[0] * sizeof(float));
    for (i = 1; i < 3; i++)
        in[i] = tensor_of(names[i], VACCEL_DATA_FLOAT32, DIMS(batch, RECORDED_HIDDEN), values[i],
                          batch * sizes[i] * sizeof(float));
    for (i = 0; i < 3; i++)
        out[i] = room_for(names[3 + i], given[i], sizeof(given[i]));
    assert_int_equal(vaccel_model_run(sess, model, NULL, in, 3, out, 3), VACCEL_OK);
    for (i = 0; i < 3; i++)
        assert_true(recorded_apart(given[i], values[3 + i], batch * sizes[3 + i]) <
                    RECORDED_TOLERANCE);
    for (i = 0; i < 6; i++)
        free(values[i]);
}

static void a_recurrent_network_takes_batches_of_any_size(void **state)
{
    static const char *const paths[] = {MODELS "/lstm/lstm.saved-model", MODELS "/lstm/lstm.pb"};
    struct vaccel_resource *model;
    size_t i;

    for (i = 0; i < 2; i++) {
        model = model_begin(*state, paths[i]);
        run_lstm(*state, model, 1);
        run_lstm(*state, model, 3);
        model_end(*state, model);
    }
}

static void a_saved_model_can_come_as_single_files(void **state)
{
    const char *paths[] = {MODELS "/digits/digits.saved-model/saved_model.pb",
                           MODELS "/digits/digits.saved-model/variables/variables.index",
                           MODELS
                           "/digits/digits.saved-model/variables/variables.data-00000-of-00001"};
    struct vaccel_resource *model;
    struct vaccel_model_info *info;

    assert_int_equal(vaccel_resource_multi_new(&model, paths, 3, VACCEL_RESOURCE_MODEL), VACCEL_OK);
    assert_int_equal(vaccel_resource_register(model, *state), VACCEL_OK);
    assert_int_equal(vaccel_model_load(*state, model, NULL), VACCEL_OK);
    assert_int_equal(vaccel_model_info(*state, model, NULL, &info), VACCEL_OK);
    assert_string_equal(info->inputs[0].name, "scan");
    vaccel_model_info_delete(info);
    model_end(*state, model);
}

/* As of Unikraft's unikernels: the bytes of a graph in the caller's memory. */
static void a_frozen_graph_can_come_from_memory(void **state)
{
    struct vaccel_resource *model;
    struct file graph = file_read(MODELS "/digits/digits.pb");

    assert_int_equal(vaccel_resource_from_buf(&model, graph.bytes, graph.size,
                                              VACCEL_RESOURCE_MODEL, NULL, true),
                     VACCEL_OK);
    assert_int_equal(vaccel_resource_register(model, *state), VACCEL_OK);
    assert_int_equal(vaccel_model_load(*state, model, NULL), VACCEL_OK);
    model_end(*state, model);
    free(graph.bytes);
}

static void inputs_that_cannot_be_are_refused(void **state)
{
    struct vaccel_resource *model = model_begin(*state, MODELS "/digits/digits.pb");

    digits_refuse_wrong_inputs(*state, model);
    model_end(*state, model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_saved_model_classifies_digits),
        cmocka_unit_test(a_frozen_graph_classifies_digits),
        cmocka_unit_test(a_recurrent_network_takes_batches_of_any_size),
        cmocka_unit_test(a_saved_model_can_come_as_single_files),
        cmocka_unit_test(a_frozen_graph_can_come_from_memory),
        cmocka_unit_test(inputs_that_cannot_be_are_refused),
    };

    return cmocka_run_group_tests(tests, tf_begin, tf_end);
}
