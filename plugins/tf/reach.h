/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TF_REACH_H
#define TF_REACH_H

/* Which nodes of a graph cannot be run without running certain operations too. */

#include "graph_def.h"

enum {
    REACH_FILES = 1,  /* one that loads or saves */
    REACH_COPIES = 2, /* one that needs inputs of its own: to keep, to write to, or not to change */
    REACH_ASSIGNS = 4, /* and keeps them in a variable */
};

struct reach {
    unsigned char *nodes;     /* of each node that is the graph's own: REACH_ bits */
    unsigned char *functions; /* of each function */
};

/*
 * Judge every operation of the graph and its functions; end it with reach_release().
 * @is_saved_model  operations that load and save may be there
 * Returns EBACKEND (an operation that is refused, which the log names), ENOMEM.
 */
int reach_find(struct reach *reach, const struct graph_def *graph, bool is_saved_model);
void reach_release(struct reach *reach);

#endif
