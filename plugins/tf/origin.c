/* SPDX-License-Identifier: Apache-2.0 */
#include "origin.h"
#include "operations.h"

#include <vaccel.h>

#include <stdlib.h>
#include <string.h>

/* Far beyond what TensorFlow writes; a graph could call functions more often than there is time. */
enum { MOST_STEPS = 1000000, DEEPEST_CALL = 32 };

struct walk {
    const struct graph_def *graph;
    const struct reach *reach;
    const struct text *fed;
    size_t nr_fed;
    size_t steps;
    bool writes_are_fed; /* all that is written to variables is what the loading puts in */
};

/* A function that is being called. */
struct frame {
    const struct function *function;
    const struct node *call;
    const struct frame *above; /* NULL: the graph itself */
    int depth;
};

static int refuse(const struct node *node, const char *why)
{
    vaccel_error("[tf] loading the model would run the node \"%.*s\" (%.*s): refused, as %s",
                 text_width(node->name), node->name.bytes, text_width(node->op), node->op.bytes,
                 why);
    return VACCEL_EBACKEND;
}

/* "node" is "node:0". */
static bool is_same_tensor(struct text a, struct text b)
{
    static const struct text first = {":0", 2};
    struct text rest_a;
    struct text rest_b;
    size_t size;

    if (text_compare(input_node(a), input_node(b)) != 0)
        return false;
    size = input_node(a).size;
    rest_a = (struct text){a.bytes + size, a.size - size};
    rest_b = (struct text){b.bytes + size, b.size - size};
    return !text_compare(rest_a.size ? rest_a : first, rest_b.size ? rest_b : first);
}

static bool is_fed(const struct walk *walk, struct text input)
{
    size_t i;

    for (i = 0; i < walk->nr_fed; i++)
        if (is_same_tensor(input, walk->fed[i]))
            return true;
    return false;
}

static const struct node *node_within(const struct graph_def *graph, const struct frame *frame,
                                      struct text name)
{
    size_t i;

    if (!frame)
        return graph_def_node(graph, name);
    for (i = 0; i < frame->function->nr_nodes; i++)
        if (!text_compare(graph->nodes[frame->function->first_node + i].name, name))
            return &graph->nodes[frame->function->first_node + i];
    return NULL;
}

/* The input of the call that is the argument of this name; false: none is. */
static bool find_argument(const struct graph_def *graph, const struct frame *frame,
                          struct text name, struct text *input)
{
    const struct function *function = frame->function;
    size_t i;

    for (i = 0; i < function->nr_arguments && i < frame->call->nr_inputs; i++)
        if (!text_compare(graph->texts[function->first_argument + i], name)) {
            *input = graph->texts[frame->call->first_input + i];
            return true;
        }
    return false;
}

/*
 * TensorFlow 2 puts the name of an asset into a variable and reads it from there. That is as good as
 * what was put in, if it is read behind that and if nothing else is written to any variable meanwhile.
 */
static bool read_behind_assignment(const struct walk *walk, const struct node *read,
                                   struct text *input)
{
    const struct text *texts = walk->graph->texts;
    const struct node *node;
    size_t i;

    if (!walk->writes_are_fed || !text_is(read->op, "ReadVariableOp"))
        return false;
    for (i = 1; i < read->nr_inputs; i++) {
        node = graph_def_node(walk->graph, input_node(texts[read->first_input + i]));
        if (node && text_is(node->op, "AssignVariableOp") && node->nr_inputs >= 2 &&
            !text_compare(texts[node->first_input], texts[read->first_input])) {
            *input = texts[node->first_input + 1];
            return true;
        }
    }
    return false;
}

/* From where it is used back to where it is put in, through arguments of calls and Identity. */
static bool comes_from_loading(struct walk *walk, const struct frame *frame, struct text input)
{
    const struct node *node;

    while (walk->steps++ < MOST_STEPS && input.size && *input.bytes != '^') {
        if (!frame && is_fed(walk, input))
            return true;
        if (frame && find_argument(walk->graph, frame, input, &input)) {
            frame = frame->above;
            continue;
        }
        node = node_within(walk->graph, frame, input_node(input));
        if (!node || !node->nr_inputs)
            return false;
        if (!frame && read_behind_assignment(walk, node, &input))
            continue;
        if (!text_is(node->op, "Identity"))
            return false;
        input = walk->graph->texts[node->first_input];
    }
    return false;
}

static int check_operation(struct walk *walk, const struct frame *frame, const struct node *node)
{
    size_t input;

    switch (operation_kind_of(node->op)) {
    case OPERATION_SAVES:
        return refuse(node, "it writes files");
    case OPERATION_LOADS:
        input = operation_file_input(node->op);
        if (input < node->nr_inputs &&
            comes_from_loading(walk, frame, walk->graph->texts[node->first_input + input]))
            return VACCEL_OK;
        return refuse(node, "it reads a file that is not one of the model's own");
    default:
        return VACCEL_OK;
    }
}

