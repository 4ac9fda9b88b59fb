/* SPDX-License-Identifier: Apache-2.0 */
/* The calls of the frameworks, on an engine. */
#include "captured.h"
#include "engine_kit.h"

#include <setjmp.h>

#include <cmocka.h>

static const char *const any[] = {"*", NULL};
static struct test_engine *engine;
static struct vaccel_session sess;
static struct vaccel_resource model;

/* What the engine saw of the last run. */
static enum vaccel_data_type seen_type;
static size_t seen_size;
static char seen_names[128], seen_options[16];

static void see_name(const struct vaccel_tensor *tensor)
{
    strcat(seen_names, tensor->name ? tensor->name : "-");
    strcat(seen_names, " ");
}

static int see_and_copy(struct vaccel_session *in, const struct vaccel_inference *inference)
{
    seen_type = inference->inputs[0].data_type;
    seen_size = inference->inputs[0].size;
    seen_names[0] = '\0';
    for (size_t i = 0; i < inference->nr_inputs; i++)
        see_name(&inference->inputs[i]);
    for (size_t i = 0; i < inference->nr_outputs; i++)
        see_name(&inference->outputs[i]);
    snprintf(seen_options, sizeof(seen_options), "%.*s", (int)inference->options_size,
             inference->options ? (const char *)inference->options : "");
    return copy_inputs(in, inference);
}

static int begin(void **state)
{
    (void)state;
    engine = engine_open(0, any);
    engine->run = see_and_copy;
    return library_begin("counter") || vaccel_session_init(&sess, 0) ||
           model_begin(&model, "m", &sess);
}

static int end(void **state)
{
    (void)state;
    return vaccel_cleanup();
}

static void test_loading_and_unloading(void **state)
{
    struct vaccel_tf_status status;

    (void)state;
    assert_int_equal(vaccel_tf_model_load(&sess, &model, &status), 0);
    assert_int_equal(status.code, 0);
    vaccel_tf_status_release(&status);
    assert_int_equal(vaccel_tflite_model_load(&sess, &model), 0);
    assert_int_equal(vaccel_torch_model_load(&sess, &model), 0);
    assert_int_equal(vaccel_model_load(&sess, &model, NULL), 0);
    assert_int_equal(engine->loads, 1);
    assert_int_equal(vaccel_tflite_model_unload(&sess, &model), 0);
    assert_int_equal(engine->unloads, 1);
    assert_int_equal(vaccel_tflite_model_unload(&sess, &model), VACCEL_ENOENT);
    assert_int_equal(vaccel_tf_model_unload(&sess, &model, &status), VACCEL_ENOENT);
    assert_int_equal(status.code, 5);
    assert_non_null(strstr(status.message, "is not loaded as a model"));
    vaccel_tf_status_release(&status);
    assert_int_equal(vaccel_tf_model_load(&sess, &model, NULL), 0);
    assert_int_equal(vaccel_tf_model_unload(&sess, &model, NULL), 0);
    assert_int_equal(engine->unloads, 2);
}

static unsigned char data[64];
static int64_t dims[] = {2, 1};
static int32_t dims32[] = {2, 1};

static int run_tf(uint32_t type, size_t size, struct vaccel_tf_tensor **out,
                  struct vaccel_tf_status *status)
{
    struct vaccel_tf_tensor in = {data, size, false, 2, dims, (enum vaccel_tf_data_type)type};
    struct vaccel_tf_tensor *const ins[] = {&in};
    const struct vaccel_tf_node in_node = {(char *)"in", 0}, out_node = {(char *)"out", -3};
    struct vaccel_tf_buffer options = {(void *)"options", 7};

    return vaccel_tf_model_run(&sess, &model, &options, &in_node, ins, 1, &out_node, out, 1,
                               status);
}

