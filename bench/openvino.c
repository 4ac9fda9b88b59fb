/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A batch of the held-out scans of digits, three times over, so that it is some work; classified
 * through the openvino plugin and by OpenVINO itself. MODELS is the folder of the models.
 */
#include "bare_openvino.h"
#include "measure.h"
#include "vaccel.h"

#include "recorded.h"

#define NETWORK MODELS "/digits/digits.pb"

enum {
    TIMES = 3,
    SCANS = TIMES * RECORDED_SCANS,
    SCANS_SIZE = SCANS * RECORDED_SCAN_SIZE,
    SCORES_SIZE = SCANS * RECORDED_DIGITS,
    NR_DIMS = 4
};

static const int64_t dims[NR_DIMS] = {SCANS, 1, 8, 8};

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
    struct vaccel_tensor in = {
        .data_type = VACCEL_DATA_FLOAT32,
        .nr_dims = NR_DIMS,
        .data = batch->scans,
        .size = sizeof(batch->scans),
    };
    struct vaccel_tensor out;
    int ret = VACCEL_OK;

    memcpy(in.dims, dims, sizeof(dims));
    while (calls--) {
        out = (struct vaccel_tensor){.data = batch->scores, .size = sizeof(batch->scores)};
        ret |= vaccel_model_run(&batch->sess, batch->model, NULL, &in, 1, &out, 1);
    }
    return ret;
}

static int by_openvino(void *context, size_t calls)
{
    struct batch *batch = context;
    int ret = VACCEL_OK;

    while (calls--)
        if (!bare_openvino_run(batch->scans, NR_DIMS, dims, batch->bare_scores,
                               sizeof(batch->bare_scores)))
            ret = VACCEL_EBACKEND;
    return ret;
}

/* Both must give the same answers, or they are not worth comparing. */
static int check(struct batch *batch)
{
    int ret = by_plugin(batch, 1);

    if (ret == VACCEL_OK)
        ret = by_openvino(batch, 1);
    if (ret == VACCEL_OK &&
        recorded_apart(batch->scores, batch->bare_scores, SCORES_SIZE) > RECORDED_TOLERANCE)
        ret = VACCEL_EBACKEND;
    return ret;
}

static int compare(struct batch *batch)
{
    const struct contest contest = {
        .name = nr_cores() == 1 ? "digits network, 1080 scans, openvino plugin, one core"
                                : "digits network, 1080 scans, openvino plugin, all cores",
        .unit = "us",
        .unit_ns = 1e3,
        .run = by_plugin,
        .yardstick = "OpenVINO",
        .run_yardstick = by_openvino,
        .context = batch,
        .calls = 1,
        .samples = 501,
        .clock = busy_clock(),
        .comparison = RATIO,
        .bar = {"low", "at most", 1.01},
    };

    return contest_hold(&contest);
}

static void read_scans(struct batch *batch)
{
    enum { COUNT = RECORDED_SCANS * RECORDED_SCAN_SIZE };
    float *scans = recorded_read("digits/held-out/scans.f32", COUNT);
    size_t i;

    for (i = 0; i < TIMES; i++)
        memcpy(batch->scans + i * COUNT, scans, COUNT * sizeof(*scans));
    free(scans);
}

static int begin(struct batch *batch)
{
    int ret = vaccel_plugin_load("openvino");

    read_scans(batch);
    if (ret == VACCEL_OK)
        ret = vaccel_session_init(&batch->sess, 0);
    if (ret == VACCEL_OK)
        ret = vaccel_resource_new(&batch->model, NETWORK, VACCEL_RESOURCE_MODEL);
    if (ret == VACCEL_OK)
        ret = vaccel_resource_register(batch->model, &batch->sess);
    if (ret == VACCEL_OK)
        ret = vaccel_model_load(&batch->sess, batch->model, "openvino");
    if (ret == VACCEL_OK && !bare_openvino_load(NETWORK))
        ret = VACCEL_EBACKEND;
    return ret;
}

int main(int argc, char **argv)
{
    static struct batch batch;
    int ret;

    measure_begin(argc, argv);
    ret = begin(&batch);
    if (ret != VACCEL_OK)
        return failed("scans, a network and a session with the openvino plugin", ret);
    ret = check(&batch);
    if (ret == VACCEL_OK)
        ret = compare(&batch);
    vaccel_session_release(&batch.sess);
    vaccel_resource_delete(batch.model);
    return ret == VACCEL_OK ? EXIT_SUCCESS : failed("a batch", ret);
}
