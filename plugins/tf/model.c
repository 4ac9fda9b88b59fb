/* SPDX-License-Identifier: Apache-2.0 */
#include "model.h"
#include "files.h"
#include "graph_def.h"
#include "reach.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_THREADS = 1024 };

/* A ConfigProto: fields 2 and 5, how many threads work in an operation and on operations. */
static unsigned char config[6];
static size_t config_size;

static void add_config(unsigned char field, long value)
{
    config[config_size++] = (unsigned char)(field << 3);
    if (value > 0x7f)
        config[config_size++] = (unsigned char)(value | 0x80);
    config[config_size++] = (unsigned char)(value > 0x7f ? value >> 7 : value);
}

int model_read_setting(void)
{
    const char *setting = getenv("VACCEL_TF_THREADS");
    char *end;
    long in;
    long on;

    config_size = 0;
    if (!setting || !*setting)
        return VACCEL_OK;
    in = strtol(setting, &end, 10);
    on = *end == ',' ? strtol(end + 1, &end, 10) : in;
    if (end == setting || *end || in < 1 || in > MOST_THREADS || on < 1 || on > MOST_THREADS) {
        vaccel_error("[tf] VACCEL_TF_THREADS is \"%s\": give the threads within an operation, or "
                     "these and those for operations side by side, as in \"4,2\"; each 1 to %d",
                     setting, MOST_THREADS);
        return VACCEL_EINVAL;
    }
    add_config(2, in);
    add_config(5, on);
    return VACCEL_OK;
}

void model_log(const char *what, TF_Status *status)
{
    char line[900];
    size_t i;

    snprintf(line, sizeof(line), "%s", TF_Message(status));
    for (i = 0; line[i]; i++)
        if (line[i] == '\n')
            line[i] = ' ';
    vaccel_error("[tf] %s: %s", what, line);
}

/* Start a session: of a SavedModel's directory, or of the graph as it is. */
static int start(struct model *model, const char *directory, const struct saved_model *saved)
{
    TF_SessionOptions *options = TF_NewSessionOptions();
    TF_Status *status = TF_NewStatus();
    int ret = VACCEL_OK;

    if (config_size)
        TF_SetConfig(options, config, config_size, status);
    if (TF_GetCode(status) == TF_OK)
        model->session = saved ? TF_LoadSessionFromSavedModel(
                                     options, NULL, directory, (const char *const *)saved->tags,
                                     saved->nr_tags, model->graph, NULL, status)
                               : TF_NewSession(model->graph, options, status);
    if (TF_GetCode(status) != TF_OK) {
        model_log("TensorFlow refuses the model", status);
        ret = VACCEL_EBACKEND;
    }
    TF_DeleteStatus(status);
    TF_DeleteSessionOptions(options);
    return ret;
}

static int import(struct model *model, struct text bytes)
{
    TF_ImportGraphDefOptions *options = TF_NewImportGraphDefOptions();
    TF_Buffer graph = {.data = bytes.bytes, .length = bytes.size};
    TF_Status *status = TF_NewStatus();
    int ret = VACCEL_OK;

    TF_GraphImportGraphDef(model->graph, &graph, options, status);
    if (TF_GetCode(status) != TF_OK) {
        model_log("TensorFlow refuses the graph", status);
        ret = VACCEL_EBACKEND;
    }
    TF_DeleteStatus(status);
    TF_DeleteImportGraphDefOptions(options);
    return ret;
}

static int by_address(const void *a, const void *b)
{
    const uintptr_t first = (uintptr_t)((const struct reaching *)a)->operation;
    const uintptr_t second = (uintptr_t)((const struct reaching *)b)->operation;

    return first < second ? -1 : first > second;
}

static int keep_one(struct model *model, struct text node, unsigned char bits)
{
    char *name = text_copy(node);

    if (!name)
        return VACCEL_ENOMEM;
    model->reaching[model->nr_reaching] =
        (struct reaching){TF_GraphOperationByName(model->graph, name), bits};
    if (model->reaching[model->nr_reaching].operation)
        model->nr_reaching++;
    free(name);
    return VACCEL_OK;
}