static int run_tflite(uint32_t type, size_t size, struct vaccel_tflite_tensor **out,
                      uint8_t *status)
{
    struct vaccel_tflite_tensor in = {data, size,   false,
                                      2,    dims32, (enum vaccel_tflite_data_type)type};
    struct vaccel_tflite_tensor *const ins[] = {&in};

    return vaccel_tflite_model_run(&sess, &model, ins, 1, out, 1, status);
}

static int run_torch(uint32_t type, size_t size, struct vaccel_torch_tensor **out)
{
    struct vaccel_torch_tensor in = {data, size, false, 2, dims, (enum vaccel_torch_data_type)type};
    struct vaccel_torch_tensor *const ins[] = {&in};
    struct vaccel_torch_buffer options = {(void *)"torch", 5};

    return vaccel_torch_model_run(&sess, &model, &options, ins, 1, out, 1);
}

struct type_case {
    uint32_t classic;
    enum vaccel_data_type type;
    uint32_t back; /* what comes back of it; 0: the same */
};

/* Two elements of each type go there and come back. Data may be longer than they need. */
#define TYPE_TEST(family, cases, count, run) \
    static void test_types_of_##family(void **state) \
    { \
        (void)state; \
        assert_int_equal(vaccel_model_load(&sess, &model, NULL), 0); \
        for (size_t i = 0; i < sizeof(data); i++) \
            data[i] = (unsigned char)(i * 3); \
        for (size_t i = 0; i < (count); i++) { \
            size_t size = 2 * vaccel_data_type_size((cases)[i].type); \
            struct vaccel_##family##_tensor *out; \
\
            assert_int_equal(run((cases)[i].classic, size + i % 3, &out), 0); \
            assert_int_equal(seen_type, (cases)[i].type); \
            assert_int_equal(seen_size, size); \
            assert_int_equal(out->data_type, \
                             (cases)[i].back ? (cases)[i].back : (cases)[i].classic); \
            assert_int_equal(out->size, size); \
            assert_memory_equal(out->data, data, size); \
            assert_int_equal(out->nr_dims, 2); \
            assert_int_equal(out->dims[0], 2); \
            vaccel_##family##_tensor_delete(out); \
        } \
    }

