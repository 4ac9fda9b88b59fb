/* SPDX-License-Identifier: Apache-2.0 */
#include "core/models.h"
#include "ops/fallbacks.h"
#include "platform/text.h"

static int refuse_memory(void)
{
    vaccel_error("no memory for what goes into a model or comes out");
    return VACCEL_ENOMEM;
}

static int fill_info(const struct loaded_model *model, const char *signature,
                     struct vaccel_model_info *info)
{
    text_format(info->format, sizeof(info->format), "%s", model->format);
    text_format(info->engine, sizeof(info->engine), "%s", model->engine->owner->info->name);
    return model_check_code(model, model->engine->info(model->state, signature, info));
}

int model_info_by_engine(struct vaccel_session *sess, struct vaccel_resource *model,
                         const char *signature, struct vaccel_model_info **info)
{
    struct vaccel_model_info *made = platform_alloc_zeroed(sizeof(*made));
    struct loaded_model *loaded;
    int ret = made ? model_use(sess, model, &loaded) : refuse_memory();

    if (ret == VACCEL_OK) {
        ret = fill_info(loaded, signature, made);
        model_release(loaded);
    }
    if (ret == VACCEL_OK)
        *info = made;
    else
        vaccel_model_info_delete(made);
    return ret;
}

/* What a run returns that went well follows from its outputs. */
static int check_outputs(const struct loaded_model *model, const struct vaccel_inference *inference)
{
    const struct vaccel_tensor *output = inference->outputs;
    int ret = VACCEL_OK;
    size_t i;

    for (i = 0; i < inference->nr_outputs; i++, output++) {
        if (output->data_type == VACCEL_DATA_UNKNOWN) {
            vaccel_error("engine %s gave no output %zu", model->engine->owner->info->name, i);
            return VACCEL_EBACKEND;
        }
        if (output->held && output->data)
            ret = VACCEL_ERANGE;
    }
    return ret;
}

int model_run_with_options(struct vaccel_session *sess, struct vaccel_resource *model,
                           const struct vaccel_inference *inference)
{
    struct loaded_model *loaded;
    int ret = model_use(sess, model, &loaded);

    if (ret != VACCEL_OK)
        return ret;
    ret = model_check_code(loaded, loaded->engine->run(loaded->state, sess, inference));
    if (ret == VACCEL_OK || ret == VACCEL_ERANGE)
        ret = check_outputs(loaded, inference);
    model_release(loaded);
    return ret;
}

static bool has_empty_name(const struct vaccel_tensor *tensor)
{
    return tensor->name && !tensor->name[0];
}

static bool has_empty_names(const struct vaccel_tensor *tensors, size_t count)
{
    while (count && !has_empty_name(&tensors[count - 1]))
        count--;
    return count;
}

static void forget_empty_names(struct vaccel_tensor *tensors, size_t count)
{
    while (count--)
        if (has_empty_name(&tensors[count]))
            tensors[count].name = NULL;
}

/* For an engine an empty name is none, as in the general form. */
int model_run_by_engine(struct vaccel_session *sess, struct vaccel_resource *model,
                        const char *signature, const struct vaccel_tensor *inputs, size_t nr_inputs,
                        struct vaccel_tensor *outputs, size_t nr_outputs)
{
    struct vaccel_inference inference = {
        .signature = signature,
        .inputs = inputs,
        .nr_inputs = nr_inputs,
        .outputs = outputs,
        .nr_outputs = nr_outputs,
    };
    struct vaccel_tensor *copies = NULL;
    int ret;

    if (has_empty_names(inputs, nr_inputs)) {
        copies = platform_alloc(nr_inputs * sizeof(*copies));
        if (!copies)
            return refuse_memory();
        memcpy(copies, inputs, nr_inputs * sizeof(*copies));
        forget_empty_names(copies, nr_inputs);
        inference.inputs = copies;
    }
    forget_empty_names(outputs, nr_outputs);
    ret = model_run_with_options(sess, model, &inference);
    platform_free(copies);
    return ret;
}
