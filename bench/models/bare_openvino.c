/* SPDX-License-Identifier: Apache-2.0 */
/* A model by OpenVINO itself, compiled for latency and for the accuracy of its own elements, as by the plugin. */
#include "runner.h"

#include <openvino/c/openvino.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static ov_core_t *core;
static ov_compiled_model_t *model;
static ov_infer_request_t *request;
static ov_tensor_t *output;

static void *memory(const char *kind, size_t size)
{
    return strcmp(kind, "ordinary") == 0 ? malloc(size) : NULL;
}

static int told(const char *what, ov_status_e status)
{
    if (status != OK)
        fprintf(stderr, "%s: %s\n", what, ov_get_last_err_msg());
    return status;
}

static int load(const struct runner_task *task)
{
    int ret = core ? 0 : told("OpenVINO", ov_core_create(&core));

    if (ret == 0)
        ret = told(task->model,
                   ov_core_compile_model_from_file(
                       core, task->model, "CPU", 4, &model, ov_property_key_hint_performance_mode,
                       "LATENCY", ov_property_key_hint_execution_mode, "ACCURACY"));
    return ret == 0 ? told("a request", ov_compiled_model_create_infer_request(model, &request))
                    : ret;
}

static void unload(void)
{
    ov_tensor_free(output);
    output = NULL;
    ov_infer_request_free(request);
    ov_compiled_model_free(model);
}

/* The elements stay where they are. */
static int set_input(const struct runner_input *input, size_t place)
{
    ov_tensor_t *tensor = NULL;
    ov_shape_t shape;
    int ret = told("a shape", ov_shape_create(input->nr_dims, input->dims, &shape));

    if (ret != 0)
        return ret;
    ret = told("an input", ov_tensor_create_from_host_ptr(input->is_integer ? I64 : F32, shape,
                                                          input->data, &tensor));
    if (ret == 0)
        ret = told("an input", ov_infer_request_set_input_tensor_by_index(request, place, tensor));
    ov_tensor_free(tensor);
    ov_shape_free(&shape);
    return ret;
}

static int run(const struct runner_task *task)
{
    size_t i;
    int ret = 0;

    for (i = 0; i < task->nr_inputs && ret == 0; i++)
        ret = set_input(&task->inputs[i], i);
    if (ret == 0)
        ret = told("a run", ov_infer_request_infer(request));
    if (output)
        ov_tensor_free(output);
    output = NULL;
    if (ret == 0)
        ret = told("an output", ov_infer_request_get_output_tensor_by_index(request, 0, &output));
    return ret;
}

static const float *output_of_run(size_t *count)
{
    void *data = NULL;

    if (ov_tensor_get_size(output, count) != OK || ov_tensor_data(output, &data) != OK)
        *count = 0;
    return data;
}

int main(int argc, char **argv)
{
    static const struct runner runner = {memory, load, NULL, unload, run, output_of_run};

    return runner_main(argc, argv, &runner);
}
