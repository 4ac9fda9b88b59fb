/* SPDX-License-Identifier: Apache-2.0 */
#include "test_networks.h"
#include "test_support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The order of a network's dimensions. */

static const unsigned char bgr[3] = {110, 120, 230};

static void describe_means(const char *layout)
{
    char text[512];

    snprintf(text, sizeof(text),
             "network = \"means.onnx\"\n"
             "[input]\nwidth = 4\nheight = 4\nchannels = \"rgb\"\n"
             "mean = [10, 20, 30]\nscale = [0.001, 0.002, 0.003]\n%s"
             "[output]\nkind = \"probabilities\"\n",
             layout);
    describe("classify", text);
}

static int classify(struct vaccel_session *sess, struct vaccel_vision_class *classes, size_t room,
                    size_t *nr_classes)
{
    struct file png = make_png(sess, 9, 7, bgr);
    struct vaccel_output out = {classes, room * sizeof(*classes), 0};
    int ret = vaccel_vision_classify(sess, png.bytes, png.size, &out, NULL);

    *nr_classes = out.size / sizeof(*classes);
    free(png.bytes);
    return ret;
}

/* The means of red, green and blue. */
static void assert_means(struct vaccel_session *sess)
{
    static const float expected[3] = {0.220F, 0.200F, 0.240F};
    struct vaccel_vision_class classes[3];
    size_t count;

    assert_int_equal(classify(sess, classes, 3, &count), VACCEL_OK);
    assert_int_equal(count, 3);
    for (int i = 0; i < 3; i++)
        assert_true(fabsf(classes[i].score - expected[classes[i].index]) < 1e-4F);
}

static void channels_are_last_where_the_network_has_them_last(void **state)
{
    file_write(in_folder("means.onnx"), means_of_last, sizeof(means_of_last));
    describe_means("");
    assert_means(*state);
}

static void a_network_that_takes_both_is_told_by_layout(void **state)
{
    file_write(in_folder("means.onnx"), means_of_last_any, sizeof(means_of_last_any));
    describe_means("layout = \"nhwc\"\n");
    assert_means(*state);
}

/* Its last dimension is then the width, of four pixels. */
static void channels_come_first_where_nobody_tells(void **state)
{
    struct vaccel_vision_class classes[5];
    size_t count;

    file_write(in_folder("means.onnx"), means_of_last_any, sizeof(means_of_last_any));
    describe_means("");
    assert_int_equal(classify(*state, classes, 5, &count), VACCEL_OK);
    assert_int_equal(count, 4);
}

static void assert_refused(struct vaccel_session *sess, const char *layout, const char *word)
{
    const char *words[] = {test_folder, "classify.toml", word, NULL};
    struct vaccel_vision_class classes[3];
    size_t count;
    int ret;

    describe_means(layout);
    capture_begin();
    ret = classify(sess, classes, 3, &count);
    assert_logged(capture_end(), words);
    assert_int_equal(ret, VACCEL_EBACKEND);
}

static void a_layout_that_is_not_the_networks_is_refused(void **state)
{
    file_write(in_folder("means.onnx"), means_of_last, sizeof(means_of_last));
    assert_refused(*state, "layout = \"nchw\"\n",
                   "1 4 4 3 (pictures, channels, height, width), but [input] has 3 channels");
    assert_refused(*state, "layout = \"hwc\"\n",
                   "[input] layout is 'hwc': write \"nchw\" or \"nhwc\"");
    assert_refused(*state, "layout = 3\n", "[input] layout is 3");
    describe_means("");
    assert_means(*state);
}

int main(void)
{
#define ON_EMPTY(test) cmocka_unit_test_setup_teardown(test, opencv_begin, opencv_end)
    const struct CMUnitTest tests[] = {
        ON_EMPTY(channels_are_last_where_the_network_has_them_last),
        ON_EMPTY(a_network_that_takes_both_is_told_by_layout),
        ON_EMPTY(channels_come_first_where_nobody_tells),
        ON_EMPTY(a_layout_that_is_not_the_networks_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
