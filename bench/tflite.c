/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A batch of all held-out scans of digits, twice, so that it is some work; classified through the tflite plugin and by TensorFlow Lite itself,
 * both with one thread. MODELS is the folder of the models.
 */
#include "bare_tflite.h"
#include "measure.h"
#include "vaccel.h"

#include "recorded.h"

enum {
    TIMES = 2,
    SCANS = TIMES * RECORDED_SCANS,
    SCANS_SIZE = SCANS * RECORDED_SCAN_SIZE,
    SCORES_SIZE = SCANS * RECORDED_DIGITS
};

struct batch {
    struct vaccel_session sess;
    struct vaccel_resource *model;
    float scans[SCANS_SIZE];
    float scores[SCORES_SIZE];
    float bare_scores[SCORES_SIZE];
};

static int by_plugin(void *context, size_t calls)
{
    struct batch *batch = context;
    const struct vaccel_tensor in = {
        .data_type = VACCEL_DATA_FLOAT32,
        .nr_dims = 4,
        .dims = {SCANS, 1, 8, 8},
        .data = batch->scans,
        .size = SCANS_SIZE * sizeof(float),
    };
    struct vaccel_tensor out;
    int ret = VACCEL_OK;

    while (calls--) {
        out = (struct vaccel_tensor){.data = batch->scores, .size = sizeof(batch->scores)};
        ret |= vaccel_model_run(&batch->sess, batch->model, NULL, &in, 1, &out, 1);
    }
    return ret;
}

static int by_tflite(void *context, size_t calls)
{
    struct batch *batch = context;
    int ret = VACCEL_OK;

    while (calls--)
        if (!bare_tflite_run(batch->scans, SCANS_SIZE * sizeof(float), batch->bare_scores,
                             sizeof(batch->bare_scores)))
            ret = VACCEL_EBACKEND;
    return ret;
}

/* Both must give the same answers, or they are not worth comparing. */
static int check(struct batch *batch)
{
    int ret = by_plugin(batch, 1);

    if (ret == VACCEL_OK)
        ret = by_tflite(batch, 1);
    if (ret == VACCEL_OK && recorded_apart(batch->scores, batch->bare_scores, SCORES_SIZE) != 0)
        ret = VACCEL_EBACKEND;
    return ret;
}

static int compare(struct batch *batch)
{
    const struct contest contest = {
        .name = "digits network, 720 scans, tflite plugin",
        .unit = "us",
        .unit_ns = 1e3,
        .run = by_plugin,
        .yardstick = "TensorFlow Lite",
        .run_yardstick = by_tflite,
        .context = batch,
        .calls = 1,
        .samples = 501,
        .clock = busy_clock(),
        .comparison = RATIO,
        .bar = {"low", "at most", 1.01},
    };

    return contest_hold(&contest);
}

static int begin_bare(struct batch *batch)
{
    const int dims[] = {SCANS, 1, 8, 8};
    size_t size;
    const void *bytes = vaccel_blob_data(batch->model->blobs[0], &size);

    return bytes && bare_tflite_load(bytes, size, dims, 4, 1) ? VACCEL_OK : VACCEL_EBACKEND;
}

static void read_scans(struct batch *batch)
{
    enum { COUNT = RECORDED_SCANS * RECORDED_SCAN_SIZE };
    float *scans = recorded_read("digits/held-out/scans.f32", COUNT);
    int i;

    for (i = 0; i < TIMES; i++)
        memcpy(batch->scans + (size_t)i * COUNT, scans, COUNT * sizeof(*scans));
    free(scans);
}

static int begin(struct batch *batch)
{
    int ret = setenv("VACCEL_TFLITE_THREADS", "1", 1) == 0 ? VACCEL_OK : errno;

    read_scans(batch);
    if (ret == VACCEL_OK)
        ret = vaccel_plugin_load("tflite");
    if (ret == VACCEL_OK)
        ret = vaccel_session_init(&batch->sess, 0);
    if (ret == VACCEL_OK)
        ret = vaccel_resource_new(&batch->model, MODELS "/digits/digits.tflite",
                                  VACCEL_RESOURCE_MODEL);
    if (ret == VACCEL_OK)
        ret = vaccel_resource_register(batch->model, &batch->sess);
    if (ret == VACCEL_OK)
        ret = vaccel_model_load(&batch->sess, batch->model, "tflite");
    return ret == VACCEL_OK ? begin_bare(batch) : ret;
}

int main(int argc, char **argv)
{
    static struct batch batch;
    int ret;

    measure_begin(argc, argv);
    ret = begin(&batch);
    if (ret != VACCEL_OK)
        return failed("scans, a network and a session with the tflite plugin", ret);
    ret = check(&batch);
    if (ret == VACCEL_OK)
        ret = compare(&batch);
    vaccel_session_release(&batch.sess);
    vaccel_resource_delete(batch.model);
    return ret == VACCEL_OK ? EXIT_SUCCESS : failed("a batch", ret);
}
