/* SPDX-License-Identifier: Apache-2.0 */
#include "model.h"

#include <stdlib.h>
#include <string.h>

/* A graph without signatures gets one that has no name. */

/* One whose name is too long for a list is none of the graph's ends. */
static int add_end(struct model *model, struct tensor_infos *infos, TF_Output end)
{
    const char *name = TF_OperationName(end.oper);
    const bool is_only = TF_OperationNumOutputs(end.oper) == 1;
    struct tensor_info *info;
    char *tensor;

    if (asprintf(&tensor, "%s:%d", name, end.index) < 0)
        return VACCEL_ENOMEM;
    if (strlen(tensor) >= sizeof(info->key)) {
        free(tensor);
        return VACCEL_OK;
    }
    info = tensor_infos_add(infos);
    if (!info) {
        free(tensor);
        return VACCEL_ENOMEM;
    }
    info->tensor = tensor;
    snprintf(info->key, sizeof(info->key), "%s", is_only ? name : tensor);
    info->type = TF_OperationOutputType(end);
    info->nr_dims = model_shape(model, end, info->dims);
    return VACCEL_OK;
}

static bool is_used(const TF_Operation *operation)
{
    int i;

    if (TF_OperationNumControlOutputs((TF_Operation *)operation) > 0)
        return true;
    for (i = 0; i < TF_OperationNumOutputs((TF_Operation *)operation); i++)
        if (TF_OperationOutputNumConsumers((TF_Output){(TF_Operation *)operation, i}) > 0)
            return true;
    return false;
}

static int add_operation(struct model *model, struct signature *signature, TF_Operation *operation)
{
    const bool is_input = !strncmp(TF_OperationOpType(operation), "Placeholder", 11);
    int i;
    int ret = VACCEL_OK;

    if (!is_input && is_used(operation))
        return VACCEL_OK;
    for (i = 0; i < TF_OperationNumOutputs(operation) && !ret; i++)
        ret = add_end(model, is_input ? &signature->inputs : &signature->outputs,
                      (TF_Output){operation, i});
    return ret;
}

int model_find_ends(struct model *model)
{
    struct signature *signature = signatures_add(&model->signatures);
    TF_Operation *operation;
    size_t at = 0;
    int ret = VACCEL_OK;

    if (!signature)
        return VACCEL_ENOMEM;
    while (!ret && (operation = TF_GraphNextOperation(model->graph, &at)))
        ret = add_operation(model, signature, operation);
    return ret;
}
