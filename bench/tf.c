/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Networks through the tf plugin and by TensorFlow itself, on the same input. MODELS is the folder of the
 * models; those of models/large.py are measured if BENCH_MODELS in the environment says where they are.
 */
#include "bare_tf.h"
#include "measure.h"
#include "vaccel.h"

enum { MOST_BYTES = 4 * 1024 * 1024 };

struct network {
    const char *name;
    const char *path; /* below one of the two folders */
    const char *input;
    const char *input_operation; /* what TensorFlow calls the input and the output */
    const char *output_operation;
    enum vaccel_data_type data_type;
    uint32_t nr_dims;
    int64_t dims[4];
    size_t input_size;
    size_t output_size;
};

struct bout {
    const struct network *network;
    struct vaccel_session *sess;
    struct vaccel_resource *model;
    struct bare_tf *bare;
    void *input;
    void *outputs[2]; /* by the plugin and by TensorFlow */
};

static int by_plugin(void *context, size_t calls)
{
    struct bout *bout = context;
    const struct network *network = bout->network;
    struct vaccel_tensor in = {.name = network->input,
                               .data_type = network->data_type,
                               .nr_dims = network->nr_dims,
                               .data = bout->input,
                               .size = network->input_size};
    struct vaccel_tensor out = {0};
    int ret = VACCEL_OK;

    memcpy(in.dims, network->dims, sizeof(network->dims));
    while (calls-- && !ret) {
        out.data = bout->outputs[0];
        out.size = network->output_size;
        ret = vaccel_model_run(bout->sess, bout->model, NULL, &in, 1, &out, 1);
    }
    return ret;
}

static int by_tensorflow(void *context, size_t calls)
{
    struct bout *bout = context;
    const struct network *network = bout->network;

    while (calls--)
        if (bare_tf_run(bout->bare, network->dims, (int)network->nr_dims, bout->input,
                        network->input_size, bout->outputs[1], network->output_size))
            return VACCEL_EBACKEND;
    return VACCEL_OK;
}

/* Both must give the same numbers, or they are not worth comparing. */
static int check(struct bout *bout)
{
    int ret = by_plugin(bout, 1);

    if (!ret)
        ret = by_tensorflow(bout, 1);
    if (!ret && memcmp(bout->outputs[0], bout->outputs[1], bout->network->output_size) != 0)
        ret = VACCEL_EBACKEND;
    return ret;
}

static int compare(struct bout *bout)
{
    char name[128];
    const struct contest contest = {
        .name = name,
        .unit = "ms",
        .unit_ns = 1e6,
        .run = by_plugin,
        .yardstick = "TensorFlow",
        .run_yardstick = by_tensorflow,
        .context = bout,
        .calls = 1,
        .samples = 201,
        .clock = busy_clock(),
        .comparison = RATIO,
        .bar = {"low", "at most", 1.01},
    };

    snprintf(name, sizeof(name), "%s, tf plugin, %s", bout->network->name,
             nr_cores() == 1 ? "one core" : "all cores");
    return contest_hold(&contest);
}

/* Any numbers that are valid: scans, pictures; words stay 0. */
static void fill(const struct bout *bout)
{
    const size_t count = bout->network->input_size / sizeof(float);
    float *values = bout->input;
    size_t i;

    memset(bout->input, 0, bout->network->input_size);
    for (i = 0; bout->network->data_type == VACCEL_DATA_FLOAT32 && i < count; i++)
        values[i] = (float)(i % 97) / 97;
}

static int load(struct bout *bout, const char *folder)
{
    char path[PATH_MAX];
    int ret;

    snprintf(path, sizeof(path), "%s/%s", folder, bout->network->path);
    bout->bare =
        bare_tf_load(path, bout->network->input_operation, bout->network->output_operation);
    if (!bout->bare)
        return VACCEL_EBACKEND;
    ret = vaccel_resource_new(&bout->model, path, VACCEL_RESOURCE_MODEL);
    if (!ret)
        ret = vaccel_resource_register(bout->model, bout->sess);
    return ret ? ret : vaccel_model_load(bout->sess, bout->model, "tf");
}

static void unload(struct bout *bout)
{
    if (bout->bare)
        bare_tf_unload(bout->bare);
    if (bout->model)
        vaccel_resource_delete(bout->model);
    free(bout->input);
    free(bout->outputs[0]);
    free(bout->outputs[1]);
}

static int measure(struct vaccel_session *sess, const struct network *network, const char *folder)
{
    struct bout bout = {.network = network, .sess = sess};
    int ret = VACCEL_ENOMEM;

    bout.input = aligned_alloc(64, MOST_BYTES);
    bout.outputs[0] = malloc(MOST_BYTES);
    bout.outputs[1] = malloc(MOST_BYTES);
    if (bout.input && bout.outputs[0] && bout.outputs[1]) {
        fill(&bout);
        ret = load(&bout, folder);
    }
    if (!ret)
        ret = check(&bout);
    if (!ret)
        ret = compare(&bout);
    unload(&bout);
    return ret;
}

int main(int argc, char **argv)
{
    static const struct network digits = {"digits network, 2880 scans",
                                          "digits/digits.saved-model",
                                          "scan",
                                          "serving_default_scan",
                                          "StatefulPartitionedCall_1",
                                          VACCEL_DATA_FLOAT32,
                                          4,
                                          {2880, 1, 8, 8},
                                          2880 * 64 * 4,
                                          2880 * 10 * 4};
    static const struct network large[] = {
        {"ResNet-50 shape",
         "resnet50.saved-model",
         "picture",
         "serving_default_picture",
         "StatefulPartitionedCall",
         VACCEL_DATA_FLOAT32,
         4,
         {1, 3, 224, 224},
         3 * 224 * 224 * 4,
         1000 * 4},
        {"transformer shape",
         "transformer.saved-model",
         "words",
         "serving_default_words",
         "StatefulPartitionedCall",
         VACCEL_DATA_INT64,
         2,
         {1, 128},
         128 * 8,
         128 * 384 * 4},
    };
    const char *folder = getenv("BENCH_MODELS");
    struct vaccel_session sess;
    size_t i;
    int ret;

    measure_begin(argc, argv);
    ret = vaccel_plugin_load("tf");
    if (!ret)
        ret = vaccel_session_init(&sess, 0);
    if (ret)
        return failed("a session with the tf plugin", ret);
    ret = measure(&sess, &digits, MODELS);
    for (i = 0; folder && i < 2 && !ret; i++)
        ret = measure(&sess, &large[i], folder);
    vaccel_session_release(&sess);
    return ret ? failed("a network", ret) : EXIT_SUCCESS;
}
