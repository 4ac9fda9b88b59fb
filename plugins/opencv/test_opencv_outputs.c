/* SPDX-License-Identifier: Apache-2.0 */
#include "test_support.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* Placed, held and too small outputs; the annotated pictures; several threads; the order of
 * colours. */

static struct file digit_read(void)
{
    return file_read(MODELS "/digits/held-out/000.png");
}

static struct file scene_read(void)
{
    return file_read(MODELS "/scenes/scenes/01.png");
}

static void held_classes_are_all_that_there_are(void **state)
{
    struct vaccel_session *sess = *state;
    struct file picture = digit_read();
    struct vaccel_output out = {NULL, 0, 0};
    struct vaccel_vision_class *classes;

    assert_int_equal(vaccel_vision_classify(sess, picture.bytes, picture.size, &out, NULL),
                     VACCEL_OK);
    assert_int_equal(out.size, 10 * sizeof(*classes));
    classes = fetch(sess, &out);
    assert_true(classes[0].score > 0.5F);
    free(classes);
    free(picture.bytes);
}

static void placed_classes_are_the_best_for_which_there_is_room(void **state)
{
    struct vaccel_session *sess = *state;
    struct file picture = digit_read();
    struct vaccel_vision_class classes[4];
    struct vaccel_output out = {classes, 3 * sizeof(classes[0]) + 5, 0};

    memset(classes, 0x55, sizeof(classes));
    assert_int_equal(vaccel_vision_classify(sess, picture.bytes, picture.size, &out, NULL),
                     VACCEL_OK);
    assert_int_equal(out.size, 3 * sizeof(classes[0]));
    assert_int_equal(out.held, 0);
    assert_true(classes[0].score >= classes[1].score && classes[1].score >= classes[2].score);
    assert_int_equal(((unsigned char *)&classes[3])[0], 0x55);
    free(picture.bytes);
}

static void room_for_no_class_holds_them(void **state)
{
    struct vaccel_session *sess = *state;
    struct file picture = digit_read();
    char room[8];
    struct vaccel_output out = {room, sizeof(room), 0};

    assert_int_equal(vaccel_vision_classify(sess, picture.bytes, picture.size, &out, NULL),
                     VACCEL_ERANGE);
    assert_int_equal(out.size, 10 * sizeof(struct vaccel_vision_class));
    free(fetch(sess, &out));
    free(picture.bytes);
}

static void one_output_that_does_not_fit_spoils_no_other(void **state)
{
    struct vaccel_session *sess = *state;
    struct file picture = scene_read();
    struct vaccel_vision_class classes[11];
    unsigned char room[100];
    struct vaccel_vision_shape shape;
    struct vaccel_output mask = {room, sizeof(room), 0}, present = {classes, sizeof(classes), 0};
    struct vaccel_output annotated = {NULL, 0, 0};

    assert_int_equal(vaccel_vision_segment(sess, picture.bytes, picture.size, &shape, &mask,
                                           &present, &annotated),
                     VACCEL_ERANGE);
    assert_true(shape.width == 64 && shape.height == 64);
    assert_int_equal(mask.size, 64 * 64);
    assert_int_equal(present.size % sizeof(classes[0]), 0);
    assert_int_equal(present.held, 0);
    assert_string_equal(classes[0].label, "ground");
    free(fetch(sess, &mask));
    free(fetch(sess, &annotated));
    free(picture.bytes);
}

static void outputs_that_nobody_wants_are_no_error(void **state)
{
    struct vaccel_session *sess = *state;
    struct file picture = scene_read();

    assert_int_equal(vaccel_vision_detect(sess, picture.bytes, picture.size, NULL, NULL),
                     VACCEL_OK);
    assert_int_equal(
        vaccel_vision_segment(sess, picture.bytes, picture.size, NULL, NULL, NULL, NULL),
        VACCEL_OK);
    assert_int_equal(vaccel_vision_pose(sess, picture.bytes, picture.size, NULL, NULL), VACCEL_OK);
    assert_int_equal(vaccel_vision_depth(sess, picture.bytes, picture.size, NULL, NULL, NULL),
                     VACCEL_OK);
    free(picture.bytes);
}

static void assert_annotated(struct vaccel_session *sess, struct vaccel_output *out, uint32_t width,
                             uint32_t height)
{
    void *png = fetch(sess, out);
    uint32_t actual_width, actual_height;

    png_size(png, out->size, &actual_width, &actual_height);
    assert_int_equal(actual_width, width);
    assert_int_equal(actual_height, height);
    free(png);
    memset(out, 0, sizeof(*out));
}

static void small_pictures_are_annotated_enlarged(void **state)
{
    struct vaccel_session *sess = *state;
    struct file digit = digit_read();
    struct vaccel_output out = {NULL, 0, 0};

    assert_int_equal(vaccel_vision_classify(sess, digit.bytes, digit.size, NULL, &out), VACCEL_OK);
    assert_annotated(sess, &out, 256, 256);
    free(digit.bytes);
}

