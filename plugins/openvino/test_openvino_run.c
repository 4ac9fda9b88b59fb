/* SPDX-License-Identifier: Apache-2.0 */
#include "test_support.h"

/* x + 1 and -x, of three numbers. */
static struct vaccel_resource *load_names(struct vaccel_session *sess)
{
    return load(sess, in_folder("names.xml"));
}

static void assert_next(const float *got, const float *numbers)
{
    for (size_t i = 0; i < 3; i++)
        assert_true(got[i] == numbers[i] + 1);
}

static void all_names_and_places_are_known(void **state)
{
    static const char *const inputs[] = {"x", "also-x", "x:0", NULL};
    static const char *const outputs[] = {"y", "also-y", "also-y:0", NULL};
    struct vaccel_session *sess = *state;
    struct vaccel_resource *model = load_names(sess);
    float numbers[] = {1, 2, 3}, room[3];

    for (size_t i = 0; i < sizeof(inputs) / sizeof(inputs[0]); i++) {
        struct vaccel_tensor input = vector(inputs[i], numbers, 3);
        struct vaccel_tensor output = {.name = outputs[i], .data = room, .size = sizeof(room)};

        memset(room, 0, sizeof(room));
        assert_int_equal(vaccel_model_run(sess, model, "", &input, 1, &output, 1), VACCEL_OK);
        assert_int_equal(output.size, sizeof(room));
        assert_next(room, numbers);
    }
    unload(sess, model);
}

static void an_output_may_be_wanted_twice(void **state)
{
    struct vaccel_session *sess = *state;
    struct vaccel_resource *model = load_names(sess);
    float numbers[] = {4, 5, 6}, first[3], second[3];
    struct vaccel_tensor input = vector(NULL, numbers, 3);
    struct vaccel_tensor outputs[] = {{.name = "y", .data = first, .size = sizeof(first)},
                                      {.name = "y", .data = second, .size = sizeof(second)}};

    assert_int_equal(vaccel_model_run(sess, model, NULL, &input, 1, outputs, 2), VACCEL_OK);
    assert_next(first, numbers);
    assert_next(second, numbers);
    unload(sess, model);
}

/* The next run must not write where the one before was told to. */
static void a_run_leaves_the_room_of_the_one_before_alone(void **state)
{
    struct vaccel_session *sess = *state;
    struct vaccel_resource *model = load_names(sess);
    float numbers[] = {1, 2, 3}, other[] = {7, 8, 9}, room[3];
    struct vaccel_tensor input = vector(NULL, numbers, 3), later = vector(NULL, other, 3);
    struct vaccel_tensor output = {.data = room, .size = sizeof(room)}, held = {.name = "y"};

    assert_int_equal(vaccel_model_run(sess, model, NULL, &input, 1, &output, 1), VACCEL_OK);
    assert_int_equal(vaccel_model_run(sess, model, NULL, &later, 1, &held, 1), VACCEL_OK);
    assert_next(room, numbers);
    tensor_fetch(sess, &held);
    assert_next(held.data, other);
    free(held.data);
    unload(sess, model);
}

/* Outputs, of which those with a 1 in @placed have room. */
static void run_same(struct vaccel_session *sess, struct vaccel_resource *model, float *numbers,
                     unsigned int placed, float rooms[4][3])
{
    struct vaccel_tensor input = vector(NULL, numbers, 3);
    struct vaccel_tensor outputs[4] = {{0}};

    for (size_t i = 0; i < 4; i++) {
        if (!(placed & 1U << i))
            continue;
        outputs[i].data = rooms[i];
        outputs[i].size = sizeof(rooms[i]);
    }
    assert_int_equal(vaccel_model_run(sess, model, NULL, &input, 1, outputs, 4), VACCEL_OK);
    for (size_t i = 0; i < 4; i++) {
        if (!(placed & 1U << i)) {
            tensor_fetch(sess, &outputs[i]);
            memcpy(rooms[i], outputs[i].data, sizeof(rooms[i]));
            free(outputs[i].data);
        }
        assert_memory_equal(rooms[i], numbers, sizeof(rooms[i]));
    }
}

