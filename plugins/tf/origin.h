/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TF_ORIGIN_H
#define TF_ORIGIN_H

/* What TensorFlow runs to load a SavedModel, and where the names of the files come from. */

#include "reach.h"

/*
 * See that what is run for a node reads no files but those whose names the loading puts in, and
 * writes none.
 * @entry  name of the node, "node" or "node:0"
 * @fed    @nr_fed names of tensors that get their values from the loading: paths within the model
 * Returns EBACKEND, and the log says why; ENOMEM.
 */
int origin_check(const struct graph_def *graph, const struct reach *reach, struct text entry,
                 const struct text *fed, size_t nr_fed);

#endif
