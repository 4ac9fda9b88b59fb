/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TF_GRAPH_DEF_H
#define TF_GRAPH_DEF_H

/* What a GraphDef says: its nodes, those of its functions, and what hangs on what. */

#include "protobuf.h"

struct attribute {
    struct text name;
    uint32_t field; /* of AttrValue: what it is; 0: nothing */
};

/* Numbers are indices into the arrays of struct graph_def. */
struct node {
    struct text name;
    struct text op;
    size_t first_input; /* in texts: "node", "node:1", "^node"; in a function also "argument" */
    size_t nr_inputs;
    size_t first_call; /* in texts: functions that its attributes name */
    size_t nr_calls;
    size_t first_attribute;
    size_t nr_attributes;
};

struct function {
    struct text name;
    size_t first_argument; /* in texts */
    size_t nr_arguments;
    size_t first_node;
    size_t nr_nodes;
    bool has_lists;      /* an argument stands for several inputs of a call */
    bool is_replaceable; /* TensorFlow may call another function in its place */
};

/* The texts lie in the message. */
struct graph_def {
    struct node *nodes; /* those of the graph itself first, sorted by name */
    size_t nr_nodes;
    size_t nr_own_nodes;
    struct function *functions; /* sorted by name */
    size_t nr_functions;
    struct text *gradients; /* in pairs: a function, and the one that is its gradient */
    size_t nr_gradients;
    struct attribute *attributes;
    size_t nr_attributes;
    struct text *texts;
    size_t nr_texts;
};

/*
 * Read the GraphDef; end it with graph_def_release().
 * Returns ENOMEM, EBACKEND (no GraphDef, or one with a name twice); the log says which.
 */
int graph_def_read(struct graph_def *graph, struct text message);
void graph_def_release(struct graph_def *graph);

/* The node or function of that name, or NULL. */
const struct node *graph_def_node(const struct graph_def *graph, struct text name);
const struct function *graph_def_function(const struct graph_def *graph, struct text name);

/* Of "^node", "node:1" or "node:output:0": the node. */
struct text input_node(struct text input);

#endif