/* Where an output is the input as it is, or another one, the next run must not write what was memory of the one before. */
static void a_run_leaves_the_input_of_the_one_before_alone(void **state)
{
    static const float no_more[] = {-1, -1, -1};
    struct vaccel_session *sess = *state;
    struct vaccel_resource *model = load(sess, in_folder("same.xml"));

    for (unsigned int placed = 0; placed < 256; placed++) {
        float numbers[] = {1, 2, 3}, other[] = {7, 8, 9}, rooms[4][3], later_rooms[4][3];

        run_same(sess, model, numbers, placed & 15, rooms);
        memcpy(numbers, no_more, sizeof(no_more));
        for (size_t i = 0; i < 4; i++)
            memcpy(rooms[i], no_more, sizeof(no_more));
        run_same(sess, model, other, placed >> 4, later_rooms);
        assert_memory_equal(numbers, no_more, sizeof(no_more));
        for (size_t i = 0; i < 4; i++)
            assert_memory_equal(rooms[i], no_more, sizeof(no_more));
    }
    unload(sess, model);
}

static void a_run_knows_nothing_of_the_one_before(void **state)
{
    struct vaccel_session *sess = *state;
    struct vaccel_resource *model = load(sess, in_folder("counter.xml"));

    for (int i = 0; i < 3; i++) {
        float numbers[] = {1, 2, 3}, room[3];
        struct vaccel_tensor input = vector("x", numbers, 3);
        struct vaccel_tensor output = {.data = room, .size = sizeof(room)};

        assert_int_equal(vaccel_model_run(sess, model, NULL, &input, 1, &output, 1), VACCEL_OK);
        assert_memory_equal(room, numbers, sizeof(room));
    }
    unload(sess, model);
}

static void what_does_not_fit_is_held_and_the_others_are_there(void **state)
{
    struct vaccel_session *sess = *state;
    struct vaccel_resource *model = load_names(sess);
    float numbers[] = {1, 2, 3}, room[3], small[2];
    struct vaccel_tensor input = vector(NULL, numbers, 3);
    struct vaccel_tensor outputs[] = {{.name = "y", .data = small, .size = sizeof(small)},
                                      {.name = NULL, .data = room, .size = sizeof(room)}};

    assert_int_equal(vaccel_model_run(sess, model, NULL, &input, 1, outputs, 2), VACCEL_ERANGE);
    assert_int_equal(outputs[0].size, sizeof(room));
    assert_true(room[0] == -1 && room[2] == -3);
    tensor_fetch(sess, &outputs[0]);
    assert_next(outputs[0].data, numbers);
    free(outputs[0].data);
    unload(sess, model);
}

/* Returns whether the run failed so, with the words in the log, and nothing held. */
static void assert_refused(struct vaccel_session *sess, struct vaccel_resource *model,
                           const char *signature, const struct vaccel_tensor *inputs,
                           size_t nr_inputs, const char *wanted, const char *words)
{
    struct vaccel_tensor output = {.name = wanted};

    capture_begin();
    assert_int_equal(vaccel_model_run(sess, model, signature, inputs, nr_inputs, &output, 1),
                     VACCEL_EINVAL);
    assert_logged(capture_end(), WORDS(words));
    assert_int_equal(output.held, 0);
}

static void what_the_model_does_not_have_is_refused(void **state)
{
    struct vaccel_session *sess = *state;
    struct vaccel_resource *model = load_names(sess);
    float numbers[] = {1, 2, 3};
    struct vaccel_tensor input = vector("x", numbers, 3), unknown = vector("z", numbers, 3);
    struct vaccel_tensor twice[] = {input, input};
    struct vaccel_tensor outputs[3] = {{0}};

    assert_refused(sess, model, "train", &input, 1, "y", "\"train\"");
    assert_refused(sess, model, "serving_default", &input, 1, "y", "\"serving_default\"");
    assert_refused(sess, model, NULL, &unknown, 1, "y", "no input \"z\": it has \"also-x\"");
    assert_refused(sess, model, NULL, &input, 1, "z", "no output \"z\": it has \"also-y\"");
    assert_refused(sess, model, NULL, twice, 2, "y", "2 inputs: the model takes 1");
    capture_begin();
    assert_int_equal(vaccel_model_run(sess, model, NULL, &input, 1, outputs, 3), VACCEL_EINVAL);
    assert_logged(capture_end(), WORDS("no output 2: it has 2"));
    unload(sess, model);
}