static void all_four_others_annotate(void **state)
{
    struct vaccel_session *sess = *state;
    struct file scene = file_read(MODELS "/scenes/scenes/other-96x80.png");
    struct vaccel_output out = {NULL, 0, 0};

    assert_int_equal(vaccel_vision_detect(sess, scene.bytes, scene.size, NULL, &out), VACCEL_OK);
    assert_annotated(sess, &out, 192, 160);
    assert_int_equal(vaccel_vision_segment(sess, scene.bytes, scene.size, NULL, NULL, NULL, &out),
                     VACCEL_OK);
    assert_annotated(sess, &out, 192, 160);
    assert_int_equal(vaccel_vision_pose(sess, scene.bytes, scene.size, NULL, &out), VACCEL_OK);
    assert_annotated(sess, &out, 192, 160);
    assert_int_equal(vaccel_vision_depth(sess, scene.bytes, scene.size, NULL, NULL, &out),
                     VACCEL_OK);
    assert_annotated(sess, &out, 192, 160);
    free(scene.bytes);
}

static void annotating_changes_no_result(void **state)
{
    struct vaccel_session *sess = *state;
    struct file scene = scene_read();
    struct vaccel_vision_box boxes[2][8];
    struct vaccel_output plain = {boxes[0], sizeof(boxes[0]), 0};
    struct vaccel_output other = {boxes[1], sizeof(boxes[1]), 0}, picture = {NULL, 0, 0};

    memset(boxes, 0, sizeof(boxes));
    assert_int_equal(vaccel_vision_detect(sess, scene.bytes, scene.size, &plain, NULL), VACCEL_OK);
    assert_int_equal(vaccel_vision_detect(sess, scene.bytes, scene.size, &other, &picture),
                     VACCEL_OK);
    assert_memory_equal(boxes[0], boxes[1], sizeof(boxes[0]));
    free(scene.bytes);
}

/* Its network is a resource, in a session, but not of the application's. */
static void what_the_plugin_runs_is_its_own(void **state)
{
    struct vaccel_session *sess = *state;
    struct file picture = digit_read();
    struct vaccel_resource *resource;
    struct vaccel_session *found;

    assert_int_equal(vaccel_vision_classify(sess, picture.bytes, picture.size, NULL, NULL),
                     VACCEL_OK);
    assert_int_equal(vaccel_resource_get_by_type(&resource, VACCEL_RESOURCE_MODEL), VACCEL_ENOENT);
    for (vaccel_id_t id = 1; id < 8; id++) {
        assert_int_equal(vaccel_resource_get_by_id(&resource, id), VACCEL_ENOENT);
        if (id != sess->id)
            assert_int_equal(vaccel_session_get_by_id(&found, id), VACCEL_ENOENT);
    }
    free(picture.bytes);
}

enum { NR_THREADS = 4, NR_DIGITS = 20, NR_ROUNDS = 5 };

struct work {
    struct vaccel_session *sess;
    struct file *digits;
    struct vaccel_vision_class *expected;
    int wrong;
};

static void *classify_all(void *argument)
{
    struct work *work = argument;

    for (int i = 0; i < NR_DIGITS * NR_ROUNDS; i++) {
        struct file digit = work->digits[i % NR_DIGITS];
        struct vaccel_vision_class best;
        struct vaccel_output out = {&best, sizeof(best), 0};

        if (vaccel_vision_classify(work->sess, digit.bytes, digit.size, &out, NULL) != VACCEL_OK ||
            best.index != work->expected[i % NR_DIGITS].index ||
            best.score != work->expected[i % NR_DIGITS].score)
            work->wrong++;
    }
    return NULL;
}

static void threads_get_what_one_thread_gets(void **state)
{
    struct vaccel_session *sess = *state;
    struct file digits[NR_DIGITS];
    struct vaccel_vision_class expected[NR_DIGITS];
    struct work work[NR_THREADS];
    pthread_t threads[NR_THREADS];

    for (int i = 0; i < NR_DIGITS; i++) {
        char path[256];
        struct vaccel_output out = {&expected[i], sizeof(expected[i]), 0};

        snprintf(path, sizeof(path), "%s/digits/held-out/%03d.png", MODELS, i);
        digits[i] = file_read(path);
        assert_int_equal(vaccel_vision_classify(sess, digits[i].bytes, digits[i].size, &out, NULL),
                         VACCEL_OK);
    }
    for (int i = 0; i < NR_THREADS; i++) {
        work[i] = (struct work){sess, digits, expected, 0};
        assert_int_equal(pthread_create(&threads[i], NULL, classify_all, &work[i]), 0);
    }
    for (int i = 0; i < NR_THREADS; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(work[i].wrong, 0);
    }
    for (int i = 0; i < NR_DIGITS; i++)
        free(digits[i].bytes);
}

