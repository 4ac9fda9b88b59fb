/* SPDX-License-Identifier: Apache-2.0 */
#include "test_support.h"

#include <recorded.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * Frameworks bring libraries of the same names and symbols with them: protobuf, Abseil, oneDNN, OpenMP. Each
 * pair, in either order, in a process of its own; both must then compute what they should.
 */

static void classify_scans(struct vaccel_session *sess, const char *engine, const char *path)
{
    const size_t count = (size_t)RECORDED_SCANS * RECORDED_SCAN_SIZE;
    struct vaccel_resource *model = model_register(sess, path);
    float *scans = recorded_read("digits/held-out/scans.f32", count);
    float *wanted =
        recorded_read("digits/held-out/scores.f32", (size_t)RECORDED_SCANS * RECORDED_DIGITS);
    float scores[RECORDED_DIGITS];
    struct vaccel_tensor in;
    struct vaccel_tensor out;
    int i;

    assert_int_equal(vaccel_model_load(sess, model, engine), VACCEL_OK);
    for (i = 0; i < 20; i++) {
        in = tensor_of(NULL, VACCEL_DATA_FLOAT32, DIMS(1, 1, 8, 8),
                       scans + (size_t)i * RECORDED_SCAN_SIZE, RECORDED_SCAN_SIZE * sizeof(float));
        out = room_for(NULL, scores, sizeof(scores));
        assert_int_equal(vaccel_model_run(sess, model, NULL, &in, 1, &out, 1), VACCEL_OK);
        assert_true(recorded_apart(scores, wanted + (size_t)i * RECORDED_DIGITS, RECORDED_DIGITS) <
                    RECORDED_TOLERANCE);
    }
    free(scans);
    free(wanted);
    model_end(sess, model);
}

/* Its network is an ONNX file: protobuf reads it. */
static void classify_picture(struct vaccel_session *sess)
{
    unsigned char text[64] = "";
    unsigned char name[64];
    struct file picture = file_read(MODELS "/digits/sample.jpg");

    assert_int_equal(vaccel_image_classification(sess, picture.bytes, text, name, picture.size,
                                                 sizeof(text), sizeof(name)),
                     VACCEL_OK);
    assert_true(text[0]);
    free(picture.bytes);
}

static void run_one(struct vaccel_session *sess, const char *plugin)
{
    if (!strcmp(plugin, "opencv"))
        classify_picture(sess);
    if (!strcmp(plugin, "openvino"))
        classify_scans(sess, plugin, MODELS "/digits/digits.onnx");
    if (!strcmp(plugin, "tf"))
        classify_scans(sess, plugin, MODELS "/digits/digits.saved-model");
    if (!strcmp(plugin, "tflite"))
        classify_scans(sess, plugin, MODELS "/digits/digits.tflite");
    if (!strcmp(plugin, "torch"))
        classify_scans(sess, plugin, MODELS "/digits/digits.pt");
}

enum { MISSING = 77 };

static void run_pair(const char *first, const char *second)
{
    struct vaccel_session *sess;
    char plugins[64];

    snprintf(plugins, sizeof(plugins), "%s:%s", first, second);
    setenv("VACCEL_VISION_MODELS", MODELS "/digits", 1);
    sess = session_begin(plugins);
    run_one(sess, first);
    run_one(sess, second);
    run_one(sess, first);
    session_end(sess);
    /* And once more, as plugins can be unloaded, but frameworks hardly. */
    sess = session_begin(plugins);
    run_one(sess, second);
    run_one(sess, first);
    session_end(sess);
}

static int in_child(void (*run)(const char *first, const char *second), const char *first,
                    const char *second)
{
    const pid_t child = fork();
    int status;

    assert_true(child >= 0);
    if (!child) {
        run(first, second);
        exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

/* Another plugin may not have been built. */
static void look_for(const char *plugin, const char *ignored)
{
    (void)ignored;
    freopen("/dev/null", "w", stderr);
    _exit(bootstrap(plugin) ? MISSING : 0);
}

static int run_both_orders(const char *other)
{
    int status = in_child(look_for, other, NULL);

    if (WIFEXITED(status) && WEXITSTATUS(status) == MISSING) {
        printf("%s: not built\n", other);
        return 0;
    }
    printf("tf, then %s\n", other);
    fflush(stdout);
    status = in_child(run_pair, "tf", other);
    if (!status) {
        printf("%s, then tf\n", other);
        fflush(stdout);
        status = in_child(run_pair, other, "tf");
    }
    if (status)
        printf("failed: status %x\n", status);
    return status;
}

int main(void)
{
    static const char *const others[] = {"opencv", "openvino", "tflite", "torch"};
    size_t i;
    int failed = 0;

    for (i = 0; i < sizeof(others) / sizeof(*others); i++)
        failed |= run_both_orders(others[i]);
    return failed ? 1 : 0;
}
