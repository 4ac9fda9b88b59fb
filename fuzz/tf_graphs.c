/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the plugin tf reads of a saved_model.pb, or of a frozen graph, before TensorFlow does. The first byte says
 * which it is.
 */
#include "operations.h"
#include "origin.h"
#include "registry.h"
#include "saved_model.h"

#include <stdlib.h>
#include <string.h>

enum { FROZEN, SAVED_MODEL };

/* Every byte must be there. */
static void use_text(struct text text)
{
    const volatile char *bytes = text.bytes;
    size_t i;

    for (i = 0; i < text.size; i++)
        (void)bytes[i];
}

/* In place of what TensorFlow knows of its operations: of each kind there is one. */
enum operation_kind operation_kind_of(struct text name)
{
    static const char *const names[] = {
        [OPERATION_KEEPS] = "Queue",       [OPERATION_ASSIGNS] = "AssignVariableOp",
        [OPERATION_LOADS] = "RestoreV2",   [OPERATION_SAVES] = "SaveV2",
        [OPERATION_REFUSED] = "WriteFile",
    };
    size_t i;

    for (i = OPERATION_KEEPS; i < sizeof(names) / sizeof(names[0]); i++)
        if (text_is(name, names[i]))
            return (enum operation_kind)i;
    return OPERATION_PLAIN;
}

size_t operation_file_input(struct text name)
{
    (void)name;
    return 0;
}

const struct operation *registry_find(struct text name, bool *is_known)
{
    (void)name;
    *is_known = false;
    return NULL;
}

bool registry_has_attributes(const struct graph_def *graph, const struct node *node)
{
    size_t i;

    for (i = 0; i < node->nr_attributes; i++)
        use_text(graph->attributes[node->first_attribute + i].name);
    return true;
}

static void use_texts(const struct graph_def *graph, size_t first, size_t count)
{
    size_t i;

    if (first > graph->nr_texts || count > graph->nr_texts - first)
        abort();
    for (i = first; i < first + count; i++)
        use_text(graph->texts[i]);
}

static void use(const struct graph_def *graph)
{
    const struct function *function;
    const struct node *node;
    size_t i;

    for (i = 0; i < graph->nr_nodes; i++) {
        node = &graph->nodes[i];
        use_texts(graph, node->first_input, node->nr_inputs);
        use_texts(graph, node->first_call, node->nr_calls);
    }
    for (i = 0; i < graph->nr_functions; i++) {
        function = &graph->functions[i];
        use_texts(graph, function->first_argument, function->nr_arguments);
        if (function->first_node > graph->nr_nodes ||
            function->nr_nodes > graph->nr_nodes - function->first_node)
            abort();
    }
}

static void check_graph(struct text bytes, const struct saved_model *saved)
{
    struct graph_def graph;
    struct reach reach;

    if (graph_def_read(&graph, bytes) != VACCEL_OK)
        return;
    use(&graph);
    if (reach_find(&reach, &graph, saved != NULL) == VACCEL_OK) {
        if (saved)
            saved_model_check_loading(saved, &graph, &reach);
        reach_release(&reach);
    }
    graph_def_release(&graph);
}

static void check_saved_model(struct text file)
{
    struct signatures signatures = {0};
    struct saved_model saved;

    if (saved_model_read(&saved, file) != VACCEL_OK)
        return;
    check_graph(saved.graph, &saved);
    saved_model_signatures(&saved, &signatures);
    signatures_release(&signatures);
    saved_model_release(&saved);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text file;
    char *copy;

    if (!size)
        return 0;
    file.size = size - 1;
    copy = malloc(file.size); /* of just that size, for the sanitizer to see */
    if (!copy)
        abort();
    memcpy(copy, data + 1, file.size);
    file.bytes = copy;
    if (data[0] % 2 == SAVED_MODEL)
        check_saved_model(file);
    else
        check_graph(file, NULL);
    free(copy);
    return 0;
}
