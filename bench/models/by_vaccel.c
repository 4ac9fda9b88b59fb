/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A model by vAccel: in this process, or through an agent, as the environment says. VACCEL_BENCH_ENGINE
 * names the engine; without it the library chooses.
 */
#include "runner.h"

#include "vaccel.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE = 4096 };

struct loaded {
    struct vaccel_session sess;
    int has_session;
    struct vaccel_resource model;
};

static struct loaded first;
static struct vaccel_session other;
static struct vaccel_tensor output;

/* The plugin has brought the runtime along, so that it need not be found. */
static void *pinned(size_t size)
{
    static const char *const names[] = {"libcudart.so.13", "libcudart.so.12", "libcudart.so.11.0"};
    int (*pin)(void *data, size_t size, unsigned int flags) = NULL;
    void *data = aligned_alloc(PAGE, (size + PAGE - 1) / PAGE * PAGE);
    void *runtime = NULL;
    size_t i;

    for (i = 0; i < sizeof(names) / sizeof(names[0]) && !runtime; i++)
        runtime = dlopen(names[i], RTLD_NOW | RTLD_NOLOAD);
    if (runtime)
        *(void **)&pin = dlsym(runtime, "cudaHostRegister");
    return data && pin && pin(data, size, 0) == 0 ? data : NULL;
}

static void *memory(const char *kind, size_t size)
{
    if (strcmp(kind, "shared") == 0)
        return vaccel_alloc(size);
    return strcmp(kind, "pinned") == 0 ? pinned(size) : malloc(size);
}

static int told(const char *what, int ret)
{
    if (ret != VACCEL_OK)
        fprintf(stderr, "%s: error %d\n", what, ret);
    return ret;
}

/* Sessions stay: to begin one is no part of loading. */
static int begin(void)
{
    if (first.has_session)
        return VACCEL_OK;
    first.has_session = 1;
    return told("a session", vaccel_session_init(&first.sess, 0));
}

static int load(const struct runner_task *task)
{
    int ret = begin();

    if (ret == VACCEL_OK)
        ret = told(task->model,
                   vaccel_resource_init(&first.model, task->model, VACCEL_RESOURCE_MODEL));
    if (ret == VACCEL_OK)
        ret = told("registering", vaccel_resource_register(&first.model, &first.sess));
    if (ret == VACCEL_OK)
        ret = told("loading",
                   vaccel_model_load(&first.sess, &first.model, getenv("VACCEL_BENCH_ENGINE")));
    return ret;
}

static int second(const struct runner_task *task)
{
    int ret = vaccel_session_init(&other, 0);

    (void)task;
    if (ret == VACCEL_OK)
        ret = vaccel_resource_register(&first.model, &other);
    if (ret == VACCEL_OK)
        ret = vaccel_model_load(&other, &first.model, getenv("VACCEL_BENCH_ENGINE"));
    return told("a second session", ret);
}

static void unload(void)
{
    vaccel_model_unload(&first.sess, &first.model);
    vaccel_resource_unregister(&first.model, &first.sess);
    vaccel_resource_release(&first.model);
}

static void use_inputs(const struct runner_task *task, struct vaccel_tensor *tensors)
{
    const struct runner_input *input;
    size_t i;

    for (i = 0; i < task->nr_inputs; i++) {
        input = &task->inputs[i];
        tensors[i].name = input->name;
        tensors[i].data_type = input->is_integer ? VACCEL_DATA_INT64 : VACCEL_DATA_FLOAT32;
        tensors[i].nr_dims = input->nr_dims;
        memcpy(tensors[i].dims, input->dims, input->nr_dims * sizeof(input->dims[0]));
        tensors[i].data = input->data;
        tensors[i].size = input->size;
    }
}

/* The first run tells how much room its output needs. */
static int make_room(const struct runner_task *task)
{
    int ret = vaccel_tensor_drop(&first.sess, &output);

    output.data = memory(strcmp(task->memory, "shared") == 0 ? "shared" : "ordinary", output.size);
    return output.data ? ret : VACCEL_ENOMEM;
}

static int run(const struct runner_task *task)
{
    static size_t room;
    struct vaccel_tensor inputs[RUNNER_INPUTS_MOST] = {0};
    int ret;

    use_inputs(task, inputs);
    output.name = task->output;
    output.size = room;
    ret = vaccel_model_run(&first.sess, &first.model, NULL, inputs, task->nr_inputs, &output, 1);
    if (ret == VACCEL_OK && !output.data) {
        ret = make_room(task);
        room = output.size;
    }
    return told("a run", ret);
}

static const float *output_of_run(size_t *count)
{
    *count = output.size / sizeof(float);
    return output.data;
}

int main(int argc, char **argv)
{
    static const struct runner runner = {memory, load, second, unload, run, output_of_run};

    return runner_main(argc, argv, &runner);
}
