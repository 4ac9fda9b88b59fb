/* SPDX-License-Identifier: Apache-2.0 */
#include "test_support.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* What models give is what torch gave. */

static float six[6] = {1, 2, 3, 4, 5, 6};

/* One input, one held output. */
static struct vaccel_tensor run_one(struct vaccel_session *sess, struct vaccel_resource *model,
                                    struct vaccel_tensor input)
{
    struct vaccel_tensor output = {0};

    assert_int_equal(vaccel_model_run(sess, model, NULL, &input, 1, &output, 1), VACCEL_OK);
    return output;
}

/* Without bytes if there is none, as torch does not know the type. */
static struct file file_if_any(const char *path)
{
    return access(path, R_OK) ? (struct file){NULL, 0} : file_read(path);
}

static void assert_type_passes(struct vaccel_session *sess, struct vaccel_resource *model,
                               enum vaccel_data_type type)
{
    char name[32];
    struct file expected, elements;
    struct vaccel_tensor input = {.data_type = type, .nr_dims = 2, .dims = {3, 2}};
    struct vaccel_tensor output = {0};
    char room[6 * 16];

    snprintf(name, sizeof(name), "%s.in", vaccel_data_type_name(type));
    elements = file_if_any(in_folder(name));
    snprintf(name, sizeof(name), "%s.out", vaccel_data_type_name(type));
    expected = file_if_any(in_folder(name));
    input.size = 6 * vaccel_data_type_size(type);
    input.data = elements.bytes ? (void *)elements.bytes : room;
    output.data = room;
    output.size = sizeof(room);
    if (!elements.bytes) {
        assert_int_equal(vaccel_model_run(sess, model, NULL, &input, 1, &output, 1), VACCEL_EINVAL);
        return;
    }
    assert_int_equal(vaccel_model_run(sess, model, NULL, &input, 1, &output, 1), VACCEL_OK);
    assert_int_equal(output.data_type, type);
    assert_int_equal(output.nr_dims, 2);
    assert_true(output.dims[0] == 3 && output.dims[1] == 2);
    assert_int_equal(output.size, expected.size);
    assert_memory_equal(room, expected.bytes, expected.size);
    free(elements.bytes);
    free(expected.bytes);
}

static void each_element_type_passes_or_is_refused(void **state)
{
    struct vaccel_resource model;
    int type;

    model_load(*state, &model, "reverse");
    for (type = VACCEL_DATA_FLOAT32; type < VACCEL_DATA_STRING; type++)
        assert_type_passes(*state, &model, (enum vaccel_data_type)type);
    model_release(&model);
}

static void bools_are_0_or_1(void **state)
{
    unsigned char bytes[3] = {0, 1, 0x80};
    struct vaccel_tensor input = {
        .data_type = VACCEL_DATA_BOOL, .nr_dims = 1, .dims = {3}, .data = bytes, .size = 3};
    struct vaccel_resource model;
    struct vaccel_tensor output;
    unsigned char *data;

    model_load(*state, &model, "same");
    output = run_one(*state, &model, input);
    data = tensor_fetch(*state, &output);
    assert_memory_equal(data, "\0\1\1", 3);
    free(data);
    model_release(&model);
}

static void a_traced_network_gives_what_torch_gave(void **state)
{
    struct file input = file_read(in_folder("linear.0.in"));
    struct file expected = file_read(in_folder("linear.0.out"));
    struct vaccel_resource model;
    struct vaccel_tensor output;

    model_load(*state, &model, "linear");
    output = run_one(*state, &model, floats((float *)input.bytes, 5, 8));
    assert_int_equal(output.nr_dims, 2);
    assert_true(output.dims[0] == 5 && output.dims[1] == 4);
    assert_floats(*state, &output, (float *)expected.bytes, 20);
    free(input.bytes);
    free(expected.bytes);
    model_release(&model);
}