static const struct type_case tf_types[] = {
    {VACCEL_TF_FLOAT, VACCEL_DATA_FLOAT32, 0},
    {VACCEL_TF_DOUBLE, VACCEL_DATA_FLOAT64, 0},
    {VACCEL_TF_INT32, VACCEL_DATA_INT32, 0},
    {VACCEL_TF_UINT8, VACCEL_DATA_UINT8, 0},
    {VACCEL_TF_INT16, VACCEL_DATA_INT16, 0},
    {VACCEL_TF_INT8, VACCEL_DATA_INT8, 0},
    {VACCEL_TF_COMPLEX64, VACCEL_DATA_COMPLEX64, 0},
    {VACCEL_TF_INT64, VACCEL_DATA_INT64, 0},
    {VACCEL_TF_BOOL, VACCEL_DATA_BOOL, 0},
    {VACCEL_TF_QINT8, VACCEL_DATA_INT8, VACCEL_TF_INT8},
    {VACCEL_TF_QUINT8, VACCEL_DATA_UINT8, VACCEL_TF_UINT8},
    {VACCEL_TF_QINT32, VACCEL_DATA_INT32, VACCEL_TF_INT32},
    {VACCEL_TF_BFLOAT16, VACCEL_DATA_BFLOAT16, 0},
    {VACCEL_TF_QINT16, VACCEL_DATA_INT16, VACCEL_TF_INT16},
    {VACCEL_TF_QUINT16, VACCEL_DATA_UINT16, VACCEL_TF_UINT16},
    {VACCEL_TF_UINT16, VACCEL_DATA_UINT16, 0},
    {VACCEL_TF_COMPLEX128, VACCEL_DATA_COMPLEX128, 0},
    {VACCEL_TF_HALF, VACCEL_DATA_FLOAT16, 0},
    {VACCEL_TF_UINT32, VACCEL_DATA_UINT32, 0},
    {VACCEL_TF_UINT64, VACCEL_DATA_UINT64, 0},
};
static const struct type_case tflite_types[] = {
    {VACCEL_TFLITE_FLOAT32, VACCEL_DATA_FLOAT32, 0},
    {VACCEL_TFLITE_INT32, VACCEL_DATA_INT32, 0},
    {VACCEL_TFLITE_UINT8, VACCEL_DATA_UINT8, 0},
    {VACCEL_TFLITE_INT64, VACCEL_DATA_INT64, 0},
    {VACCEL_TFLITE_BOOL, VACCEL_DATA_BOOL, 0},
    {VACCEL_TFLITE_INT16, VACCEL_DATA_INT16, 0},
    {VACCEL_TFLITE_COMPLEX64, VACCEL_DATA_COMPLEX64, 0},
    {VACCEL_TFLITE_INT8, VACCEL_DATA_INT8, 0},
    {VACCEL_TFLITE_FLOAT16, VACCEL_DATA_FLOAT16, 0},
    {VACCEL_TFLITE_FLOAT64, VACCEL_DATA_FLOAT64, 0},
    {VACCEL_TFLITE_COMPLEX128, VACCEL_DATA_COMPLEX128, 0},
    {VACCEL_TFLITE_UINT64, VACCEL_DATA_UINT64, 0},
    {VACCEL_TFLITE_UINT32, VACCEL_DATA_UINT32, 0},
    {VACCEL_TFLITE_UINT16, VACCEL_DATA_UINT16, 0},
};
static const struct type_case torch_types[] = {
    {VACCEL_TORCH_BYTE, VACCEL_DATA_UINT8, 0},   {VACCEL_TORCH_CHAR, VACCEL_DATA_INT8, 0},
    {VACCEL_TORCH_SHORT, VACCEL_DATA_INT16, 0},  {VACCEL_TORCH_INT, VACCEL_DATA_INT32, 0},
    {VACCEL_TORCH_LONG, VACCEL_DATA_INT64, 0},   {VACCEL_TORCH_HALF, VACCEL_DATA_FLOAT16, 0},
    {VACCEL_TORCH_FLOAT, VACCEL_DATA_FLOAT32, 0}};

static int run_tf_only(uint32_t type, size_t size, struct vaccel_tf_tensor **out)
{
    return run_tf(type, size, out, NULL);
}

static int run_tflite_only(uint32_t type, size_t size, struct vaccel_tflite_tensor **out)
{
    return run_tflite(type, size, out, NULL);
}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

TYPE_TEST(tf, tf_types, COUNT(tf_types), run_tf_only)
TYPE_TEST(tflite, tflite_types, COUNT(tflite_types), run_tflite_only)
TYPE_TEST(torch, torch_types, COUNT(torch_types), run_torch)

static void test_types_that_no_engine_knows(void **state)
{
    static const uint32_t tf[] = {VACCEL_TF_RESOURCE, VACCEL_TF_VARIANT, 0, 99, UINT32_MAX};
    static const uint32_t tflite[] = {VACCEL_TFLITE_NOTYPE, VACCEL_TFLITE_RESOURCE,
                                      VACCEL_TFLITE_INT4, 99, UINT32_MAX};
    static const uint32_t torch[] = {0, 8, 99, INT32_MAX, UINT32_MAX};
    struct vaccel_tf_tensor *tf_out;
    struct vaccel_tflite_tensor *tflite_out;
    struct vaccel_torch_tensor *torch_out;

    (void)state;
    assert_int_equal(vaccel_model_load(&sess, &model, NULL), 0);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(run_tf(tf[i], 64, &tf_out, NULL), VACCEL_EINVAL);
        assert_null(tf_out);
        assert_int_equal(run_tflite(tflite[i], 64, &tflite_out, NULL), VACCEL_EINVAL);
        assert_null(tflite_out);
        assert_int_equal(run_torch(torch[i], 64, &torch_out), VACCEL_EINVAL);
        assert_null(torch_out);
    }
    assert_int_equal(engine->runs, 0);
}

