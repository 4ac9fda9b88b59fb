/* SPDX-License-Identifier: Apache-2.0 */
#include "test_support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * What the plugin finds in the repository's pictures, against the numbers that another
 * implementation found (models/scenes/reference-*.csv). Tolerances, for sums made in another order:
 */
static const double score_tolerance = 0.001, pixel_tolerance = 0.05, depth_tolerance = 0.005;

enum { MAX_FOUND = 64 };

/* The lines of a table below its heading that begin with the name of a scene. */
static const char *next_line(const char *at, const char *scene)
{
    while ((at = strchr(at, '\n')) && at[1]) {
        at++;
        if (!strncmp(at, scene, strlen(scene)) && at[strlen(scene)] == ',')
            return at + strlen(scene) + 1;
    }
    return NULL;
}

static struct file scene_read(int number, char name[16])
{
    char path[256];

    snprintf(name, 16, "%02d.png", number);
    snprintf(path, sizeof(path), "%s/scenes/scenes/%s", MODELS, name);
    return file_read(path);
}

static void assert_near(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance))
        fail_msg("%g is not within %g of %g", value, tolerance, expected);
}

static void held_out_digits_are_classified_to_97_percent(void **state)
{
    struct vaccel_session *sess = *state;
    struct file table = file_read(MODELS "/digits/held-out/labels.csv");
    char *line = strchr((char *)table.bytes, '\n') + 1;
    int count = 0, right = 0;

    for (char *end; (end = strchr(line, '\n')); line = end + 1) {
        char path[256], name[32], label[16];
        unsigned char text[16];
        struct file picture;

        assert_int_equal(sscanf(line, "%31[^,],%15[^\n]", name, label), 2);
        snprintf(path, sizeof(path), "%s/digits/held-out/%s", MODELS, name);
        picture = file_read(path);
        assert_int_equal(vaccel_image_classification(sess, picture.bytes, text, NULL, picture.size,
                                                     sizeof(text), 0),
                         VACCEL_OK);
        free(picture.bytes);
        count++;
        right += !strcmp((char *)text, label);
    }
    free(table.bytes);
    print_message("%d of %d held-out digits are right: %.2f %%\n", right, count,
                  100.0 * right / count);
    assert_true(count >= 200);
    assert_true(right * 100 >= count * 97);
}

static void jpeg_is_classified_too(void **state)
{
    struct vaccel_session *sess = *state;
    struct file picture = file_read(MODELS "/digits/sample.jpg");
    struct vaccel_vision_class classes[10];
    struct vaccel_output out = {classes, sizeof(classes), 0};
    float sum = 0;

    assert_int_equal(vaccel_vision_classify(sess, picture.bytes, picture.size, &out, NULL),
                     VACCEL_OK);
    assert_int_equal(out.size, sizeof(classes));
    for (int i = 0; i < 10; i++) {
        sum += classes[i].score;
        assert_true(i == 0 || classes[i - 1].score >= classes[i].score);
        assert_int_equal(classes[i].index, (uint32_t)atoi(classes[i].label));
    }
    assert_near((double)sum, 1, score_tolerance);
    free(picture.bytes);
}

/* One line of the table is one box, in the order in which they are found. */
static void check_boxes(struct vaccel_session *sess, int scene, const char *table, int *total)
{
    struct vaccel_vision_box boxes[MAX_FOUND];
    struct vaccel_output out = {boxes, sizeof(boxes), 0};
    char name[16], label[16];
    struct file picture = scene_read(scene, name);
    double score, x, y, width, height;
    size_t i = 0;

    assert_int_equal(vaccel_vision_detect(sess, picture.bytes, picture.size, &out, NULL),
                     VACCEL_OK);
    for (const char *line = table; (line = next_line(line, name)); i++) {
        assert_int_equal(
            sscanf(line, "%15[^,],%lf,%lf,%lf,%lf,%lf", label, &score, &x, &y, &width, &height), 6);
        assert_true(i < out.size / sizeof(boxes[0]));
        assert_string_equal(boxes[i].object.label, label);
        assert_near((double)boxes[i].object.score, score, score_tolerance);
        assert_near((double)boxes[i].x, x, pixel_tolerance);
        assert_near((double)boxes[i].y, y, pixel_tolerance);
        assert_near((double)boxes[i].width, width, pixel_tolerance);
        assert_near((double)boxes[i].height, height, pixel_tolerance);
    }
    assert_int_equal(i, out.size / sizeof(boxes[0]));
    *total += (int)i;
    free(picture.bytes);
}

