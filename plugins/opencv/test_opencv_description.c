/* SPDX-License-Identifier: Apache-2.0 */
#include "test_support.h"

#include <stdlib.h>
#include <string.h>

/* Descriptions that are missing or wrong, and what the log says about them. */

static const char top[] = "network = \"@M@/digits/digits.onnx\"\n";
static const char input[] =
    "[input]\nwidth = 8\nheight = 8\nchannels = \"gray\"\nmean = 0\nscale = 0.00416\n";
static const char output[] = "[output]\nkind = \"logits\"\n";

static int run(struct vaccel_session *sess, const char *operation, struct file picture)
{
    if (!strcmp(operation, "detect"))
        return vaccel_vision_detect(sess, picture.bytes, picture.size, NULL, NULL);
    if (!strcmp(operation, "segment"))
        return vaccel_vision_segment(sess, picture.bytes, picture.size, NULL, NULL, NULL, NULL);
    if (!strcmp(operation, "pose"))
        return vaccel_vision_pose(sess, picture.bytes, picture.size, NULL, NULL);
    if (!strcmp(operation, "depth"))
        return vaccel_vision_depth(sess, picture.bytes, picture.size, NULL, NULL, NULL);
    return vaccel_vision_classify(sess, picture.bytes, picture.size, NULL, NULL);
}

/* The operation fails with that error, and the log has the description's path and the word. */
static void assert_fails(struct vaccel_session *sess, const char *operation, int error,
                         const char *word)
{
    struct file picture = file_read(MODELS "/scenes/scenes/01.png");
    const char *words[] = {test_folder, operation, ".toml", word, NULL};
    int ret;

    capture_begin();
    ret = run(sess, operation, picture);
    assert_logged(capture_end(), words);
    assert_int_equal(ret, error);
    free(picture.bytes);
}

struct mistake {
    const char *top, *input, *output, *word;
};

static void assert_mistakes(void **state, const char *operation, const struct mistake *mistakes,
                            size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char text[1024];

        strcpy(text, mistakes[i].top ? mistakes[i].top : top);
        strcat(text, mistakes[i].input ? mistakes[i].input : input);
        strcat(text, mistakes[i].output ? mistakes[i].output : output);
        describe(operation, text);
        assert_fails(*state, operation, VACCEL_EBACKEND, mistakes[i].word);
    }
}

static void a_missing_description_is_named_with_its_variable(void **state)
{
    static const char *const operations[] = {"classify", "detect", "segment", "pose", "depth"};

    for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++)
        assert_fails(*state, operations[i], VACCEL_ENOTSUP, "VACCEL_VISION_MODELS");
}

static void a_description_written_later_is_found(void **state)
{
    char text[1024];

    assert_fails(*state, "classify", VACCEL_ENOTSUP, "write ");
    strcpy(text, top);
    strcat(text, input);
    strcat(text, output);
    describe("classify", text);
    for (int i = 0; i < 2; i++) {
        struct file picture = file_read(MODELS "/digits/sample.jpg");

        assert_int_equal(run(*state, "classify", picture), VACCEL_OK);
        free(picture.bytes);
        describe("classify", "a change that a loaded network does not see");
    }
}

static void text_that_is_no_toml_is_refused_with_its_line(void **state)
{
    describe("classify", "network = \"x\"\nlabels = = 3\n");
    assert_fails(*state, "classify", VACCEL_EBACKEND, "line 2");
}