/* They lie in the data as in those of the model calls. */
static void test_strings(void **state)
{
    static const uint64_t good[] = {1, 2}, bad[] = {UINT64_MAX, 4};
    struct vaccel_tf_tensor *tf;
    struct vaccel_tflite_tensor *tflite;

    (void)state;
    assert_int_equal(vaccel_model_load(&sess, &model, NULL), 0);
    memcpy(data, good, sizeof(good));
    memcpy(data + sizeof(good), "abc", 3);
    assert_int_equal(run_tf(VACCEL_TF_STRING, 19, &tf, NULL), 0);
    assert_int_equal(tf->data_type, VACCEL_TF_STRING);
    assert_int_equal(tf->size, 19);
    assert_memory_equal(tf->data, data, 19);
    vaccel_tf_tensor_delete(tf);
    assert_int_equal(run_tflite(VACCEL_TFLITE_STRING, 19, &tflite, NULL), 0);
    vaccel_tflite_tensor_delete(tflite);
    assert_int_equal(run_tf(VACCEL_TF_STRING, 20, &tf, NULL), VACCEL_EINVAL);
    assert_int_equal(run_tf(VACCEL_TF_STRING, 7, &tf, NULL), VACCEL_EINVAL);
    memcpy(data, bad, sizeof(bad));
    assert_int_equal(run_tf(VACCEL_TF_STRING, 19, &tf, NULL), VACCEL_EINVAL);
    assert_int_equal(run_tflite(VACCEL_TFLITE_STRING, 19, &tflite, NULL), VACCEL_EINVAL);
    assert_int_equal(engine->runs, 2);
}

static void test_names_and_options(void **state)
{
    struct vaccel_tf_tensor *tf;
    struct vaccel_tflite_tensor *tflite;
    struct vaccel_torch_tensor *torch;

    (void)state;
    assert_int_equal(vaccel_model_load(&sess, &model, NULL), 0);
    assert_int_equal(run_tf(VACCEL_TF_UINT8, 2, &tf, NULL), 0);
    assert_string_equal(seen_names, "in:0 out:-3 ");
    assert_string_equal(seen_options, "options");
    vaccel_tf_tensor_delete(tf);
    assert_int_equal(run_tflite(VACCEL_TFLITE_UINT8, 2, &tflite, NULL), 0);
    assert_string_equal(seen_names, "- - ");
    assert_string_equal(seen_options, "");
    vaccel_tflite_tensor_delete(tflite);
    assert_int_equal(run_torch(VACCEL_TORCH_BYTE, 2, &torch), 0);
    assert_string_equal(seen_names, "- - ");
    assert_string_equal(seen_options, "torch");
    vaccel_torch_tensor_delete(torch);
}

/* The output that the engine gives. */
static enum vaccel_data_type put_type;
static uint32_t put_nr_dims;
static int64_t put_dims[2];

static int put(struct vaccel_session *in, const struct vaccel_inference *inference)
{
    return vaccel_tensor_put(in, inference->outputs, put_type, put_nr_dims, put_dims, data,
                             put_nr_dims && !put_dims[1] ? 0 : vaccel_data_type_size(put_type));
}

static void set_put(enum vaccel_data_type type, uint32_t nr_dims, int64_t first, int64_t second)
{
    engine->run = put;
    put_type = type;
    put_nr_dims = nr_dims;
    put_dims[0] = first;
    put_dims[1] = second;
}

