/* SPDX-License-Identifier: Apache-2.0 */
#include "core/models.h"
#include "ops/fallbacks.h"
#include "platform/text.h"

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
    int ret = made ? model_use(sess, model, &loaded) : VACCEL_ENOMEM;

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

int model_run_by_engine(struct vaccel_session *sess, struct vaccel_resource *model,
                        const char *signature, const struct vaccel_tensor *inputs, size_t nr_inputs,
                        struct vaccel_tensor *outputs, size_t nr_outputs)
{
    const struct vaccel_inference inference = {
        .signature = signature,
        .inputs = inputs,
        .nr_inputs = nr_inputs,
        .outputs = outputs,
        .nr_outputs = nr_outputs,
    };

    return model_run_with_options(sess, model, &inference);
}