static void each_wrong_value_at_the_top_is_named(void **state)
{
    static const struct mistake mistakes[] = {
        {"", NULL, NULL, "network is missing: write the path"},
        {"network = 3\n", NULL, NULL, "network is 3: write the path"},
        {"network = \"\"\n", NULL, NULL, "a path is empty"},
        {"network = \"nowhere.onnx\"\n", NULL, NULL, "nowhere.onnx\", which cannot be read"},
        {"network = \"@M@/digits/labels.txt\"\n", NULL, NULL,
         "labels.txt\", which its engine does not load"},
        {"network = \"@M@/digits/digits.pt\"\n", NULL, NULL,
         "no engine serves models of format torchscript: the session has opencv (onnx)"},
        {"network = \"@M@/digits/digits.saved-model\"\n", NULL, NULL,
         "no engine serves models of format saved-model"},
        {"network = \"@M@/digits/digits.onnx\"\nengine = \"nowhere\"\n", NULL, NULL,
         "engine is \"nowhere\", which is not loaded"},
        {"network = \"@M@/digits/digits.tflite\"\nengine = \"opencv\"\n", NULL, NULL,
         "digits.tflite\", which engine \"opencv\" does not load"},
        {"network = \"@M@/digits/digits.onnx\"\nengine = \"\"\n", NULL, NULL,
         "engine is '': write the name of a plugin"},
        {"network = \"@M@/digits/digits.onnx\"\nengine = 3\n", NULL, NULL,
         "engine is 3: write the name of a plugin"},
        {"network = \"@M@/digits/digits.onnx\"\nlables = \"x\"\n", NULL, NULL,
         "lables is not known: write none but network, input, output, labels, engine"},
        {"network = \"@M@/digits/digits.onnx\"\nlabels = \"nowhere.txt\"\n", NULL, NULL,
         "nowhere.txt\", which cannot be read"},
        {"network = \"@M@/digits/digits.onnx\"\nlabels = [\"0\"]\n", NULL, NULL, "labels is ["},
        {"network = \"@M@/digits/digits.onnx\"\nlabels = \"@M@/scenes/key-points.txt\"\n", NULL,
         NULL, "4 lines, but the network has 10 classes"},
        {"input = 3\nnetwork = \"x\"\n", "", NULL, "input is 3: write a table"},
        {NULL, "", NULL, "input is missing: write a table"},
        {NULL, NULL, "", "output is missing: write a table"},
    };

    assert_mistakes(state, "classify", mistakes, sizeof(mistakes) / sizeof(mistakes[0]));
}

#define INPUT(width, height, channels, mean, scale) \
    "[input]\nwidth = " width "\nheight = " height "\nchannels = " channels "\nmean = " mean \
    "\nscale = " scale "\n"

static void each_wrong_value_of_the_input_is_named(void **state)
{
    static const struct mistake mistakes[] = {
        {NULL, "[input]\nheight = 8\n", NULL, "[input] width is missing: write a whole number"},
        {NULL, INPUT("0", "8", "\"gray\"", "0", "1"), NULL, "[input] width is 0: write a whole"},
        {NULL, INPUT("8.5", "8", "\"gray\"", "0", "1"), NULL, "[input] width is 8.5"},
        {NULL, INPUT("8", "9999999999", "\"gray\"", "0", "1"), NULL, "height is 9999999999"},
        {NULL, INPUT("8", "\"tall\"", "\"gray\"", "0", "1"), NULL, "[input] height is "},
        {NULL, INPUT("8", "8", "\"grey\"", "0", "1"), NULL, "\"gray\", \"rgb\" or \"bgr\""},
        {NULL, INPUT("8", "8", "1", "0", "1"), NULL, "[input] channels is 1"},
        {NULL, INPUT("8", "8", "\"gray\"", "[0, 0, 0]", "1"), NULL, "[input] mean is [ 0, 0, 0 ]"},
        {NULL, INPUT("8", "8", "\"rgb\"", "[0, 0]", "1"), NULL, "[input] mean is [ 0, 0 ]"},
        {NULL, INPUT("8", "8", "\"gray\"", "\"dark\"", "1"), NULL, "[input] mean is "},
        {NULL, INPUT("8", "8", "\"gray\"", "nan", "1"), NULL, "[input] mean is nan"},
        {NULL, INPUT("8", "8", "\"gray\"", "0", "[]"), NULL, "[input] scale is []"},
        {NULL, INPUT("8", "8", "\"gray\"", "0", "[\"1\"]"), NULL, "[input] scale is [ "},
        {NULL, INPUT("8", "8", "\"gray\"", "0", "1e99"), NULL, "[input] scale is 1e+99: write"},
        {NULL, INPUT("8", "8", "\"gray\"", "0", "0"), NULL, "factors other than 0"},
        {NULL, INPUT("8", "8", "\"gray\"", "0", "1\ncrop = true"), NULL, "crop is not known"},
        {NULL, INPUT("8", "8", "\"rgb\"", "0", "1"), NULL,
         "\"scan\" is 1 1 8 8 (pictures, channels, height, width), but [input] has 3 channels"},
        {NULL, INPUT("16", "8", "\"gray\"", "0", "1"), NULL, "height 8 and width 16"},
    };

    assert_mistakes(state, "classify", mistakes, sizeof(mistakes) / sizeof(mistakes[0]));
}