static void test_an_output_without_dimensions_has_one(void **state)
{
    struct vaccel_tf_tensor *tf;
    struct vaccel_tflite_tensor *tflite;
    struct vaccel_torch_tensor *torch;

    (void)state;
    assert_int_equal(vaccel_model_load(&sess, &model, NULL), 0);
    set_put(VACCEL_DATA_FLOAT32, 0, 0, 0);
    assert_int_equal(run_tf(VACCEL_TF_UINT8, 2, &tf, NULL), 0);
    assert_int_equal(tf->nr_dims, 1);
    assert_int_equal(tf->dims[0], 1);
    assert_int_equal(tf->size, 4);
    vaccel_tf_tensor_delete(tf);
    assert_int_equal(run_tflite(VACCEL_TFLITE_UINT8, 2, &tflite, NULL), 0);
    assert_int_equal(tflite->nr_dims, 1);
    vaccel_tflite_tensor_delete(tflite);
    assert_int_equal(run_torch(VACCEL_TORCH_BYTE, 2, &torch), 0);
    assert_int_equal(torch->nr_dims, 1);
    vaccel_torch_tensor_delete(torch);
}

/* A dimension is a number of 32 bits in TFLite's structs. */
static void test_large_dimensions(void **state)
{
    const int64_t large = (int64_t)INT32_MAX + 1;
    struct vaccel_tf_tensor *tf;
    struct vaccel_tflite_tensor *tflite;
    struct vaccel_torch_tensor *torch;
    uint8_t status = 77;

    (void)state;
    assert_int_equal(vaccel_model_load(&sess, &model, NULL), 0);
    set_put(VACCEL_DATA_FLOAT32, 2, large, 0);
    assert_int_equal(run_tf(VACCEL_TF_UINT8, 2, &tf, NULL), 0);
    assert_int_equal(tf->dims[0], large);
    assert_int_equal(tf->size, 0);
    vaccel_tf_tensor_delete(tf);
    assert_int_equal(run_torch(VACCEL_TORCH_BYTE, 2, &torch), 0);
    assert_int_equal(torch->dims[0], large);
    vaccel_torch_tensor_delete(torch);
    assert_int_equal(run_tflite(VACCEL_TFLITE_UINT8, 2, &tflite, &status), VACCEL_EBACKEND);
    assert_null(tflite);
    assert_int_equal(status, 1);
    set_put(VACCEL_DATA_FLOAT32, 2, large - 1, 0);
    assert_int_equal(run_tflite(VACCEL_TFLITE_UINT8, 2, &tflite, &status), 0);
    assert_int_equal(tflite->dims[0], INT32_MAX);
    assert_int_equal(status, 0);
    vaccel_tflite_tensor_delete(tflite);
}

static void test_outputs_of_types_that_a_framework_has_not(void **state)
{
    struct vaccel_tf_tensor *tf;
    struct vaccel_tflite_tensor *tflite;
    struct vaccel_torch_tensor *torch;

    (void)state;
    assert_int_equal(vaccel_model_load(&sess, &model, NULL), 0);
    set_put(VACCEL_DATA_FLOAT8_E4M3, 0, 0, 0);
    assert_int_equal(run_tf(VACCEL_TF_UINT8, 2, &tf, NULL), VACCEL_EBACKEND);
    assert_null(tf);
    set_put(VACCEL_DATA_BFLOAT16, 0, 0, 0);
    assert_int_equal(run_tflite(VACCEL_TFLITE_UINT8, 2, &tflite, NULL), VACCEL_EBACKEND);
    assert_null(tflite);
    set_put(VACCEL_DATA_FLOAT64, 0, 0, 0);
    assert_int_equal(run_torch(VACCEL_TORCH_BYTE, 2, &torch), VACCEL_EBACKEND);
    assert_null(torch);
}

static int fail_with_a_sentence(struct vaccel_session *in, const struct vaccel_inference *inference)
{
    copy_inputs(in, inference);
    vaccel_error("[engine] shapes (2, 1) and (3, 4)\ndo not fit");
    vaccel_error("[engine] try others");
    return VACCEL_EINVAL;
}