/* From names to operations: what a run reaches is looked up by them. */
static int keep_reaching(struct model *model, const struct graph_def *graph,
                         const struct reach *reach)
{
    size_t count = 0;
    size_t i;
    int ret = VACCEL_OK;

    for (i = 0; i < graph->nr_own_nodes; i++)
        count += reach->nodes[i] != 0;
    if (!count)
        return VACCEL_OK;
    model->reaching = calloc(count, sizeof(*model->reaching));
    if (!model->reaching)
        return VACCEL_ENOMEM;
    for (i = 0; i < graph->nr_own_nodes && !ret; i++)
        if (reach->nodes[i])
            ret = keep_one(model, graph->nodes[i].name, reach->nodes[i]);
    qsort(model->reaching, model->nr_reaching, sizeof(*model->reaching), by_address);
    return ret;
}

unsigned char model_reach(const struct model *model, const TF_Operation *operation)
{
    const struct reaching wanted = {.operation = operation};
    const struct reaching *found = NULL;

    if (model->nr_reaching)
        found = bsearch(&wanted, model->reaching, model->nr_reaching, sizeof(wanted), by_address);
    return found ? found->bits : 0;
}

/* serving_default, or else the only one. */
static void choose_default(struct model *model)
{
    const struct signatures *all = &model->signatures;
    size_t i;

    if (all->nr == 1)
        model->default_signature = &all->items[0];
    for (i = 0; i < all->nr; i++)
        if (all->items[i].name && !strcmp(all->items[i].name, "serving_default"))
            model->default_signature = &all->items[i];
}

static int load_frozen(struct model *model, struct text bytes)
{
    struct graph_def graph;
    struct reach reach = {0};
    int ret = graph_def_read(&graph, bytes);

    if (ret)
        return ret;
    ret = reach_find(&reach, &graph, false);
    if (!ret)
        ret = import(model, bytes);
    if (!ret)
        ret = start(model, NULL, NULL);
    if (!ret)
        ret = keep_reaching(model, &graph, &reach);
    if (!ret)
        ret = model_find_ends(model);
    reach_release(&reach);
    graph_def_release(&graph);
    return ret;
}

/* Everything is judged before TensorFlow sees it: to load is to run. */
static int load_checked(struct model *model, const char *directory, const struct saved_model *saved)
{
    struct graph_def graph;
    struct reach reach = {0};
    int ret = graph_def_read(&graph, saved->graph);

    if (ret)
        return ret;
    ret = reach_find(&reach, &graph, true);
    if (!ret)
        ret = saved_model_check_loading(saved, &graph, &reach);
    if (!ret)
        ret = saved_model_signatures(saved, &model->signatures);
    if (!ret)
        ret = start(model, directory, saved);
    if (!ret)
        ret = keep_reaching(model, &graph, &reach);
    reach_release(&reach);
    graph_def_release(&graph);
    return ret;
}

static int load_saved(struct model *model, const char *directory)
{
    struct saved_model saved;
    struct text file;
    int ret = files_read(directory, "saved_model.pb", &file);

    if (ret)
        return ret;
    ret = saved_model_read(&saved, file);
    if (!ret) {
        ret = load_checked(model, directory, &saved);
        saved_model_release(&saved);
    }
    free((char *)file.bytes);
    return ret;
}

static int load_as(struct model *model, struct vaccel_resource *resource, const char *format)
{
    struct files files;
    struct text copy;
    int ret;

    if (!strcmp(format, "frozen-graph")) {
        ret = files_graph(resource, &copy);
        if (!ret) {
            ret = load_frozen(model, copy);
            free((char *)copy.bytes);
        }
        return ret;
    }
    ret = files_place(&files, resource);
    if (!ret) {
        ret = load_saved(model, files.directory);
        files_remove(&files);
    }
    return ret;
}

int model_load(struct vaccel_resource *resource, const char *format, void **state)
{
    struct model *model = calloc(1, sizeof(*model));
    int ret;

    if (!model)
        return VACCEL_ENOMEM;
    model->graph = TF_NewGraph();
    ret = load_as(model, resource, format);
    if (ret) {
        model_unload(model);
        return ret;
    }
    choose_default(model);
    *state = model;
    return VACCEL_OK;
}

void model_unload(void *state)
{
    struct model *model = state;
    TF_Status *status = TF_NewStatus();

    if (model->session) {
        TF_CloseSession(model->session, status);
        TF_DeleteSession(model->session, status);
    }
    TF_DeleteGraph(model->graph);
    TF_DeleteStatus(status);
    signatures_release(&model->signatures);
    free(model->reaching);
    free(model);
}