static void a_model_in_memory_is_loaded(void **state)
{
    struct file file = file_read(in_folder("same.pt"));
    struct vaccel_resource model;
    struct vaccel_tensor output;

    assert_int_equal(model_load_bytes(*state, &model, file.bytes, file.size), VACCEL_OK);
    output = run_one(*state, &model, floats(six, 2, 3));
    assert_floats(*state, &output, six, 6);
    free(file.bytes);
    model_release(&model);
}

static void nested_tuples_are_flattened(void **state)
{
    struct vaccel_tensor inputs[2] = {floats(six, 0, 2), floats(six + 2, 0, 2)};
    struct vaccel_tensor outputs[4] = {{0}};
    struct vaccel_resource model;

    model_load(*state, &model, "several");
    assert_int_equal(vaccel_model_run(*state, &model, NULL, inputs, 2, outputs, 4), VACCEL_OK);
    assert_floats(*state, &outputs[0], (const float[]){4, 6}, 2);
    assert_floats(*state, &outputs[1], (const float[]){-2, -2}, 2);
    assert_floats(*state, &outputs[2], (const float[]){2, 4}, 2);
    assert_int_equal(outputs[3].nr_dims, 0);
    assert_floats(*state, &outputs[3], (const float[]){7}, 1);
    model_release(&model);
}

static void names_go_before_places(void **state)
{
    double scale = 10;
    struct vaccel_tensor inputs[3] = {
        floats(six + 2, 0, 2),
        {.name = "scale", .data_type = VACCEL_DATA_FLOAT64, .data = &scale, .size = sizeof(scale)},
        floats(six, 0, 2)};
    struct vaccel_tensor outputs[2] = {{.name = "output_2"}, {.name = "output_1"}};
    struct vaccel_resource model;

    inputs[0].name = "y";
    inputs[2].name = "x";
    model_load(*state, &model, "several");
    assert_int_equal(vaccel_model_run(*state, &model, "forward", inputs, 3, outputs, 2), VACCEL_OK);
    assert_floats(*state, &outputs[0], (const float[]){10, 20}, 2);
    assert_floats(*state, &outputs[1], (const float[]){-2, -2}, 2);
    model_release(&model);
}

static void methods_are_signatures(void **state)
{
    struct vaccel_tensor inputs[2] = {floats(six, 0, 1), floats(six + 1, 0, 1)};
    struct vaccel_tensor output = {0};
    struct vaccel_resource model;

    model_load(*state, &model, "several");
    assert_int_equal(vaccel_model_run(*state, &model, "swap", inputs, 2, &output, 1), VACCEL_OK);
    assert_floats(*state, &output, six + 1, 1);
    model_release(&model);
}

static void fields_and_keys_are_names(void **state)
{
    struct vaccel_tensor input = floats(six, 0, 3);
    struct vaccel_tensor outputs[2] = {{.name = "count"}, {.name = "total"}};
    struct vaccel_resource named, dictionary;
    int64_t *count;

    model_load(*state, &named, "named");
    assert_int_equal(vaccel_model_run(*state, &named, NULL, &input, 1, outputs, 2), VACCEL_OK);
    assert_floats(*state, &outputs[1], (const float[]){6}, 1);
    assert_int_equal(outputs[0].data_type, VACCEL_DATA_INT64);
    count = tensor_fetch(*state, &outputs[0]);
    assert_int_equal(*count, 3);
    free(count);
    model_release(&named);

    outputs[0] = (struct vaccel_tensor){.name = "half"};
    outputs[1] = (struct vaccel_tensor){.name = "twice"};
    model_load(*state, &dictionary, "dictionary");
    assert_int_equal(vaccel_model_run(*state, &dictionary, NULL, &input, 1, outputs, 2), VACCEL_OK);
    assert_floats(*state, &outputs[0], (const float[]){0.5F, 1, 1.5F}, 3);
    assert_floats(*state, &outputs[1], (const float[]){2, 4, 6}, 3);
    model_release(&dictionary);
}