static void check_all_boxes(struct vaccel_session *sess)
{
    struct file table = file_read(MODELS "/scenes/reference-detect.csv");
    int total = 0;

    for (int scene = 0; scene < 16; scene++)
        check_boxes(sess, scene, (char *)table.bytes, &total);
    assert_true(total > 10);
    free(table.bytes);
}

static void boxes_agree_with_the_reference(void **state)
{
    check_all_boxes(*state);
}

static void yolov5_boxes_agree_with_the_same_reference(void **state)
{
    describe("detect",
             "network = \"@M@/scenes/detect-yolov5.onnx\"\nlabels = \"@M@/scenes/digits.txt\"\n"
             "[input]\nwidth = 64\nheight = 64\nchannels = \"gray\"\nmean = 32\nscale = 0.0078125\n"
             "[output]\nkind = \"yolov5\"\nthreshold = 0.5\noverlap = 0.45\n");
    check_all_boxes(*state);
}

static double shared_area(const struct vaccel_vision_box *box, const double other[4])
{
    double width = fmin(box->x + box->width, other[0] + other[2]) - fmax(box->x, other[0]);
    double height = fmin(box->y + box->height, other[1] + other[3]) - fmax(box->y, other[1]);
    double both = fmax(width, 0) * fmax(height, 0);

    return both / ((double)box->width * box->height + other[2] * other[3] - both);
}

/* The truth about a scene is a line of JSON, in which each digit has a label and a box. */
static void check_true_boxes(struct vaccel_session *sess, const char *name, const char *truth)
{
    struct vaccel_vision_box boxes[MAX_FOUND];
    struct vaccel_output out = {boxes, sizeof(boxes), 0};
    char path[256];
    struct file picture;
    int count = 0;

    snprintf(path, sizeof(path), "%s/scenes/scenes/%s", MODELS, name);
    picture = file_read(path);
    assert_int_equal(vaccel_vision_detect(sess, picture.bytes, picture.size, &out, NULL),
                     VACCEL_OK);
    truth = strstr(truth, name);
    for (const char *line_end = strchr(truth, '\n');
         (truth = strstr(truth, "{\"label\"")) && truth < line_end; truth++) {
        char label[8];
        double box[4], best = 0;

        assert_int_equal(sscanf(truth, "{\"label\": \"%7[^\"]\", \"box\": [%lf, %lf, %lf, %lf]",
                                label, &box[0], &box[1], &box[2], &box[3]),
                         5);
        for (size_t i = 0; i < out.size / sizeof(boxes[0]); i++)
            best =
                fmax(best, strcmp(boxes[i].object.label, label) ? 0 : shared_area(&boxes[i], box));
        if (best < 0.5)
            fail_msg("%s: the %s has no box that shares half of its area", name, label);
        count++;
    }
    assert_int_equal(count, 2);
    free(picture.bytes);
}

static void boxes_are_in_pixels_of_a_picture_of_any_size(void **state)
{
    struct vaccel_session *sess = *state;
    struct file truth = file_read(MODELS "/scenes/truth.json");

    check_true_boxes(sess, "other-96x80.png", (char *)truth.bytes);
    check_true_boxes(sess, "other-128x128.jpg", (char *)truth.bytes);
    free(truth.bytes);
}

static uint32_t crc32(const unsigned char *bytes, size_t size)
{
    uint32_t crc = 0xffffffff;

    for (size_t i = 0; i < size; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
    }
    return ~crc;
}

