/* SPDX-License-Identifier: Apache-2.0 */
#include "reach.h"
#include "operations.h"
#include "registry.h"

#include <vaccel.h>

#include <stdlib.h>

/*
 * Bits spread from nodes to those that need them: through inputs, and from functions to who calls
 * them. Vertices are the graph's own nodes and behind them the functions.
 */
struct spread {
    const struct graph_def *graph;
    unsigned char *bits;
    size_t nr_vertices;
    size_t nr_edges;
    size_t *first; /* edges of each vertex; one more */
    size_t *to;
    size_t *queue; /* a ring; each vertex is in it at most once */
    unsigned char *queued;
};

typedef void edge_function(struct spread *spread, size_t from, size_t to);

static size_t function_vertex(const struct graph_def *graph, const struct function *function)
{
    return graph->nr_own_nodes + (size_t)(function - graph->functions);
}

static void call_edge(struct spread *spread, size_t caller, struct text callee, edge_function *edge)
{
    const struct function *function = graph_def_function(spread->graph, callee);

    if (function)
        edge(spread, function_vertex(spread->graph, function), caller);
}

static void call_edges(struct spread *spread, size_t caller, const struct node *node,
                       edge_function *edge)
{
    size_t i;

    call_edge(spread, caller, node->op, edge);
    for (i = 0; i < node->nr_calls; i++)
        call_edge(spread, caller, spread->graph->texts[node->first_call + i], edge);
}

static void input_edges(struct spread *spread, size_t vertex, const struct node *node,
                        edge_function *edge)
{
    const struct graph_def *graph = spread->graph;
    const struct node *input;
    size_t i;

    for (i = 0; i < node->nr_inputs; i++) {
        input = graph_def_node(graph, input_node(graph->texts[node->first_input + i]));
        if (input)
            edge(spread, (size_t)(input - graph->nodes), vertex);
    }
}

static void function_edges(struct spread *spread, const struct function *function,
                           edge_function *edge)
{
    const struct graph_def *graph = spread->graph;
    const size_t vertex = function_vertex(graph, function);
    size_t i;

    for (i = 0; i < function->nr_nodes; i++)
        call_edges(spread, vertex, &graph->nodes[function->first_node + i], edge);
}

/* Who calls a function may have its gradient called. */
static void gradient_edges(struct spread *spread, edge_function *edge)
{
    const struct graph_def *graph = spread->graph;
    const struct function *function;
    size_t i;

    for (i = 0; i < graph->nr_gradients; i++) {
        function = graph_def_function(graph, graph->gradients[2 * i]);
        if (function)
            call_edge(spread, function_vertex(graph, function), graph->gradients[2 * i + 1], edge);
    }
}

static void all_edges(struct spread *spread, edge_function *edge)
{
    const struct graph_def *graph = spread->graph;
    size_t i;

    for (i = 0; i < graph->nr_own_nodes; i++) {
        input_edges(spread, i, &graph->nodes[i], edge);
        call_edges(spread, i, &graph->nodes[i], edge);
    }
    for (i = 0; i < graph->nr_functions; i++)
        function_edges(spread, &graph->functions[i], edge);
    gradient_edges(spread, edge);
}

static void count_edge(struct spread *spread, size_t from, size_t to)
{
    (void)to;
    spread->first[from + 1]++;
    spread->nr_edges++;
}

/* @first is the end of what is stored so far: shifted back afterwards. */
static void store_edge(struct spread *spread, size_t from, size_t to)
{
    spread->to[spread->first[from]++] = to;
}

static bool make_edges(struct spread *spread)
{
    size_t i;

    all_edges(spread, count_edge);
    for (i = 1; i <= spread->nr_vertices; i++)
        spread->first[i] += spread->first[i - 1];
    spread->to = calloc(spread->nr_edges + 1, sizeof(*spread->to));
    if (!spread->to)
        return false;
    all_edges(spread, store_edge);
    for (i = spread->nr_vertices; i > 0; i--)
        spread->first[i] = spread->first[i - 1];
    spread->first[0] = 0;
    return true;
}

/* From each vertex with bits to those that need it, until nothing changes. */
static void run(struct spread *spread)
{
    size_t waiting = 0;
    size_t head = 0;
    size_t from;
    size_t to;
    size_t i;

    for (i = 0; i < spread->nr_vertices; i++)
        if (spread->bits[i]) {
            spread->queue[waiting++] = i;
            spread->queued[i] = 1;
        }
    for (; waiting > 0; waiting--) {
        from = spread->queue[head++ % spread->nr_vertices];
        spread->queued[from] = 0;
        for (i = spread->first[from]; i < spread->first[from + 1]; i++) {
            to = spread->to[i];
            if (!(spread->bits[from] & ~spread->bits[to]))
                continue;
            spread->bits[to] |= spread->bits[from];
            if (spread->queued[to])
                continue;
            spread->queued[to] = 1;
            spread->queue[(head + waiting - 1) % spread->nr_vertices] = to;
            waiting++;
        }
    }
}