static void lists_are_as_long_as_they_are(void **state)
{
    int32_t times = 3;
    struct vaccel_tensor inputs[2] = {
        floats(six, 0, 2), {.data_type = VACCEL_DATA_INT32, .data = &times, .size = sizeof(times)}};
    struct vaccel_tensor outputs[3] = {{0}};
    struct vaccel_resource model;

    model_load(*state, &model, "listed");
    assert_int_equal(vaccel_model_run(*state, &model, NULL, inputs, 2, outputs, 3), VACCEL_OK);
    assert_floats(*state, &outputs[0], (const float[]){0, 0}, 2);
    assert_floats(*state, &outputs[2], (const float[]){2, 4}, 2);
    vaccel_tensor_drop(*state, &outputs[1]);
    model_release(&model);
}

static void tuples_come_as_their_elements(void **state)
{
    uint8_t negative = 1;
    struct vaccel_tensor inputs[3] = {
        floats(six, 0, 1),
        floats(six + 2, 0, 1),
        {.name = "negative", .data_type = VACCEL_DATA_BOOL, .data = &negative, .size = 1}};
    struct vaccel_tensor output = {0};
    struct vaccel_resource model;

    inputs[0].name = "pair.1";
    inputs[1].name = "pair.0";
    model_load(*state, &model, "pairs");
    assert_int_equal(vaccel_model_run(*state, &model, NULL, inputs, 2, &output, 1), VACCEL_OK);
    assert_floats(*state, &output, (const float[]){2}, 1);
    memset(&output, 0, sizeof(output));
    assert_int_equal(vaccel_model_run(*state, &model, NULL, inputs, 3, &output, 1), VACCEL_OK);
    assert_floats(*state, &output, (const float[]){-2}, 1);
    model_release(&model);
}

static void views_come_in_order(void **state)
{
    struct vaccel_tensor input = floats(six, 2, 3);
    float transposed[6];
    struct vaccel_tensor outputs[4] = {{.data = transposed, .size = sizeof(transposed)}};
    struct vaccel_resource model;
    float *complex;

    model_load(*state, &model, "views");
    assert_int_equal(vaccel_model_run(*state, &model, NULL, &input, 1, outputs, 4), VACCEL_OK);
    assert_memory_equal(transposed, ((const float[]){1, 4, 2, 5, 3, 6}), sizeof(transposed));
    assert_floats(*state, &outputs[1], (const float[]){2, 5}, 2);
    complex = tensor_fetch(*state, &outputs[2]);
    assert_int_equal(outputs[2].data_type, VACCEL_DATA_COMPLEX64);
    for (int i = 0; i < 6; i++)
        assert_true(complex[2 * i] == six[i] && complex[2 * i + 1] == -six[i]);
    free(complex);
    assert_floats(*state, &outputs[3], (const float[]){1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6}, 12);
    model_release(&model);
}

/* Held, and where the caller has room. */
static void what_lies_in_memory_with_the_other_sign_comes_with_its_own(void **state)
{
    struct file input = file_read(in_folder("negated.0.in"));
    struct file all = file_read(in_folder("negated.0.out"));
    struct file one = file_read(in_folder("negated.1.out"));
    struct vaccel_tensor x = floats((float *)input.bytes, 2, 3);
    struct vaccel_tensor held[2] = {{0}};
    float all_room[6], one_room;
    struct vaccel_tensor outputs[2] = {{.data = all_room, .size = sizeof(all_room)},
                                       {.data = &one_room, .size = sizeof(one_room)}};
    struct vaccel_resource model;

    model_load(*state, &model, "negated");
    assert_int_equal(vaccel_model_run(*state, &model, NULL, &x, 1, held, 2), VACCEL_OK);
    assert_int_equal(vaccel_model_run(*state, &model, NULL, &x, 1, outputs, 2), VACCEL_OK);
    model_release(&model);
    assert_floats(*state, &held[0], (float *)all.bytes, 6);
    assert_floats(*state, &held[1], (float *)one.bytes, 1);
    assert_memory_equal(all_room, all.bytes, sizeof(all_room));
    assert_memory_equal(&one_room, one.bytes, sizeof(one_room));
    free(input.bytes);
    free(all.bytes);
    free(one.bytes);
}

