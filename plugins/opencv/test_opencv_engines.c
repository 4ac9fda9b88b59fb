/* SPDX-License-Identifier: Apache-2.0 */
#include "test_networks.h"
#include "test_support.h"

#include <math.h>
#include <recorded.h>
#include <stdlib.h>
#include <string.h>

/*
 * test_opencv_engines PLUGIN NETWORK...
 *
 * Pictures are classified by the digits' network, in the files named, on that plugin's engine.
 */

static const char *plugin;
static const char *const *networks;
static size_t nr_networks;

/* The plugin under test comes last: without a name the order would decide for another. */
static int make(void **state)
{
    char plugins[64];

    snprintf(plugins, sizeof(plugins), strcmp(plugin, "opencv") ? "opencv:%s" : "%s", plugin);
    return opencv_begin_on(state, plugins);
}

static void describe_digits(const char *engine, const char *network)
{
    char text[512];

    snprintf(text, sizeof(text),
             "network = \"@M@/digits/%s\"\n%s%s%s"
             "[input]\nwidth = 8\nheight = 8\nchannels = \"gray\"\n"
             "mean = 0\nscale = 0.0041666667\n"
             "[output]\nkind = \"logits\"\n",
             network, engine ? "engine = \"" : "", engine ? engine : "", engine ? "\"\n" : "");
    describe("classify", text);
}

/* The best class of recorded scores, and its share after softmax. */
static int best_of(const float *scores, float *share)
{
    int best = 0;
    float sum = 0;

    for (int i = 1; i < RECORDED_DIGITS; i++)
        best = scores[i] > scores[best] ? i : best;
    for (int i = 0; i < RECORDED_DIGITS; i++)
        sum += expf(scores[i] - scores[best]);
    *share = 1 / sum;
    return best;
}

static struct vaccel_vision_class classify(struct vaccel_session *sess, int scan)
{
    struct vaccel_vision_class best = {0};
    struct vaccel_output out = {&best, sizeof(best), 0};
    struct file picture;
    char path[256];

    snprintf(path, sizeof(path), "%s/digits/held-out/%03d.png", MODELS, scan);
    picture = file_read(path);
    assert_int_equal(vaccel_vision_classify(sess, picture.bytes, picture.size, &out, NULL),
                     VACCEL_OK);
    free(picture.bytes);
    return best;
}

static void assert_digits(struct vaccel_session *sess)
{
    float *scores = recorded_read("digits/held-out/scores.f32", RECORDED_SCANS * RECORDED_DIGITS);
    struct file table = file_read(MODELS "/digits/held-out/labels.csv");
    const char *line = (char *)table.bytes;
    int right = 0;

    for (int i = 0; i < RECORDED_SCANS; i++) {
        struct vaccel_vision_class best = classify(sess, i);
        float share;

        line = strchr(line, ',') + 1;
        if (i == 0)
            line = strchr(line, ',') + 1;
        assert_int_equal(best.index, best_of(scores + (ptrdiff_t)i * RECORDED_DIGITS, &share));
        assert_true(fabsf(best.score - share) < 1e-4F);
        right += (int)best.index == atoi(line);
    }
    print_message("%d of %d held-out digits are right: %.2f %%\n", right, RECORDED_SCANS,
                  100.0 * right / RECORDED_SCANS);
    assert_int_equal(right, 358);
    free(table.bytes);
    free(scores);
}

/* A loaded network stays, so each has a library of its own. */
static void classify_with_each(void **state, const char *engine)
{
    for (size_t i = 0; i < nr_networks; i++) {
        print_message("%s\n", networks[i]);
        describe_digits(engine, networks[i]);
        assert_digits(*state);
        assert_int_equal(opencv_end(state), 0);
        assert_int_equal(make(state), 0);
    }
}

static void digits_are_classified_on_the_engine_named(void **state)
{
    classify_with_each(state, plugin);
}