static void each_wrong_value_of_the_output_is_named(void **state)
{
    static const struct mistake mistakes[] = {
        {NULL, NULL, "[output]\nname = \"x\"\n", "kind is missing: write \"logits\" or \"probab"},
        {NULL, NULL, "[output]\nkind = \"yolov8\"\n", "write \"logits\" or \"probabilities\""},
        {NULL, NULL, "[output]\nkind = 3\n", "[output] kind is 3"},
        {NULL, NULL, "[output]\nkind = \"logits\"\nname = 3\n", "[output] name is 3"},
        {NULL, NULL, "[output]\nkind = \"logits\"\nname = \"last\"\n",
         "[output] name is \"last\", but the network has \"scores\""},
        {NULL, NULL, "[output]\nkind = \"logits\"\nthreshold = 0.5\n", "threshold is not known"},
    };

    assert_mistakes(state, "classify", mistakes, sizeof(mistakes) / sizeof(mistakes[0]));
}

static void each_wrong_limit_of_a_detector_is_named(void **state)
{
    static const struct mistake mistakes[] = {
        {NULL, NULL, "[output]\nkind = \"yolov8\"\noverlap = 0.5\n", "threshold is missing"},
        {NULL, NULL, "[output]\nkind = \"yolov8\"\nthreshold = 0.5\n", "overlap is missing"},
        {NULL, NULL, "[output]\nkind = \"yolov8\"\nthreshold = 2\noverlap = 1\n",
         "[output] threshold is 2: write a number from 0 to 1"},
        {NULL, NULL, "[output]\nkind = \"yolov8\"\nthreshold = 1\noverlap = -0.1\n",
         "[output] overlap is -0.1: write a number from 0 to 1"},
    };

    assert_mistakes(state, "detect", mistakes, sizeof(mistakes) / sizeof(mistakes[0]));
}

static void a_network_of_another_kind_is_refused(void **state)
{
    static const struct mistake wrong[] = {
        {NULL, NULL, NULL, "but the network's output \"scores\" is 1 10"}};
    static const struct {
        const char *operation, *output;
    } cases[] = {
        {"detect", "[output]\nkind = \"yolov8\"\nthreshold = 0.5\noverlap = 0.5\n"},
        {"detect", "[output]\nkind = \"yolov5\"\nthreshold = 0.5\noverlap = 0.5\n"},
        {"segment", "[output]\nkind = \"class-scores\"\n"},
        {"pose", "[output]\nkind = \"heatmaps\"\nthreshold = 0.5\n"},
        {"depth", "[output]\nkind = \"map\"\n"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct mistake mistake = wrong[0];

        mistake.output = cases[i].output;
        assert_mistakes(state, cases[i].operation, &mistake, 1);
    }
}

static void a_segmenter_does_not_classify(void **state)
{
    describe("classify",
             "network = \"@M@/scenes/segment.onnx\"\n"
             "[input]\nwidth = 64\nheight = 64\nchannels = \"gray\"\nmean = 0\nscale = 1\n"
             "[output]\nkind = \"logits\"\n");
    assert_fails(*state, "classify", VACCEL_EBACKEND,
                 "wants the shape 1, classes, but the network's output \"found\" is 1 11 64 64");
}

static void a_depth_network_has_no_labels(void **state)
{
    describe("depth", "network = \"x\"\nlabels = \"y\"\n");
    assert_fails(*state, "depth", VACCEL_EBACKEND, "labels is not known");
}

static void a_damaged_network_is_refused(void **state)
{
    struct file network = file_read(MODELS "/digits/digits.onnx");
    char text[512] = "network = \"cut.onnx\"\n";

    file_write(in_folder("cut.onnx"), network.bytes, network.size / 2);
    strcat(text, input);
    strcat(text, output);
    describe("classify", text);
    assert_fails(*state, "classify", VACCEL_EBACKEND, "cut.onnx");
    free(network.bytes);
}

int main(void)
{
#define ON_EMPTY(test) cmocka_unit_test_setup_teardown(test, opencv_begin, opencv_end)
    const struct CMUnitTest tests[] = {
        ON_EMPTY(a_missing_description_is_named_with_its_variable),
        ON_EMPTY(a_description_written_later_is_found),
        ON_EMPTY(text_that_is_no_toml_is_refused_with_its_line),
        ON_EMPTY(each_wrong_value_at_the_top_is_named),
        ON_EMPTY(each_wrong_value_of_the_input_is_named),
        ON_EMPTY(each_wrong_value_of_the_output_is_named),
        ON_EMPTY(each_wrong_limit_of_a_detector_is_named),
        ON_EMPTY(a_network_of_another_kind_is_refused),
        ON_EMPTY(a_segmenter_does_not_classify),
        ON_EMPTY(a_depth_network_has_no_labels),
        ON_EMPTY(a_damaged_network_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
