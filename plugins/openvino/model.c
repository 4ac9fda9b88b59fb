/* SPDX-License-Identifier: Apache-2.0 */
#include "model.h"

#include "core.h"
#include "failure.h"
#include "inputs.h"
#include "outputs.h"
#include "source.h"

static int compile(struct vaccel_resource *resource, const char *format,
                   ov_compiled_model_t **compiled)
{
    ov_model_t *source = NULL;
    int ret = source_read(resource, format, &source);

    if (ret != VACCEL_OK)
        return ret;
    /* Who calls waits for the answer; throughput is for those who have many inputs at once. */
    if (ov_core_compile_model(core_get(), source, core_device(), 4, compiled,
                              ov_property_key_hint_performance_mode, "LATENCY",
                              ov_property_key_hint_execution_mode, core_execution_mode()) != OK)
        ret = failure(VACCEL_EBACKEND, "the model cannot be compiled for %s", core_device());
    ov_model_free(source);
    return ret;
}

static int describe(struct model *model)
{
    int ret = ports_read(&model->inputs, model->compiled, INPUT);

    if (ret == VACCEL_OK)
        ret = ports_read(&model->outputs, model->compiled, OUTPUT);
    if (ret == VACCEL_OK)
        ret = requests_init(&model->requests, model->compiled, model->inputs.count,
                            model->outputs.count, model->has_state);
    return ret;
}

static void free_model(struct model *model)
{
    ports_release(&model->inputs);
    ports_release(&model->outputs);
    ov_compiled_model_free(model->compiled);
    free(model);
}

int model_load(struct vaccel_resource *resource, const char *format, void **state)
{
    struct model *model = calloc(1, sizeof(*model));
    int ret;

    if (!model)
        return no_memory("a model");
    model->is_saved_model = !strcmp(format, "saved-model");
    ret = compile(resource, format, &model->compiled);
    if (ret == VACCEL_OK)
        ret = source_has_state(resource, format, &model->has_state);
    if (ret == VACCEL_OK)
        ret = describe(model);
    if (ret == VACCEL_OK)
        *state = model;
    else
        free_model(model);
    return ret;
}

void model_unload(void *state)
{
    struct model *model = state;

    requests_release(&model->requests);
    free_model(model);
}

/* OpenVINO takes one function out of a model; of a SavedModel, serving_default. */
static int check_signature(const struct model *model, const char *signature)
{
    if (!signature || !signature[0])
        return VACCEL_OK;
    if (model->is_saved_model && !strcmp(signature, "serving_default"))
        return VACCEL_OK;
    vaccel_error("[openvino] signature \"%.200s\": OpenVINO runs %s alone; leave the name out",
                 signature, model->is_saved_model ? "serving_default" : "a model's one function");
    return VACCEL_EINVAL;
}

static int add_ports(const struct ports *ports, struct vaccel_model_info *info,
                     int (*add)(struct vaccel_model_info *info, const char *name,
                                enum vaccel_data_type type, int nr_dims, const int64_t *dims))
{
    int ret = VACCEL_OK;
    size_t i;

    for (i = 0; i < ports->count && ret == VACCEL_OK; i++) {
        const struct port *port = &ports->all[i];

        ret = add(info, port->name, port->type, port->nr_dims, port->dims);
    }
    return ret;
}

int model_info(void *state, const char *signature, struct vaccel_model_info *info)
{
    const struct model *model = state;
    int ret = check_signature(model, signature);

    if (ret == VACCEL_OK)
        ret = add_ports(&model->inputs, info, vaccel_model_info_add_input);
    if (ret == VACCEL_OK)
        ret = add_ports(&model->outputs, info, vaccel_model_info_add_output);
    return ret;
}

static int run(struct model *model, struct request *request, struct vaccel_session *sess,
               const struct vaccel_inference *inference, size_t *places)
{
    int ret = inputs_set(request, &model->inputs, inference);

    if (ret == VACCEL_OK)
        ret = outputs_place(request, &model->outputs, inference, places);
    if (ret == VACCEL_OK && ov_infer_request_infer(request->handle) != OK)
        ret = failure(VACCEL_EBACKEND, "the model cannot be run");
    if (ret == VACCEL_OK)
        ret = outputs_deliver(request, &model->outputs, sess, inference, places);
    return ret;
}

int model_run(void *state, struct vaccel_session *sess, const struct vaccel_inference *inference)
{
    struct model *model = state;
    struct request *request;
    size_t *places;
    int ret = check_signature(model, inference->signature);

    if (ret != VACCEL_OK)
        return ret;
    places = calloc(inference->nr_outputs, sizeof(*places));
    if (!places)
        return no_memory("the outputs of a run");
    ret = requests_take(&model->requests, &request);
    if (ret == VACCEL_OK) {
        ret = run(model, request, sess, inference, places);
        requests_return(&model->requests, request);
    }
    free(places);
    return ret;
}