static void check_mask(struct vaccel_session *sess, int scene, const char *table)
{
    static unsigned char mask[64 * 64];
    struct vaccel_output out = {mask, sizeof(mask), 0}, classes = {NULL, 0, 0};
    struct vaccel_vision_shape shape;
    struct vaccel_vision_class *present;
    char name[16];
    struct file picture = scene_read(scene, name);
    unsigned int crc, inked;
    float rest = 0;

    assert_int_equal(
        vaccel_vision_segment(sess, picture.bytes, picture.size, &shape, &out, &classes, NULL),
        VACCEL_OK);
    assert_true(shape.width == 64 && shape.height == 64 && out.size == sizeof(mask));
    assert_int_equal(sscanf(next_line(table, name), "%*[^,],%x,%u", &crc, &inked), 2);
    assert_int_equal(crc32(mask, sizeof(mask)), crc);
    present = fetch(sess, &classes);
    assert_string_equal(present[0].label, "ground");
    for (size_t i = 1; i < classes.size / sizeof(*present); i++)
        rest += present[i].score;
    assert_near((double)rest * sizeof(mask), inked, 0.01);
    free(present);
    free(picture.bytes);
}

static void masks_agree_with_the_reference_to_the_pixel(void **state)
{
    struct vaccel_session *sess = *state;
    struct file table = file_read(MODELS "/scenes/reference-segment.csv");

    for (int scene = 0; scene < 16; scene++)
        check_mask(sess, scene, (char *)table.bytes);
    free(table.bytes);
}

static void check_points(struct vaccel_session *sess, int scene, const char *table, int *total)
{
    struct vaccel_vision_point points[MAX_FOUND];
    struct vaccel_output out = {points, sizeof(points), 0};
    char name[16], part[32];
    struct file picture = scene_read(scene, name);
    double score, x, y;
    size_t i = 0;

    assert_int_equal(vaccel_vision_pose(sess, picture.bytes, picture.size, &out, NULL), VACCEL_OK);
    for (const char *line = table; (line = next_line(line, name)); i++) {
        assert_int_equal(sscanf(line, "%31[^,],%lf,%lf,%lf", part, &score, &x, &y), 4);
        assert_true(i < out.size / sizeof(points[0]));
        assert_string_equal(points[i].part.label, part);
        assert_near((double)points[i].part.score, score, score_tolerance);
        assert_near((double)points[i].x, x, pixel_tolerance);
        assert_near((double)points[i].y, y, pixel_tolerance);
    }
    /* Scenes of several digits are not in the table. */
    assert_true(i == 0 || i == out.size / sizeof(points[0]));
    *total += (int)i;
    free(picture.bytes);
}

static void key_points_agree_with_the_reference(void **state)
{
    struct vaccel_session *sess = *state;
    struct file table = file_read(MODELS "/scenes/reference-pose.csv");
    int total = 0;

    for (int scene = 0; scene < 16; scene++)
        check_points(sess, scene, (char *)table.bytes, &total);
    assert_true(total > 10);
    free(table.bytes);
}

static void check_depth(struct vaccel_session *sess, int scene, const char *table, int *total)
{
    static float depth[64 * 64];
    struct vaccel_output out = {depth, sizeof(depth), 0};
    struct vaccel_vision_shape shape;
    char name[16];
    struct file picture = scene_read(scene, name);
    unsigned int x, y;
    double value;

    assert_int_equal(vaccel_vision_depth(sess, picture.bytes, picture.size, &shape, &out, NULL),
                     VACCEL_OK);
    assert_true(shape.width == 64 && shape.height == 64 && out.size == sizeof(depth));
    for (const char *line = table; (line = next_line(line, name)); (*total)++) {
        assert_int_equal(sscanf(line, "%u,%u,%lf", &x, &y, &value), 3);
        assert_true(x < 64 && y < 64);
        assert_near((double)depth[y * 64 + x], value, depth_tolerance);
    }
    free(picture.bytes);
}

static void depths_agree_with_the_reference(void **state)
{
    struct vaccel_session *sess = *state;
    struct file table = file_read(MODELS "/scenes/reference-depth.csv");
    int total = 0;

    for (int scene = 0; scene < 16; scene++)
        check_depth(sess, scene, (char *)table.bytes, &total);
    assert_int_equal(total, 16 * 64);
    free(table.bytes);
}

