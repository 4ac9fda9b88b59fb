/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Networks of the usual shapes run through the torch plugin and by libtorch itself, on a GPU where there is
 * one. models/large.py makes them: BENCH_MODELS names the folder where it did, else it is done first.
 */
#include "bare_torch.h"
#include "measure.h"
#include "vaccel.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { GPU_BATCH = 64 };

struct network {
    const char *name;
    const char *input; /* its file */
    bool words;
    uint32_t nr_dims;
    int64_t dims[4]; /* the first is the batch */
};

static const struct network large[] = {
    {"resnet50", "resnet50-picture.f32", false, 4, {1, 3, 224, 224}},
    {"transformer", "transformer-words.i64", true, 2, {1, 128}},
};

struct subject {
    struct vaccel_session sess;
    struct vaccel_resource model;
    struct vaccel_tensor input;
    float *output;
    float *expected;
    size_t output_size;
};

static size_t bytes_of(const struct network *network)
{
    size_t bytes = network->words ? sizeof(int64_t) : sizeof(float);
    uint32_t i;

    for (i = 0; i < network->nr_dims; i++)
        bytes *= (size_t)network->dims[i];
    return bytes;
}

/* The input of a batch of one, as often as the batch wants it. */
static int read_input(const char *folder, const struct network *network, char *to, size_t batch)
{
    char path[PATH_MAX];
    size_t size = bytes_of(network), i;
    FILE *file;
    bool whole;

    snprintf(path, sizeof(path), "%s/%s", folder, network->input);
    file = fopen(path, "rb");
    if (!file)
        return errno;
    whole = fread(to, 1, size, file) == size;
    fclose(file);
    for (i = 1; i < batch; i++)
        memcpy(to + i * size, to, size);
    return whole ? VACCEL_OK : VACCEL_EIO;
}

static int by_plugin(void *context, size_t calls)
{
    struct subject *subject = context;
    int ret = VACCEL_OK;

    while (calls--) {
        struct vaccel_tensor output = {.data = subject->output, .size = subject->output_size};

        ret |=
            vaccel_model_run(&subject->sess, &subject->model, NULL, &subject->input, 1, &output, 1);
    }
    return ret;
}

static int by_torch(void *context, size_t calls)
{
    struct subject *subject = context;
    const struct bare_tensor input = {
        .data = subject->input.data,
        .words = subject->input.data_type == VACCEL_DATA_INT64,
        .nr_dims = subject->input.nr_dims,
        .dims = subject->input.dims,
    };
    int ret = VACCEL_OK;

    while (calls--)
        ret |= bare_torch_run(&input, subject->expected, subject->output_size / sizeof(float))
                   ? VACCEL_OK
                   : VACCEL_EBACKEND;
    return ret;
}

/* Both must give the same numbers, or they are not worth comparing. Torch makes plans in the first runs. */
static int check(struct subject *subject)
{
    int ret = by_plugin(subject, 3);

    if (ret == VACCEL_OK)
        ret = by_torch(subject, 3);
    if (ret == VACCEL_OK && memcmp(subject->output, subject->expected, subject->output_size) != 0)
        ret = VACCEL_EBACKEND;
    return ret;
}

/* A first run tells how large its output is. */
static int make_room(struct subject *subject)
{
    struct vaccel_tensor output = {0};
    int ret =
        vaccel_model_run(&subject->sess, &subject->model, NULL, &subject->input, 1, &output, 1);

    if (ret != VACCEL_OK)
        return ret;
    vaccel_tensor_drop(&subject->sess, &output);
    subject->output_size = output.size;
    subject->output = malloc(output.size);
    subject->expected = malloc(output.size);
    return subject->output && subject->expected ? VACCEL_OK : VACCEL_ENOMEM;
}

static int compare(struct subject *subject, const struct network *network, const char *memory)
{
    char name[128];
    struct contest contest = {
        .name = name,
        .unit = "ms",
        .unit_ns = 1e6,
        .run = by_plugin,
        .yardstick = "libtorch",
        .run_yardstick = by_torch,
        .context = subject,
        .calls = 1,
        .samples = 101,
        .clock = bare_torch_has_gpu() ? CLOCK_MONOTONIC : busy_clock(),
        .comparison = RATIO,
        .bar = {"low", "at most", 1.01},
    };

    snprintf(name, sizeof(name), "%s, batch of %lld, torch plugin, %s%s", network->name,
             (long long)subject->input.dims[0],
             bare_torch_has_gpu() ? "GPU"
             : nr_cores() == 1    ? "one core"
                                  : "all cores",
             memory);
    return contest_hold(&contest);
}

