/* SPDX-License-Identifier: Apache-2.0 */
#include "model.h"
#include "tensors.h"

typedef int add_function(struct vaccel_model_info *info, const char *name,
                         enum vaccel_data_type type, int nr_dims, const int64_t *dims);

static int add_all(struct vaccel_model_info *info, const struct tensor_infos *infos,
                   add_function *add)
{
    const struct tensor_info *one;
    size_t i;
    int ret = VACCEL_OK;

    for (i = 0; i < infos->nr && !ret; i++) {
        one = &infos->items[i];
        ret = add(info, one->key, tensor_type((TF_DataType)one->type), one->nr_dims, one->dims);
    }
    return ret;
}

int model_info(void *state, const char *name, struct vaccel_model_info *info)
{
    const struct model *model = state;
    const struct signature *signature;
    size_t i;
    int ret = model_signature(model, name, &signature);

    for (i = 0; i < model->signatures.nr && !ret; i++)
        if (model->signatures.items[i].name)
            ret = vaccel_model_info_add_signature(info, model->signatures.items[i].name);
    if (!ret && signature)
        ret = add_all(info, &signature->inputs, vaccel_model_info_add_input);
    if (!ret && signature)
        ret = add_all(info, &signature->outputs, vaccel_model_info_add_output);
    return ret;
}