static void digits_are_classified_without_a_name(void **state)
{
    classify_with_each(state, NULL);
}

/*
 * A network of bytes, with the channels last: what lies between is rounded, what is too much is 255. OpenCV
 * alone takes floats for it.
 */
static void bytes_are_rounded(void **state)
{
    static const unsigned char bgr[3] = {110, 120, 230};
    static const float of_bytes[3] = {1, 0, 1}, of_floats[3] = {0.66F, 0.4F, 1};
    const float *expected = strcmp(plugin, "opencv") ? of_bytes : of_floats;
    struct vaccel_session *sess = *state;
    struct vaccel_vision_class classes[3];
    struct vaccel_output out = {classes, sizeof(classes), 0};
    struct file png;
    char text[512];

    if (strcmp(networks[0], "digits.onnx"))
        skip();
    file_write(in_folder("means.onnx"), means_of_last_bytes, sizeof(means_of_last_bytes));
    snprintf(text, sizeof(text),
             "network = \"means.onnx\"\nengine = \"%s\"\n"
             "[input]\nwidth = 4\nheight = 4\nchannels = \"rgb\"\n"
             "mean = [10, 20, 30]\nscale = [0.003, 0.004, 10]\n"
             "[output]\nkind = \"probabilities\"\n",
             plugin);
    describe("classify", text);
    png = make_png(sess, 4, 4, bgr);
    assert_int_equal(vaccel_vision_classify(sess, png.bytes, png.size, &out, NULL), VACCEL_OK);
    for (int i = 0; i < 3; i++)
        assert_true(fabsf(classes[i].score - expected[classes[i].index]) < 1e-4F);
    free(png.bytes);
}

/* What the engine says of a network that is none is in the log, with the description's file. */
static void a_damaged_network_is_refused_and_a_good_one_still_loads(void **state)
{
    struct vaccel_session *sess = *state;
    struct file picture = file_read(MODELS "/digits/sample.jpg");
    char prefix[32], path[256], text[512];
    const char *words[] = {prefix, "classify.toml: network is \"", "does not load", NULL};
    struct file network;
    int ret;

    snprintf(prefix, sizeof(prefix), "[%s] ", plugin);
    snprintf(path, sizeof(path), "%s/digits/%s", MODELS, networks[0]);
    network = file_read(path);
    memset(network.bytes + network.size / 2, 0x5a, network.size / 4);
    file_write(in_folder(networks[0]), network.bytes, network.size / 2 + network.size / 4);
    snprintf(text, sizeof(text),
             "network = \"%s\"\nengine = \"%s\"\n"
             "[input]\nwidth = 8\nheight = 8\nchannels = \"gray\"\nmean = 0\nscale = 1\n"
             "[output]\nkind = \"logits\"\n",
             networks[0], plugin);
    describe("classify", text);
    capture_begin();
    ret = vaccel_vision_classify(sess, picture.bytes, picture.size, NULL, NULL);
    assert_logged(capture_end(), words);
    assert_int_equal(ret, VACCEL_EBACKEND);
    describe_digits(plugin, networks[0]);
    assert_int_equal(vaccel_vision_classify(sess, picture.bytes, picture.size, NULL, NULL),
                     VACCEL_OK);
    free(network.bytes);
    free(picture.bytes);
}

int main(int argc, char **argv)
{
#define ON_ENGINE(test) cmocka_unit_test_setup_teardown(test, make, opencv_end)
    const struct CMUnitTest tests[] = {
        ON_ENGINE(digits_are_classified_on_the_engine_named),
        ON_ENGINE(digits_are_classified_without_a_name),
        ON_ENGINE(bytes_are_rounded),
        ON_ENGINE(a_damaged_network_is_refused_and_a_good_one_still_loads),
    };

    if (argc < 3)
        return 1;
    plugin = argv[1];
    networks = (const char *const *)argv + 2;
    nr_networks = (size_t)argc - 2;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
