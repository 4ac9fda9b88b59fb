/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A SavedModel by TensorFlow itself, with the threads that the plugin's setting says. Inputs and the output
 * are named as operations of the graph.
 */
#include "runner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tensorflow/c/c_api.h>

static TF_Graph *graph;
static TF_Session *session;
static TF_Tensor *output;

static void *memory(const char *kind, size_t size)
{
    return strcmp(kind, "ordinary") == 0 ? malloc(size) : NULL;
}

static int told(const char *what, TF_Status *status)
{
    int ret = TF_GetCode(status);

    if (ret != TF_OK)
        fprintf(stderr, "%s: %s\n", what, TF_Message(status));
    TF_DeleteStatus(status);
    return ret;
}

/* Fields 2 and 5 of a ConfigProto: threads within an operation, and for operations. */
static int set_threads(TF_SessionOptions *options)
{
    const char *threads = getenv("VACCEL_TF_THREADS");
    const unsigned char nr = threads ? (unsigned char)strtol(threads, NULL, 10) : 0;
    const unsigned char config[] = {2 << 3, nr, 5 << 3, nr};
    TF_Status *status = TF_NewStatus();

    if (threads)
        TF_SetConfig(options, config, sizeof(config), status);
    return told("threads", status);
}

static int load(const struct runner_task *task)
{
    static const char *const tags[] = {"serve"};
    TF_SessionOptions *options = TF_NewSessionOptions();
    TF_Status *status = TF_NewStatus();
    int ret = set_threads(options);

    graph = TF_NewGraph();
    if (ret == TF_OK)
        session =
            TF_LoadSessionFromSavedModel(options, NULL, task->model, tags, 1, graph, NULL, status);
    TF_DeleteSessionOptions(options);
    return ret == TF_OK ? told(task->model, status) : ret;
}

static void unload(void)
{
    TF_DeleteTensor(output);
    output = NULL;
    TF_DeleteSession(session, TF_NewStatus());
    TF_DeleteGraph(graph);
}

static void keep(void *data, size_t size, void *context)
{
    (void)data, (void)size, (void)context;
}

static int run(const struct runner_task *task)
{
    TF_Output ends[RUNNER_INPUTS_MOST];
    TF_Output end = {TF_GraphOperationByName(graph, task->output), 0};
    TF_Tensor *tensors[RUNNER_INPUTS_MOST];
    TF_Status *status = TF_NewStatus();
    const struct runner_input *input;
    size_t i;

    for (i = 0; i < task->nr_inputs; i++) {
        input = &task->inputs[i];
        ends[i] = (TF_Output){TF_GraphOperationByName(graph, input->name), 0};
        tensors[i] = TF_NewTensor(input->is_integer ? TF_INT64 : TF_FLOAT, input->dims,
                                  (int)input->nr_dims, input->data, input->size, keep, NULL);
    }
    if (output)
        TF_DeleteTensor(output);
    output = NULL;
    TF_SessionRun(session, NULL, ends, tensors, (int)task->nr_inputs, &end, &output, 1, NULL, 0,
                  NULL, status);
    while (i > 0)
        TF_DeleteTensor(tensors[--i]);
    return told("a run", status);
}

static const float *output_of_run(size_t *count)
{
    *count = TF_TensorByteSize(output) / sizeof(float);
    return TF_TensorData(output);
}

int main(int argc, char **argv)
{
    static const struct runner runner = {memory, load, NULL, unload, run, output_of_run};

    return runner_main(argc, argv, &runner);
}
