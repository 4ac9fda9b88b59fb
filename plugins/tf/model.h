/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TF_MODEL_H
#define TF_MODEL_H

/* A loaded model: TensorFlow's graph and session, and what can be called in it. */

#include "saved_model.h"

#include <tensorflow/c/c_api.h>
#include <vaccel.h>
#include <vaccel/engine.h>

#include <stdatomic.h>

/* An operation of the graph that has REACH_ bits. */
struct reaching {
    const TF_Operation *operation;
    unsigned char bits;
};

struct model {
    TF_Graph *graph;
    TF_Session *session;
    struct signatures signatures;
    const struct signature *default_signature; /* or NULL */
    struct reaching *reaching;                 /* sorted by address */
    size_t nr_reaching;
    atomic_bool is_unusable; /* it holds on to memory that is not its own */
};

/* An input or an output, as it was found by its name. */
struct place {
    TF_Output end;
    const struct tensor_info *info; /* of a signature, or NULL */
};

enum side { SIDE_INPUTS, SIDE_OUTPUTS };

/* Read VACCEL_TF_THREADS. Returns EINVAL; the log says why. */
int model_read_setting(void);

int model_load(struct vaccel_resource *resource, const char *format, void **state);
void model_unload(void *state);
int model_info(void *state, const char *signature, struct vaccel_model_info *info);
int model_run(void *state, struct vaccel_session *sess, const struct vaccel_inference *inference);

/* The signature of that name, or the default one. *@found is NULL if there is none to be the default. */
int model_signature(const struct model *model, const char *name, const struct signature **found);

/* Find a tensor by its key in the signature, by its name in the graph, or, @name NULL, by its place. */
int model_place(const struct model *model, const struct signature *signature, enum side side,
                const char *name, size_t position, struct place *place);

/* The REACH_ bits of an operation. */
unsigned char model_reach(const struct model *model, const TF_Operation *operation);

/* Dimensions of a tensor as the graph knows them; returns their number or -1. */
int model_shape(const struct model *model, TF_Output end, int64_t dims[VACCEL_TENSOR_DIMS_MAX]);

/* For a graph without signatures: placeholders are its inputs, what nobody uses its outputs. */
int model_find_ends(struct model *model);

/* Log what TensorFlow says, on one line, and end the status. @what is being done. */
void model_log(const char *what, TF_Status *status);

#endif
