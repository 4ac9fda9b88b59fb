/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TF_SAVED_MODEL_H
#define TF_SAVED_MODEL_H

/* What the file saved_model.pb says. */

#include "reach.h"

#include <vaccel.h>

enum { SAVED_MODEL_TAGS_MAX = 16 };

/* The one graph of a SavedModel that is to be loaded. The texts lie in the file. */
struct saved_model {
    struct text meta_graph;
    struct text graph;
    char *tags[SAVED_MODEL_TAGS_MAX];
    int nr_tags;
};

/*
 * Choose the graph for serving, or the only one there is; end it with saved_model_release().
 * Returns EBACKEND (damaged, or no such graph), ENOMEM.
 */
int saved_model_read(struct saved_model *model, struct text file);
void saved_model_release(struct saved_model *model);

/* See that loading it reads the model's own files alone. Errors as origin_check(). */
int saved_model_check_loading(const struct saved_model *model, const struct graph_def *graph,
                              const struct reach *reach);

/* A tensor of a signature. */
struct tensor_info {
    char key[256];
    char *tensor; /* "node:0"; empty if it is composed of several tensors */
    int64_t type; /* a TF_DataType */
    int nr_dims;  /* -1: unknown */
    int64_t dims[VACCEL_TENSOR_DIMS_MAX];
};

struct tensor_infos {
    struct tensor_info *items; /* sorted by key */
    size_t nr;
};

struct signature {
    char *name; /* NULL: of a graph without signatures */
    struct tensor_infos inputs;
    struct tensor_infos outputs;
};

struct signatures {
    struct signature *items; /* sorted by name */
    size_t nr;
};

/* The signatures that are for calling; end them with signatures_release(). Errors as above. */
int saved_model_signatures(const struct saved_model *model, struct signatures *signatures);

/* Add one more, zeroed; NULL: no memory. */
struct signature *signatures_add(struct signatures *signatures);
struct tensor_info *tensor_infos_add(struct tensor_infos *infos);
void signatures_release(struct signatures *signatures);

#endif