static void room_that_is_too_small_is_left_alone(void **state)
{
    struct vaccel_tensor input = floats(six, 2, 3);
    float room[2] = {7, 7};
    struct vaccel_tensor output = {.data = room, .size = sizeof(room)};
    struct vaccel_resource model;

    model_load(*state, &model, "same");
    assert_int_equal(vaccel_model_run(*state, &model, NULL, &input, 1, &output, 1), VACCEL_ERANGE);
    assert_int_equal(output.size, sizeof(six));
    assert_true(room[0] == 7 && room[1] == 7);
    assert_floats(*state, &output, six, 6);
    model_release(&model);
}

static void empty_tensors_pass(void **state)
{
    struct vaccel_tensor input = {.data_type = VACCEL_DATA_FLOAT32, .nr_dims = 2, .dims = {0, 3}};
    struct vaccel_resource model;
    struct vaccel_tensor output;

    model_load(*state, &model, "same");
    output = run_one(*state, &model, input);
    assert_int_equal(output.size, 0);
    assert_true(output.nr_dims == 2 && output.dims[0] == 0 && output.dims[1] == 3);
    model_release(&model);
}

static void assert_not_written(struct vaccel_session *sess, const char *name)
{
    float data[2] = {1, 2};
    struct vaccel_resource model;
    struct vaccel_tensor output;

    model_load(sess, &model, name);
    output = run_one(sess, &model, floats(data, 0, 2));
    assert_floats(sess, &output, (const float[]){2, 3}, 2);
    assert_true(data[0] == 1 && data[1] == 2);
    model_release(&model);
}

static void inputs_are_not_written(void **state)
{
    assert_not_written(*state, "writer");
    assert_not_written(*state, "lent");
}

/* The module keeps a tensor whose memory is not the caller's. */
static void assert_keeps(struct vaccel_session *sess, const char *name)
{
    float *data = malloc(3 * sizeof(*data));
    struct vaccel_resource model;
    struct vaccel_tensor output;

    assert_non_null(data);
    memcpy(data, six, 3 * sizeof(*data));
    model_load(sess, &model, name);
    output = run_one(sess, &model, floats(data, 0, 3));
    assert_floats(sess, &output, (const float[]){0, 0, 0}, 3);
    memset(data, 0x55, 3 * sizeof(*data));
    free(data);
    output = run_one(sess, &model, floats(six + 3, 0, 3));
    assert_floats(sess, &output, six, 3);
    model_release(&model);
}

static void inputs_can_be_kept(void **state)
{
    assert_keeps(*state, "keeper");
    assert_keeps(*state, "collector");
}

static void assert_spec(const struct vaccel_tensor_spec *spec, const char *name,
                        enum vaccel_data_type type, int nr_dims)
{
    assert_string_equal(spec->name, name);
    assert_int_equal(spec->data_type, type);
    assert_int_equal(spec->nr_dims, nr_dims);
}