static int load(struct subject *subject, const char *folder, const struct network *network)
{
    char path[PATH_MAX];
    int ret;

    snprintf(path, sizeof(path), "%s/%s.pt", folder, network->name);
    if (!bare_torch_load(path))
        return VACCEL_EBACKEND;
    ret = vaccel_resource_init(&subject->model, path, VACCEL_RESOURCE_MODEL);
    if (ret == VACCEL_OK)
        ret = vaccel_resource_register(&subject->model, &subject->sess);
    return ret == VACCEL_OK ? vaccel_model_load(&subject->sess, &subject->model, "torch") : ret;
}

/* With the input in that memory. */
static int run_in(struct subject *subject, const char *folder, const struct network *network,
                  void *input, const char *memory)
{
    size_t batch = (size_t)subject->input.dims[0];
    int ret = input ? read_input(folder, network, input, batch) : VACCEL_ENOMEM;

    subject->input.data = input;
    if (ret == VACCEL_OK)
        ret = make_room(subject);
    if (ret == VACCEL_OK)
        ret = check(subject);
    if (ret == VACCEL_OK)
        ret = compare(subject, network, memory);
    free(subject->output);
    free(subject->expected);
    subject->output = subject->expected = NULL;
    return ret;
}

static int measure(struct subject *subject, const char *folder, const struct network *network)
{
    size_t batch = bare_torch_has_gpu() ? GPU_BATCH : 1;
    size_t size = batch * bytes_of(network);
    void *input = malloc(size);
    int ret = load(subject, folder, network);

    subject->input = (struct vaccel_tensor){
        .data_type = network->words ? VACCEL_DATA_INT64 : VACCEL_DATA_FLOAT32,
        .nr_dims = network->nr_dims,
        .size = size,
    };
    memcpy(subject->input.dims, network->dims, sizeof(network->dims));
    subject->input.dims[0] = (int64_t)batch;
    if (ret == VACCEL_OK)
        ret = run_in(subject, folder, network, input, "");
    if (ret == VACCEL_OK && bare_torch_has_gpu())
        ret = run_in(subject, folder, network, bare_torch_pinned(size), ", pinned memory");
    free(input);
    vaccel_resource_release(&subject->model);
    return ret;
}

static int measure_all(struct subject *subject, const char *folder)
{
    int ret = VACCEL_OK;
    size_t i;

    for (i = 0; i < sizeof(large) / sizeof(large[0]) && ret == VACCEL_OK; i++)
        ret = measure(subject, folder, &large[i]);
    return ret;
}

/* In a folder that is removed afterwards. */
static int make_and_measure(struct subject *subject)
{
    char folder[] = "/tmp/vaccel-bench-torch-XXXXXX";
    char command[2 * PATH_MAX];
    int ret;

    if (!mkdtemp(folder))
        return errno;
    snprintf(command, sizeof(command),
             "python3 %s/large.py --networks resnet50 transformer --formats torchscript -- %s >&2",
             MODELS, folder);
    ret = system(command) == 0 ? measure_all(subject, folder) : VACCEL_EBACKEND;
    snprintf(command, sizeof(command), "rm -r %s", folder);
    return system(command) == 0 ? ret : VACCEL_EIO;
}

/* Without the networks that take long to make. */
static int measure_quickly(struct subject *subject)
{
    static const struct network digits = {"digits", "held-out/scans.f32", false, 4, {1, 1, 8, 8}};

    return measure(subject, MODELS "/digits", &digits);
}

int main(int argc, char **argv)
{
    static struct subject subject;
    const char *folder = getenv("BENCH_MODELS");
    int ret;

    measure_begin(argc, argv);
    ret = vaccel_plugin_load("torch");
    if (ret == VACCEL_OK)
        ret = vaccel_session_init(&subject.sess, 0);
    if (ret != VACCEL_OK)
        return failed("a session with the torch plugin", ret);
    if (argc > 1)
        ret = measure_quickly(&subject);
    else
        ret = folder ? measure_all(&subject, folder) : make_and_measure(&subject);
    vaccel_session_release(&subject.sess);
    return ret == VACCEL_OK ? EXIT_SUCCESS : failed("a network", ret);
}
