/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TF_REGISTRY_H
#define TF_REGISTRY_H

/* What TensorFlow tells of its own operations. */

#include "graph_def.h"

struct operation {
    struct text name;
    struct text definition; /* an OpDef */
    bool is_stateful;       /* it has a state or an effect */
};

/* The operation of that name, or NULL; *@is_known: the list could be made. */
const struct operation *registry_find(struct text name, bool *is_known);

/*
 * Whether a node has the attributes that its operation must have, each of its type. TensorFlow does not
 * look at nodes within functions, and ends the process when it misses one.
 */
bool registry_has_attributes(const struct graph_def *graph, const struct node *node);

#endif