static void an_input_given_twice_is_refused(void **state)
{
    struct vaccel_session *sess = *state;
    struct vaccel_resource *model = load(sess, in_folder("several.xml"));
    int64_t ids[4] = {0};
    struct vaccel_tensor input = {.name = "ids",
                                  .data_type = VACCEL_DATA_INT64,
                                  .nr_dims = 2,
                                  .dims = {1, 4},
                                  .data = ids,
                                  .size = sizeof(ids)};
    struct vaccel_tensor twice[] = {input, input};

    assert_refused(sess, model, NULL, twice, 2, NULL, "\"ids\" is given twice");
    unload(sess, model);
}

/* A shape is refused in OpenVINO's own words. */
static void wrong_types_and_shapes_are_refused(void **state)
{
    struct vaccel_session *sess = *state;
    struct vaccel_resource *model = load_names(sess);
    float numbers[8] = {0};
    struct vaccel_tensor type = vector("x", numbers, 3), scalar = vector("x", numbers, 0);
    struct vaccel_tensor longer = vector("x", numbers, 4), deeper = vector("x", numbers, 3);

    type.data_type = VACCEL_DATA_INT32;
    deeper.nr_dims = 2;
    deeper.dims[1] = 1;
    assert_refused(sess, model, NULL, &type, 1, "y", "is INT32: the model wants FLOAT32");
    assert_refused(sess, model, NULL, &longer, 1, "y", "shape");
    assert_refused(sess, model, NULL, &deeper, 1, "y", "shape");
    assert_refused(sess, model, NULL, &scalar, 1, "y", "shape");
    unload(sess, model);
}

static void after_a_refused_run_the_next_one_works(void **state)
{
    struct vaccel_session *sess = *state;
    struct vaccel_resource *model = load_names(sess);
    float numbers[] = {1, 2, 3, 4}, room[3];
    struct vaccel_tensor input = vector("x", numbers, 3), longer = vector("x", numbers, 4);

    for (int i = 0; i < 20; i++) {
        struct vaccel_tensor output = {.data = room, .size = sizeof(room)};

        assert_refused(sess, model, NULL, &longer, 1, "y", "shape");
        assert_int_equal(vaccel_model_run(sess, model, NULL, &input, 1, &output, 1), VACCEL_OK);
        assert_next(room, numbers);
    }
    unload(sess, model);
}

/* Two lengths that are not those of the data, and a zero byte in a string. */
static void strings_that_are_none_are_refused(void **state)
{
    struct vaccel_session *sess = *state;
    struct vaccel_resource *model = load(sess, in_folder("strings.xml"));
    struct {
        uint64_t length;
        char text[4];
    } data = {4, {'a', '\0', 'b', 'c'}};
    struct vaccel_tensor input = {.data_type = VACCEL_DATA_STRING,
                                  .nr_dims = 1,
                                  .dims = {1},
                                  .data = &data,
                                  .size = sizeof(data.length) + sizeof(data.text)};

    assert_refused(sess, model, NULL, &input, 1, NULL, "zero byte");
    unload(sess, model);
}

static void strings_cannot_come_back(void **state)
{
    struct vaccel_session *sess = *state;
    struct vaccel_resource *model = load(sess, in_folder("string-output.xml"));
    uint64_t length = 0;
    struct vaccel_tensor input = {.data_type = VACCEL_DATA_STRING,
                                  .nr_dims = 1,
                                  .dims = {1},
                                  .data = &length,
                                  .size = sizeof(length)};

    assert_refused(sess, model, NULL, &input, 1, NULL, "output \"again\" has strings");
    unload(sess, model);
}