static int fail_silently(struct vaccel_session *in, const struct vaccel_inference *inference)
{
    (void)in, (void)inference;
    return VACCEL_EIO;
}

/* TensorFlow's status has the engine's sentences; the log has them, too. */
static void test_the_status_has_the_sentence(void **state)
{
    static const char expected[] =
        "[engine] shapes (2, 1) and (3, 4)\\x0ado not fit; [engine] try others";
    struct vaccel_tf_status status;
    struct vaccel_tf_tensor *tf;

    (void)state;
    assert_int_equal(vaccel_model_load(&sess, &model, NULL), 0);
    engine->run = fail_with_a_sentence;
    capture_begin();
    assert_int_equal(run_tf(VACCEL_TF_UINT8, 2, &tf, &status), VACCEL_EINVAL);
    assert_non_null(strstr(capture_end(), expected));
    assert_string_equal(status.message, expected);
    assert_int_equal(status.code, 3);
    vaccel_tf_status_release(&status);
    engine->run = fail_silently;
    assert_int_equal(run_tf(VACCEL_TF_UINT8, 2, &tf, &status), VACCEL_EIO);
    assert_true(strlen(status.message) > 0);
    assert_int_equal(status.code, 13);
    vaccel_tf_status_release(&status);
    engine->run = copy_inputs;
    assert_int_equal(run_tf(VACCEL_TF_UINT8, 2, &tf, &status), 0);
    assert_string_equal(status.message, "");
    assert_int_equal(status.code, 0);
    vaccel_tf_status_release(&status);
    vaccel_tf_tensor_delete(tf);
    capture_begin();
    vaccel_error("after it");
    assert_non_null(strstr(capture_end(), "after it"));
}

static int complain_at_length(struct vaccel_session *in, const struct vaccel_inference *inference)
{
    (void)in, (void)inference;
    for (int i = 0; i < 100; i++)
        vaccel_error("a sentence of some length, the %dth of many", i);
    return VACCEL_EBACKEND;
}

static void test_many_sentences_are_cut(void **state)
{
    struct vaccel_tf_status status;
    struct vaccel_tf_tensor *tf;

    (void)state;
    assert_int_equal(vaccel_model_load(&sess, &model, NULL), 0);
    engine->run = complain_at_length;
    assert_int_equal(run_tf(VACCEL_TF_UINT8, 2, &tf, &status), VACCEL_EBACKEND);
    assert_true(strlen(status.message) > 500 && strlen(status.message) < 2000);
    vaccel_tf_status_release(&status);
}

static void test_a_model_that_cannot_be_loaded(void **state)
{
    struct vaccel_tf_status status;
    struct vaccel_tf_tensor *tf;

    (void)state;
    engine->load_result = VACCEL_EBACKEND;
    assert_int_equal(vaccel_tf_model_load(&sess, &model, &status), VACCEL_EBACKEND);
    assert_int_equal(status.code, 13);
    vaccel_tf_status_release(&status);
    assert_int_equal(vaccel_torch_model_load(&sess, &model), VACCEL_EBACKEND);
    assert_int_equal(run_tf(VACCEL_TF_UINT8, 2, &tf, &status), VACCEL_ENOENT);
    assert_int_equal(status.code, 5);
    assert_null(tf);
    vaccel_tf_status_release(&status);
}

#define test(function) cmocka_unit_test_setup_teardown(function, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(test_loading_and_unloading),
        test(test_types_of_tf),
        test(test_types_of_tflite),
        test(test_types_of_torch),
        test(test_types_that_no_engine_knows),
        test(test_strings),
        test(test_names_and_options),
        test(test_an_output_without_dimensions_has_one),
        test(test_large_dimensions),
        test(test_outputs_of_types_that_a_framework_has_not),
        test(test_the_status_has_the_sentence),
        test(test_many_sentences_are_cut),
        test(test_a_model_that_cannot_be_loaded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