static bool has_bit(const struct walk *walk, const struct function *function, unsigned char bit)
{
    return function && (walk->reach->functions[function - walk->graph->functions] & bit);
}

/* The function that the node is nothing but a call of, so that its inputs are the arguments; or NULL. */
static const struct function *plain_call(const struct graph_def *graph, const struct node *node)
{
    const struct function *function = NULL;

    if (text_is(node->op, "PartitionedCall") || text_is(node->op, "StatefulPartitionedCall")) {
        if (node->nr_calls == 1)
            function = graph_def_function(graph, graph->texts[node->first_call]);
    } else if (!node->nr_calls) {
        function = graph_def_function(graph, node->op);
    }
    return function && !function->has_lists ? function : NULL;
}

static bool calls_with(const struct walk *walk, const struct node *node, unsigned char bit)
{
    const struct graph_def *graph = walk->graph;
    size_t i;

    for (i = 0; i < node->nr_calls; i++)
        if (has_bit(walk, graph_def_function(graph, graph->texts[node->first_call + i]), bit))
            return true;
    return has_bit(walk, graph_def_function(graph, node->op), bit);
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as DEEPEST_CALL */
static int check_node(struct walk *walk, const struct frame *frame, const struct node *node)
{
    const struct function *function;
    struct frame called;
    size_t i;
    int ret = check_operation(walk, frame, node);

    if (ret || !calls_with(walk, node, REACH_FILES))
        return ret;
    function = plain_call(walk->graph, node);
    called = (struct frame){function, node, frame, frame ? frame->depth + 1 : 0};
    if (!function || called.depth == DEEPEST_CALL)
        return refuse(node, "it hides which files it reads");
    for (i = 0; i < function->nr_nodes && !ret; i++) {
        if (walk->steps++ == MOST_STEPS)
            return refuse(node, "it calls too many functions");
        ret = check_node(walk, &called, &walk->graph->nodes[function->first_node + i]);
    }
    return ret;
}

/* What an entry runs: nodes that need what it is about, from it back. */
struct run {
    const struct node **nodes;
    size_t nr_nodes;
    bool *seen;
};

static unsigned char bits_of(const struct walk *walk, const struct node *node)
{
    return walk->reach->nodes[node - walk->graph->nodes] & (REACH_FILES | REACH_ASSIGNS);
}

static void add_to_run(struct run *run, const struct walk *walk, const struct node *node)
{
    if (!node || run->seen[node - walk->graph->nodes] || !bits_of(walk, node))
        return;
    run->seen[node - walk->graph->nodes] = true;
    run->nodes[run->nr_nodes++] = node;
}

static void find_run(struct run *run, const struct walk *walk, const struct node *entry)
{
    const struct node *node;
    size_t at;
    size_t i;

    add_to_run(run, walk, entry);
    for (at = 0; at < run->nr_nodes; at++) {
        node = run->nodes[at];
        for (i = 0; i < node->nr_inputs; i++)
            add_to_run(
                run, walk,
                graph_def_node(walk->graph, input_node(walk->graph->texts[node->first_input + i])));
    }
}

static bool writes_are_fed(struct walk *walk, const struct run *run)
{
    const struct node *node;
    size_t i;

    for (i = 0; i < run->nr_nodes; i++) {
        node = run->nodes[i];
        if (calls_with(walk, node, REACH_ASSIGNS))
            return false;
        if (operation_kind_of(node->op) == OPERATION_ASSIGNS &&
            (!text_is(node->op, "AssignVariableOp") || node->nr_inputs < 2 ||
             !comes_from_loading(walk, NULL, walk->graph->texts[node->first_input + 1])))
            return false;
    }
    return true;
}

static int check_run(struct walk *walk, const struct run *run)
{
    size_t i;
    int ret = VACCEL_OK;

    walk->writes_are_fed = writes_are_fed(walk, run);
    for (i = 0; i < run->nr_nodes && !ret; i++)
        ret = check_node(walk, NULL, run->nodes[i]);
    return ret;
}

int origin_check(const struct graph_def *graph, const struct reach *reach, struct text entry,
                 const struct text *fed, size_t nr_fed)
{
    struct walk walk = {.graph = graph, .reach = reach, .fed = fed, .nr_fed = nr_fed};
    const struct node *node = graph_def_node(graph, input_node(entry));
    struct run run = {0};
    int ret = VACCEL_ENOMEM;

    if (!node)
        return VACCEL_OK;
    run.nodes = calloc(graph->nr_own_nodes, sizeof(*run.nodes));
    run.seen = calloc(graph->nr_own_nodes, sizeof(*run.seen));
    if (run.nodes && run.seen) {
        find_run(&run, &walk, node);
        ret = check_run(&walk, &run);
    }
    free(run.nodes);
    free(run.seen);
    return ret;
}