struct work {
    struct vaccel_session *sess;
    struct vaccel_resource *model;
    float seed;
    int wrong;
};

static void *run_often(void *argument)
{
    struct work *work = argument;

    for (int i = 0; i < 200; i++) {
        float numbers[] = {work->seed, (float)i, work->seed * (float)i}, room[3] = {0};
        struct vaccel_tensor input = vector("x", numbers, 3);
        struct vaccel_tensor output = {.name = "y", .data = room, .size = sizeof(room)};

        work->wrong +=
            vaccel_model_run(work->sess, work->model, NULL, &input, 1, &output, 1) != VACCEL_OK;
        for (int j = 0; j < 3; j++)
            work->wrong += room[j] != numbers[j] + 1;
    }
    return NULL;
}

/* More than there are processors, so that some wait. */
static void threads_run_a_model_at_once(void **state)
{
    enum { THREADS = 24 };
    struct vaccel_session *sess = *state;
    struct vaccel_resource *model = load_names(sess);
    struct work work[THREADS];
    pthread_t threads[THREADS];

    for (int i = 0; i < THREADS; i++) {
        work[i] = (struct work){sess, model, (float)i, 0};
        assert_int_equal(pthread_create(&threads[i], NULL, run_often, &work[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(work[i].wrong, 0);
    }
    unload(sess, model);
}

static void inputs_that_cannot_be_are_refused(void **state)
{
    struct vaccel_resource *model = model_begin(*state, MODELS "/digits/digits.onnx");

    digits_refuse_wrong_inputs(*state, model);
    model_end(*state, model);
}

enum { NR_CHANGED = 1 << 20 };

/* OpenVINO counts the elements that are not 0, and then writes down the places of those it finds. */
static void elements_may_change_while_they_are_counted(void **state)
{
    struct vaccel_session *sess = *state;
    float *elements = calloc(NR_CHANGED, sizeof(*elements));
    struct vaccel_resource *model;
    struct changing *changing;

#ifdef __SANITIZE_THREAD__
    skip(); /* it is a race, and meant to be one */
#endif
    assert_non_null(elements);
    model = load(sess, in_folder("non-zero.xml"));
    changing = changing_begin(elements, NR_CHANGED);
    for (int i = 0; i < 50; i++) {
        struct vaccel_tensor input = vector("x", elements, NR_CHANGED);
        struct vaccel_tensor output = {0};

        assert_int_equal(vaccel_model_run(sess, model, NULL, &input, 1, &output, 1), VACCEL_OK);
        assert_int_equal(output.nr_dims, 2);
        assert_int_equal(vaccel_tensor_drop(sess, &output), VACCEL_OK);
    }
    changing_end(changing);
    unload(sess, model);
    free(elements);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_names_and_places_are_known),
        cmocka_unit_test(an_output_may_be_wanted_twice),
        cmocka_unit_test(a_run_leaves_the_room_of_the_one_before_alone),
        cmocka_unit_test(a_run_leaves_the_input_of_the_one_before_alone),
        cmocka_unit_test(a_run_knows_nothing_of_the_one_before),
        cmocka_unit_test(what_does_not_fit_is_held_and_the_others_are_there),
        cmocka_unit_test(what_the_model_does_not_have_is_refused),
        cmocka_unit_test(an_input_given_twice_is_refused),
        cmocka_unit_test(wrong_types_and_shapes_are_refused),
        cmocka_unit_test(inputs_that_cannot_be_are_refused),
        cmocka_unit_test(after_a_refused_run_the_next_one_works),
        cmocka_unit_test(strings_that_are_none_are_refused),
        cmocka_unit_test(strings_cannot_come_back),
        cmocka_unit_test(threads_run_a_model_at_once),
        cmocka_unit_test(elements_may_change_while_they_are_counted),
    };

    return cmocka_run_group_tests(tests, openvino_begin_with_models, openvino_end);
}