static void info_tells_what_torchscript_knows(void **state)
{
    struct vaccel_model_info *info;
    struct vaccel_resource model;

    model_load(*state, &model, "several");
    assert_int_equal(vaccel_model_info(*state, &model, NULL, &info), VACCEL_OK);
    assert_string_equal(info->format, "torchscript");
    assert_string_equal(info->engine, "torch");
    assert_int_equal(info->nr_signatures, 2);
    assert_int_equal(info->nr_inputs, 3);
    assert_spec(&info->inputs[0], "x", VACCEL_DATA_UNKNOWN, -1);
    assert_spec(&info->inputs[2], "scale", VACCEL_DATA_FLOAT64, 0);
    assert_int_equal(info->nr_outputs, 4);
    assert_spec(&info->outputs[3], "output_3", VACCEL_DATA_UNKNOWN, -1);
    vaccel_model_info_delete(info);
    assert_int_equal(vaccel_model_info(*state, &model, "swap", &info), VACCEL_OK);
    assert_true(info->nr_inputs == 2 && info->nr_outputs == 2);
    vaccel_model_info_delete(info);
    model_release(&model);

    model_load(*state, &model, "named");
    assert_int_equal(vaccel_model_info(*state, &model, NULL, &info), VACCEL_OK);
    assert_int_equal(info->nr_outputs, 2);
    assert_spec(&info->outputs[1], "count", VACCEL_DATA_INT64, 0);
    vaccel_model_info_delete(info);
    model_release(&model);

    model_load(*state, &model, "dictionary");
    assert_int_equal(vaccel_model_info(*state, &model, NULL, &info), VACCEL_OK);
    assert_int_equal(info->nr_outputs, 0);
    vaccel_model_info_delete(info);
    model_release(&model);
}

static void the_classic_call_gives_the_same(void **state)
{
    struct vaccel_torch_tensor input = {.data = six,
                                        .size = sizeof(six),
                                        .nr_dims = 2,
                                        .dims = (int64_t[]){2, 3},
                                        .data_type = VACCEL_TORCH_FLOAT};
    struct vaccel_torch_tensor *const inputs[] = {&input};
    struct vaccel_torch_tensor *outputs[2];
    struct vaccel_resource model;

    assert_int_equal(vaccel_resource_init(&model, in_folder("views.pt"), VACCEL_RESOURCE_MODEL),
                     VACCEL_OK);
    assert_int_equal(vaccel_resource_register(&model, *state), VACCEL_OK);
    assert_int_equal(vaccel_torch_model_load(*state, &model), VACCEL_OK);
    assert_int_equal(vaccel_torch_model_run(*state, &model, NULL, inputs, 1, outputs, 2),
                     VACCEL_OK);
    assert_true(outputs[0]->nr_dims == 2 && outputs[0]->dims[0] == 3);
    assert_memory_equal(outputs[0]->data, ((const float[]){1, 4, 2, 5, 3, 6}), sizeof(six));
    vaccel_torch_tensor_delete(outputs[0]);
    vaccel_torch_tensor_delete(outputs[1]);
    model_release(&model);
}

static void sgemm_multiplies_and_adds(void **state)
{
    int64_t dims[3][2] = {{2, 3}, {3, 1}, {2, 1}};
    float c[2] = {10, 20};
    struct vaccel_torch_tensor tensors[3] = {
        {six, sizeof(six), false, 2, dims[0], VACCEL_TORCH_FLOAT},
        {six, 3 * sizeof(float), false, 2, dims[1], VACCEL_TORCH_FLOAT},
        {c, sizeof(c), false, 2, dims[2], VACCEL_TORCH_FLOAT},
    };
    struct vaccel_torch_tensor *pointers[3] = {&tensors[0], &tensors[1], &tensors[2]}, *out;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    assert_int_equal(
        vaccel_torch_sgemm(*state, &pointers[0], &pointers[1], &pointers[2], 2, 1, 3, &out),
        VACCEL_OK);
#pragma GCC diagnostic pop
    assert_true(((float *)out->data)[0] == 24 && ((float *)out->data)[1] == 52);
    vaccel_torch_tensor_delete(out);
}

enum { NR_THREADS = 4, NR_RUNS = 200 };

struct work {
    struct vaccel_session *sess;
    struct vaccel_resource *model;
    float input[40], expected[20];
    int wrong;
};

static void *run_many(void *argument)
{
    struct work *work = argument;

    for (int i = 0; i < NR_RUNS; i++) {
        float room[20];
        struct vaccel_tensor input = floats(work->input, 5, 8);
        struct vaccel_tensor output = {.data = room, .size = sizeof(room)};

        if (vaccel_model_run(work->sess, work->model, NULL, &input, 1, &output, 1) != VACCEL_OK)
            work->wrong++;
        for (int j = 0; j < 20; j++)
            work->wrong +=
                room[j] > work->expected[j] + 1e-6F || room[j] < work->expected[j] - 1e-6F;
    }
    return NULL;
}