static int spread_bits(const struct graph_def *graph, unsigned char *bits)
{
    const size_t nr = graph->nr_own_nodes + graph->nr_functions;
    struct spread spread = {.graph = graph, .bits = bits, .nr_vertices = nr};
    int ret = VACCEL_ENOMEM;

    spread.first = calloc(nr + 2, sizeof(*spread.first));
    spread.queue = calloc(nr + 1, sizeof(*spread.queue));
    spread.queued = calloc(nr + 1, 1);
    if (spread.first && spread.queue && spread.queued && make_edges(&spread)) {
        run(&spread);
        ret = VACCEL_OK;
    }
    free(spread.first);
    free(spread.queue);
    free(spread.queued);
    free(spread.to);
    return ret;
}

static int judge(const struct graph_def *graph, const struct node *node, bool is_saved_model,
                 unsigned char *bits)
{
    if (!registry_has_attributes(graph, node)) {
        vaccel_error(
            "[tf] the model's node \"%.*s\" is damaged: as a %.*s it needs other attributes",
            text_width(node->name), node->name.bytes, text_width(node->op), node->op.bytes);
        return VACCEL_EBACKEND;
    }
    switch (operation_kind_of(node->op)) {
    case OPERATION_BY_ELEMENT:
        return VACCEL_OK;
    case OPERATION_PLAIN:
    case OPERATION_KEEPS:
        *bits |= REACH_COPIES;
        return VACCEL_OK;
    case OPERATION_ASSIGNS:
        *bits |= REACH_COPIES | REACH_ASSIGNS;
        return VACCEL_OK;
    case OPERATION_LOADS:
    case OPERATION_SAVES:
        *bits |= REACH_FILES;
        if (is_saved_model)
            return VACCEL_OK;
        break;
    case OPERATION_REFUSED:
        break;
    }
    vaccel_error(
        "[tf] the model's node \"%.*s\" is a %.*s, which may reach beyond the model: refused. "
        "Whoever trusts the model can set VACCEL_TF_ALLOW_OPS=%.*s",
        text_width(node->name), node->name.bytes, text_width(node->op), node->op.bytes,
        text_width(node->op), node->op.bytes);
    return VACCEL_EBACKEND;
}

/* Of a function that another may be called for, nothing is known. */
static int judge_all(struct reach *reach, const struct graph_def *graph, bool is_saved_model)
{
    const struct function *function;
    size_t i;
    size_t j;
    int ret = VACCEL_OK;

    for (i = 0; i < graph->nr_own_nodes && !ret; i++)
        ret = judge(graph, &graph->nodes[i], is_saved_model, &reach->nodes[i]);
    for (i = 0; i < graph->nr_functions; i++) {
        function = &graph->functions[i];
        if (function->is_replaceable)
            reach->functions[i] |= REACH_COPIES;
        for (j = 0; j < function->nr_nodes && !ret; j++)
            ret = judge(graph, &graph->nodes[function->first_node + j], is_saved_model,
                        &reach->functions[i]);
    }
    return ret;
}

/* What TensorFlow may call instead could be another than the one that was looked at. */
static int refuse_replaceable(const struct reach *reach, const struct graph_def *graph)
{
    size_t i;

    for (i = 0; i < graph->nr_functions; i++)
        if (graph->functions[i].is_replaceable && (reach->functions[i] & REACH_FILES)) {
            vaccel_error("[tf] the model has a function that loads or saves files and has another "
                         "in its place (api_implements): refused");
            return VACCEL_EBACKEND;
        }
    return VACCEL_OK;
}

int reach_find(struct reach *reach, const struct graph_def *graph, bool is_saved_model)
{
    int ret;

    reach->nodes = calloc(graph->nr_own_nodes + graph->nr_functions + 1, 1);
    if (!reach->nodes)
        return VACCEL_ENOMEM;
    reach->functions = reach->nodes + graph->nr_own_nodes;
    ret = judge_all(reach, graph, is_saved_model);
    if (!ret)
        ret = spread_bits(graph, reach->nodes);
    if (!ret)
        ret = refuse_replaceable(reach, graph);
    if (ret)
        reach_release(reach);
    return ret;
}

void reach_release(struct reach *reach)
{
    free(reach->nodes);
    *reach = (struct reach){0};
}