static void maps_have_the_size_of_the_picture(void **state)
{
    struct vaccel_session *sess = *state;
    struct file picture = file_read(MODELS "/scenes/scenes/other-96x80.png");
    struct vaccel_output mask = {NULL, 0, 0}, depth = {NULL, 0, 0};
    struct vaccel_vision_shape shape = {0, 0};

    assert_int_equal(
        vaccel_vision_segment(sess, picture.bytes, picture.size, &shape, &mask, NULL, NULL),
        VACCEL_OK);
    assert_true(shape.width == 96 && shape.height == 80);
    assert_int_equal(mask.size, 96 * 80);
    shape.width = 0;
    assert_int_equal(vaccel_vision_depth(sess, picture.bytes, picture.size, &shape, &depth, NULL),
                     VACCEL_OK);
    assert_true(shape.width == 96 && shape.height == 80);
    assert_int_equal(depth.size, 96 * 80 * sizeof(float));
    free(picture.bytes);
}

/*
 * A network whose three logits are the means of its channels, on a picture of one colour: blue 10,
 * green 100, red 200.
 */
static void assert_channels(void **state, const char *order, const double means[3])
{
    static const unsigned char bgr[3] = {10, 100, 200};
    struct vaccel_session *sess = *state;
    struct file png = make_png(sess, 20, 10, bgr);
    struct vaccel_vision_class classes[3];
    struct vaccel_output out = {.data = classes, .size = sizeof(classes)};
    double sum = exp(means[0]) + exp(means[1]) + exp(means[2]);
    char text[512];

    snprintf(text, sizeof(text),
             "network = \"@M@/channels/means.onnx\"\n"
             "[input]\nwidth = 8\nheight = 8\nchannels = \"%s\"\n"
             "mean = [10, 20, 30]\nscale = [0.01, 0.02, 0.03]\n"
             "[output]\nkind = \"logits\"\n",
             order);
    describe("classify", text);
    assert_int_equal(vaccel_vision_classify(sess, png.bytes, png.size, &out, NULL), VACCEL_OK);
    assert_int_equal(out.size, sizeof(classes));
    for (int i = 0; i < 3; i++)
        assert_near(classes[i].score, exp(means[classes[i].index]) / sum, score_tolerance);
    free(png.bytes);
}

static void red_is_the_first_of_rgb(void **state)
{
    assert_channels(state, "rgb",
                    (double[]){(200 - 10) * 0.01, (100 - 20) * 0.02, (10 - 30) * 0.03});
}

static void blue_is_the_first_of_bgr(void **state)
{
    assert_channels(state, "bgr",
                    (double[]){(10 - 10) * 0.01, (100 - 20) * 0.02, (200 - 30) * 0.03});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(held_out_digits_are_classified_to_97_percent,
                                        opencv_begin_digits, opencv_end),
        cmocka_unit_test_setup_teardown(red_is_the_first_of_rgb, opencv_begin, opencv_end),
        cmocka_unit_test_setup_teardown(blue_is_the_first_of_bgr, opencv_begin, opencv_end),
        cmocka_unit_test_setup_teardown(jpeg_is_classified_too, opencv_begin_digits, opencv_end),
        cmocka_unit_test_setup_teardown(boxes_agree_with_the_reference, opencv_begin_scenes,
                                        opencv_end),
        cmocka_unit_test_setup_teardown(yolov5_boxes_agree_with_the_same_reference, opencv_begin,
                                        opencv_end),
        cmocka_unit_test_setup_teardown(boxes_are_in_pixels_of_a_picture_of_any_size,
                                        opencv_begin_scenes, opencv_end),
        cmocka_unit_test_setup_teardown(masks_agree_with_the_reference_to_the_pixel,
                                        opencv_begin_scenes, opencv_end),
        cmocka_unit_test_setup_teardown(key_points_agree_with_the_reference, opencv_begin_scenes,
                                        opencv_end),
        cmocka_unit_test_setup_teardown(depths_agree_with_the_reference, opencv_begin_scenes,
                                        opencv_end),
        cmocka_unit_test_setup_teardown(maps_have_the_size_of_the_picture, opencv_begin_scenes,
                                        opencv_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
