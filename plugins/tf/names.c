/* SPDX-License-Identifier: Apache-2.0 */
#include "model.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { LIST_SIZE = 400 };

static const char *const side_names[] = {[SIDE_INPUTS] = "input", [SIDE_OUTPUTS] = "output"};

/* Add a name to a list of them for the log; what is too much is left out. */
static void list_add(char list[LIST_SIZE], const char *name)
{
    const size_t used = strlen(list);

    snprintf(list + used, LIST_SIZE - used, "%s%s", used ? ", " : "", name);
}

int model_signature(const struct model *model, const char *name, const struct signature **found)
{
    char list[LIST_SIZE] = "";
    size_t i;

    *found = model->default_signature;
    if (!name)
        return VACCEL_OK;
    for (i = 0; i < model->signatures.nr; i++) {
        *found = &model->signatures.items[i];
        if ((*found)->name && !strcmp((*found)->name, name))
            return VACCEL_OK;
        if ((*found)->name)
            list_add(list, (*found)->name);
    }
    *found = NULL;
    vaccel_error("[tf] the model has no signature \"%s\"; it has: %s", name, *list ? list : "none");
    return VACCEL_EINVAL;
}

/* "name" or "name:2". False: the graph has no such tensor. */
static bool find_in_graph(const struct model *model, const char *name, TF_Output *end)
{
    const char *colon = strchr(name, ':');
    char *operation = colon ? strndup(name, (size_t)(colon - name)) : strdup(name);
    char *rest;
    long index = 0;

    if (!operation)
        return false;
    end->oper = TF_GraphOperationByName(model->graph, operation);
    free(operation);
    errno = 0;
    if (colon) {
        index = strtol(colon + 1, &rest, 10);
        if (colon[1] < '0' || colon[1] > '9' || *rest || errno)
            return false;
    }
    if (!end->oper || index >= TF_OperationNumOutputs(end->oper))
        return false;
    end->index = (int)index;
    return true;
}

static const struct tensor_infos *infos_of(const struct signature *signature, enum side side)
{
    static const struct tensor_infos none;

    if (!signature)
        return &none;
    return side == SIDE_INPUTS ? &signature->inputs : &signature->outputs;
}

static const struct tensor_info *find_info(const struct tensor_infos *infos, const char *name,
                                           size_t position)
{
    size_t i;

    if (!name)
        return position < infos->nr ? &infos->items[position] : NULL;
    for (i = 0; i < infos->nr; i++)
        if (!strcmp(infos->items[i].key, name))
            return &infos->items[i];
    return NULL;
}

/* The classic calls make "scores:0" of a node "scores", which may be a key and no operation. */
static const struct tensor_info *find_node(const struct tensor_infos *infos, const char *name)
{
    size_t length;
    size_t i;

    for (i = 0; i < infos->nr; i++) {
        length = strlen(infos->items[i].key);
        if (!strncmp(infos->items[i].key, name, length) && !strcmp(name + length, ":0"))
            return &infos->items[i];
    }
    return NULL;
}

static int unknown(const struct tensor_infos *infos, enum side side, const char *name,
                   size_t position)
{
    char list[LIST_SIZE] = "";
    size_t i;

    for (i = 0; i < infos->nr; i++)
        list_add(list, infos->items[i].key);
    if (name)
        vaccel_error("[tf] the model has no %s \"%s\"; it has: %s. A tensor of the graph is called "
                     "\"operation\" or \"operation:0\"",
                     side_names[side], name, *list ? list : "none");
    else
        vaccel_error("[tf] the model has no %s at place %zu; it has %zu: %s", side_names[side],
                     position, infos->nr, *list ? list : "none");
    return VACCEL_EINVAL;
}

int model_place(const struct model *model, const struct signature *signature, enum side side,
                const char *name, size_t position, struct place *place)
{
    const struct tensor_infos *infos = infos_of(signature, side);

    *place = (struct place){.info = find_info(infos, name, position)};
    if (!place->info && name && find_in_graph(model, name, &place->end))
        return VACCEL_OK;
    if (!place->info && name)
        place->info = find_node(infos, name);
    if (!place->info)
        return unknown(infos, side, name, position);
    if (find_in_graph(model, place->info->tensor, &place->end))
        return VACCEL_OK;
    vaccel_error("[tf] the model's %s \"%s\" is %s", side_names[side], place->info->key,
                 *place->info->tensor ? "a tensor that its graph does not have"
                                      : "made of several tensors (sparse or ragged), which is not "
                                        "supported");
    return VACCEL_EINVAL;
}

int model_shape(const struct model *model, TF_Output end, int64_t dims[VACCEL_TENSOR_DIMS_MAX])
{
    TF_Status *status = TF_NewStatus();
    int nr_dims = TF_GraphGetTensorNumDims(model->graph, end, status);

    if (nr_dims > VACCEL_TENSOR_DIMS_MAX)
        nr_dims = -1;
    if (nr_dims > 0)
        TF_GraphGetTensorShape(model->graph, end, dims, nr_dims, status);
    if (TF_GetCode(status) != TF_OK)
        nr_dims = -1;
    TF_DeleteStatus(status);
    return nr_dims;
}