static void threads_get_what_torch_gave(void **state)
{
    struct file input = file_read(in_folder("linear.0.in"));
    struct file expected = file_read(in_folder("linear.0.out"));
    struct vaccel_resource model;
    struct work work[NR_THREADS];
    pthread_t threads[NR_THREADS];

    model_load(*state, &model, "linear");
    for (int i = 0; i < NR_THREADS; i++) {
        work[i] = (struct work){.sess = *state, .model = &model};
        memcpy(work[i].input, input.bytes, input.size);
        memcpy(work[i].expected, expected.bytes, expected.size);
        assert_int_equal(pthread_create(&threads[i], NULL, run_many, &work[i]), 0);
    }
    for (int i = 0; i < NR_THREADS; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(work[i].wrong, 0);
    }
    free(input.bytes);
    free(expected.bytes);
    model_release(&model);
}

enum { NR_CHANGED = 1 << 18 };

static void run_while_changed(struct vaccel_session *sess, struct vaccel_resource *model,
                              float *elements)
{
    struct changing *changing = changing_begin(elements, NR_CHANGED);

    for (int i = 0; i < NR_RUNS; i++) {
        struct vaccel_tensor output = run_one(sess, model, floats(elements, 0, NR_CHANGED));

        assert_true(output.held > 0);
        assert_int_equal(vaccel_tensor_drop(sess, &output), VACCEL_OK);
    }
    changing_end(changing);
}

/*
 * Torch counts the elements that are not 0, and then writes down the places of those it finds; it looks for the
 * median until it meets an element that is not smaller.
 */
static void elements_may_change_meanwhile(void **state)
{
    static const char *const names[] = {"places", "median"};
    struct vaccel_resource model;

#ifdef __SANITIZE_THREAD__
    skip(); /* it is a race, and meant to be one */
#endif
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        float *elements = calloc(NR_CHANGED, sizeof(*elements));

        assert_non_null(elements);
        model_load(*state, &model, names[i]);
        run_while_changed(*state, &model, elements);
        model_release(&model);
        free(elements);
    }
}

int main(void)
{
#define WITH_SESSION(test) cmocka_unit_test_setup_teardown(test, torch_begin, torch_end)
    const struct CMUnitTest tests[] = {
        WITH_SESSION(each_element_type_passes_or_is_refused),
        WITH_SESSION(bools_are_0_or_1),
        WITH_SESSION(a_traced_network_gives_what_torch_gave),
        WITH_SESSION(a_model_in_memory_is_loaded),
        WITH_SESSION(nested_tuples_are_flattened),
        WITH_SESSION(names_go_before_places),
        WITH_SESSION(methods_are_signatures),
        WITH_SESSION(fields_and_keys_are_names),
        WITH_SESSION(lists_are_as_long_as_they_are),
        WITH_SESSION(tuples_come_as_their_elements),
        WITH_SESSION(views_come_in_order),
        WITH_SESSION(what_lies_in_memory_with_the_other_sign_comes_with_its_own),
        WITH_SESSION(room_that_is_too_small_is_left_alone),
        WITH_SESSION(empty_tensors_pass),
        WITH_SESSION(inputs_are_not_written),
        WITH_SESSION(inputs_can_be_kept),
        WITH_SESSION(info_tells_what_torchscript_knows),
        WITH_SESSION(the_classic_call_gives_the_same),
        WITH_SESSION(sgemm_multiplies_and_adds),
        WITH_SESSION(threads_get_what_torch_gave),
        WITH_SESSION(elements_may_change_meanwhile),
    };

    return run_with_models(tests, sizeof(tests) / sizeof(tests[0]));
}