/*
 * A network whose three scores are the means of its three channels (an ONNX file, by hand: one node
 * GlobalAveragePool from "x" of 1 3 4 4 to "y" of 1 3 1 1).
 */
/* clang-format off */
static const unsigned char mean_of_channels[] = {
    0x08, 7, 0x42, 4, 0x0a, 0, 0x10, 11, 0x3a, 88,
    0x0a, 25, 0x0a, 1, 'x', 0x12, 1, 'y', 0x22, 17,
    'G', 'l', 'o', 'b', 'a', 'l', 'A', 'v', 'e', 'r', 'a', 'g', 'e', 'P', 'o', 'o', 'l',
    0x12, 1, 'g',
    0x5a, 27, 0x0a, 1, 'x', 0x12, 22, 0x0a, 20, 0x08, 1, 0x12, 16,
    0x0a, 2, 0x08, 1, 0x0a, 2, 0x08, 3, 0x0a, 2, 0x08, 4, 0x0a, 2, 0x08, 4,
    0x62, 27, 0x0a, 1, 'y', 0x12, 22, 0x0a, 20, 0x08, 1, 0x12, 16,
    0x0a, 2, 0x08, 1, 0x0a, 2, 0x08, 3, 0x0a, 2, 0x08, 1, 0x0a, 2, 0x08, 1,
};
/* clang-format on */

/* The scores of a picture of one colour by class, after mean and scale of their own. */
static void mean_scores(void **state, const char *order, const unsigned char bgr[3],
                        float scores[3])
{
    struct vaccel_session *sess = *state;
    struct file png = make_png(sess, 9, 7, bgr);
    struct vaccel_vision_class classes[3];
    struct vaccel_output out = {classes, sizeof(classes), 0};
    char text[512];

    file_write(in_folder("mean.onnx"), mean_of_channels, sizeof(mean_of_channels));
    snprintf(text, sizeof(text),
             "network = \"mean.onnx\"\n[input]\nwidth = 4\nheight = 4\nchannels = \"%s\"\n"
             "mean = [10, 20, 30]\nscale = [0.001, 0.002, 0.003]\n"
             "[output]\nkind = \"probabilities\"\n",
             order);
    describe("classify", text);
    assert_int_equal(vaccel_vision_classify(sess, png.bytes, png.size, &out, NULL), VACCEL_OK);
    assert_int_equal(out.size, sizeof(classes));
    for (int i = 0; i < 3; i++)
        scores[classes[i].index] = classes[i].score;
    free(png.bytes);
}

static void assert_scores(const float scores[3], float first, float second, float third)
{
    const float expected[3] = {first, second, third};

    for (int i = 0; i < 3; i++)
        assert_true(scores[i] > expected[i] - 1e-4F && scores[i] < expected[i] + 1e-4F);
}

static void rgb_networks_get_red_first(void **state)
{
    static const unsigned char bgr[3] = {110, 120, 230};
    float scores[3];

    mean_scores(state, "rgb", bgr, scores);
    assert_scores(scores, 0.220F, 0.200F, 0.240F);
}

static void bgr_networks_get_blue_first(void **state)
{
    static const unsigned char bgr[3] = {110, 120, 230};
    float scores[3];

    mean_scores(state, "bgr", bgr, scores);
    assert_scores(scores, 0.100F, 0.200F, 0.600F);
}

int main(void)
{
#define WITH_DIGITS(test) cmocka_unit_test_setup_teardown(test, opencv_begin_digits, opencv_end)
#define WITH_SCENES(test) cmocka_unit_test_setup_teardown(test, opencv_begin_scenes, opencv_end)
#define ON_EMPTY(test) cmocka_unit_test_setup_teardown(test, opencv_begin, opencv_end)
    const struct CMUnitTest tests[] = {
        WITH_DIGITS(held_classes_are_all_that_there_are),
        WITH_DIGITS(placed_classes_are_the_best_for_which_there_is_room),
        WITH_DIGITS(room_for_no_class_holds_them),
        WITH_SCENES(one_output_that_does_not_fit_spoils_no_other),
        WITH_SCENES(outputs_that_nobody_wants_are_no_error),
        WITH_DIGITS(small_pictures_are_annotated_enlarged),
        WITH_SCENES(all_four_others_annotate),
        WITH_SCENES(annotating_changes_no_result),
        WITH_DIGITS(what_the_plugin_runs_is_its_own),
        WITH_DIGITS(threads_get_what_one_thread_gets),
        ON_EMPTY(rgb_networks_get_red_first),
        ON_EMPTY(bgr_networks_get_blue_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
