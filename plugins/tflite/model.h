/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TFLITE_MODEL_H
#define TFLITE_MODEL_H

#include "graph.h"
#include "pool.h"
#include "vaccel/engine.h"

/* What can be called by name, or by default; its place among the graphs of each interpreter. */
struct function {
    char *name; /* of the signature; NULL: the first subgraph */
    struct port *inputs;
    size_t nr_inputs;
    struct port *outputs;
    size_t nr_outputs;
};

/* A loaded model. */
struct model {
    struct interpreter_options options;
    void *copy; /* of bytes that did not lie where a model must; or NULL */
    struct TfLiteModel *tflite;
    struct pool pool;
    struct function *functions; /* as the graphs */
    size_t nr_functions;
    size_t default_function; /* serving_default, or else the first subgraph */
};

/* Returns EINVAL (not one file), EBACKEND, ENOMEM; the log says more. */
int model_load(struct model **model, struct vaccel_resource *resource,
               const struct interpreter_options *options);
void model_unload(struct model *model);

/* The place of the function with that name; NULL: the default one. Returns EINVAL (none, logged). */
int model_function(const struct model *model, const char *name, size_t *place);

int model_info(const struct model *model, const char *signature, struct vaccel_model_info *info);

/* In run.c. */
int model_run(struct model *model, struct vaccel_session *sess,
              const struct vaccel_inference *inference);

#endif
