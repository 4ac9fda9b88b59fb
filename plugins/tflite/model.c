/* SPDX-License-Identifier: Apache-2.0 */
#include "model.h"

#include "check.h"
#include "guard.h"
#include "vaccel.h"

#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 64 };

/* Weights are read where they lie; those of a file lie on a page, those in memory perhaps anywhere. */
static const void *aligned(struct model *model, const uint8_t *bytes, size_t size)
{
    if ((uintptr_t)bytes % ALIGNMENT == 0)
        return bytes;
    if (posix_memalign(&model->copy, ALIGNMENT, size) != 0) {
        model->copy = NULL;
        return NULL;
    }
    memcpy(model->copy, bytes, size);
    return model->copy;
}

/* What is read into a model. */
struct reading {
    struct model *model;
    struct vaccel_resource *resource;
};

static int read_model(void *argument)
{
    const struct reading *reading = argument;
    struct model *model = reading->model;
    struct vaccel_resource *resource = reading->resource;
    struct sentences said = {.length = 0};
    size_t size = 0;
    const uint8_t *bytes;
    const void *placed;

    if (resource->nr_blobs != 1) {
        vaccel_error("[tflite] the model has %zu files: a TensorFlow Lite model is one",
                     resource->nr_blobs);
        return VACCEL_EINVAL;
    }
    bytes = vaccel_blob_data(resource->blobs[0], &size);
    if (!bytes) {
        vaccel_error("[tflite] the model's file cannot be read");
        return VACCEL_EBACKEND;
    }
    placed = aligned(model, bytes, size);
    if (!placed)
        return VACCEL_ENOMEM;
    model->tflite = TfLiteModelCreateWithErrorReporter(placed, size, sentences_report, &said);
    if (model->tflite)
        return check_model(placed, size, &model->options.with_xnnpack);
    vaccel_error("[tflite] %s", sentences_text(&said));
    return VACCEL_EBACKEND;
}

static int describe_function(struct function *function, const struct graph *graph, const char *name)
{
    int ret;

    if (name) {
        function->name = strdup(name);
        if (!function->name)
            return VACCEL_ENOMEM;
    }
    ret = graph_inputs(graph, &function->inputs, &function->nr_inputs);
    if (ret != VACCEL_OK)
        return ret;
    return graph_outputs(graph, &function->outputs, &function->nr_outputs);
}

static int describe_functions(struct model *model, const struct interpreter *interpreter)
{
    const size_t nr_signatures = interpreter->nr_graphs - 1;
    const char *name;
    size_t i;
    int ret;

    model->functions = calloc(interpreter->nr_graphs, sizeof(*model->functions));
    if (!model->functions)
        return VACCEL_ENOMEM;
    model->nr_functions = interpreter->nr_graphs;
    model->default_function = nr_signatures;
    for (i = 0; i < model->nr_functions; i++) {
        name = i < nr_signatures ? TfLiteInterpreterGetSignatureKey(interpreter->tflite, (int32_t)i)
                                 : NULL;
        if (name && !strcmp(name, "serving_default"))
            model->default_function = i;
        ret = describe_function(&model->functions[i], &interpreter->graphs[i], name);
        if (ret != VACCEL_OK)
            return ret;
    }
    return VACCEL_OK;
}

/* What TensorFlow Lite cannot run, as an operation that it does not know, shows here. */
static int try_out(const struct model *model, struct interpreter *interpreter)
{
    if (graph_allocate(&interpreter->graphs[model->default_function]) == TFLITE_OK)
        return VACCEL_OK;
    vaccel_error("[tflite] %s", sentences_text(&interpreter->said));
    return VACCEL_EBACKEND;
}

/* Of which the model's description is taken. */
struct first_use {
    struct model *model;
    struct interpreter *interpreter;
};

static int use_first(void *argument)
{
    const struct first_use *use = argument;
    int ret = describe_functions(use->model, use->interpreter);

    return ret == VACCEL_OK ? try_out(use->model, use->interpreter) : ret;
}

static int make_first_interpreter(struct model *model)
{
    struct first_use use = {.model = model};
    int ret = pool_take(&model->pool, &use.interpreter);

    if (ret != VACCEL_OK)
        return ret;
    ret = guarded(use_first, &use);
    pool_give(&model->pool, use.interpreter);
    return ret;
}

int model_load(struct model **model, struct vaccel_resource *resource,
               const struct interpreter_options *options)
{
    struct model *loaded = calloc(1, sizeof(*loaded));
    struct reading reading = {loaded, resource};
    int ret;

    if (!loaded)
        return VACCEL_ENOMEM;
    loaded->options = *options;
    ret = guarded(read_model, &reading);
    pool_init(&loaded->pool, loaded->tflite, &loaded->options);
    if (ret == VACCEL_OK)
        ret = make_first_interpreter(loaded);
    if (ret == VACCEL_OK)
        *model = loaded;
    else
        model_unload(loaded);
    return ret;
}

void model_unload(struct model *model)
{
    size_t i;

    pool_release(&model->pool);
    for (i = 0; i < model->nr_functions; i++) {
        graph_ports_free(model->functions[i].inputs, model->functions[i].nr_inputs);
        graph_ports_free(model->functions[i].outputs, model->functions[i].nr_outputs);
        free(model->functions[i].name);
    }
    free(model->functions);
    if (model->tflite)
        TfLiteModelDelete(model->tflite);
    free(model->copy);
    free(model);
}

static void log_signatures(const struct model *model, const char *name)
{
    struct sentences names = {.length = 0};
    size_t i;

    for (i = 0; i < model->nr_functions; i++)
        if (model->functions[i].name)
            sentences_add(&names, "%s", model->functions[i].name);
    vaccel_error("[tflite] the model has no signature \"%s\", but: %s", name,
                 names.length ? names.text : "none");
}

int model_function(const struct model *model, const char *name, size_t *place)
{
    if (!name) {
        *place = model->default_function;
        return VACCEL_OK;
    }
    for (*place = 0; *place < model->nr_functions; (*place)++)
        if (model->functions[*place].name && !strcmp(model->functions[*place].name, name))
            return VACCEL_OK;
    log_signatures(model, name);
    return VACCEL_EINVAL;
}

static int tell_ports(const struct function *function, struct vaccel_model_info *info)
{
    const struct port *port;
    size_t i;
    int ret = VACCEL_OK;

    for (i = 0; i < function->nr_inputs && ret == VACCEL_OK; i++) {
        port = &function->inputs[i];
        ret = vaccel_model_info_add_input(info, port->name, port->type, port->nr_dims, port->dims);
    }
    for (i = 0; i < function->nr_outputs && ret == VACCEL_OK; i++) {
        port = &function->outputs[i];
        ret = vaccel_model_info_add_output(info, port->name, port->type, port->nr_dims, port->dims);
    }
    return ret;
}

int model_info(const struct model *model, const char *signature, struct vaccel_model_info *info)
{
    size_t place;
    size_t i;
    int ret = model_function(model, signature, &place);

    for (i = 0; i < model->nr_functions && ret == VACCEL_OK; i++)
        if (model->functions[i].name)
            ret = vaccel_model_info_add_signature(info, model->functions[i].name);
    return ret == VACCEL_OK ? tell_ports(&model->functions[place], info) : ret;
}
