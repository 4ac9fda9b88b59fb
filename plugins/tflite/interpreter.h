/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TFLITE_INTERPRETER_H
#define TFLITE_INTERPRETER_H

#include "delegate.h"
#include "graph.h"
#include "sentences.h"

/* A model ready to run, with memory of its own; for one thread at a time. */
struct interpreter {
    struct TfLiteInterpreter *tflite;
    struct TfLiteDelegate *external; /* the operator's delegate, or NULL */
    struct TfLiteDelegate *xnnpack;  /* for what that leaves, or NULL */
    struct sentences said;           /* since it was last cleared */
    struct graph *graphs;            /* one to each signature, and the first subgraph behind them */
    size_t nr_graphs;
    struct interpreter *next; /* in the list of those that are idle */
};

/* How every interpreter is made. */
struct interpreter_options {
    int threads;
    const struct delegate_library *delegates; /* or NULL */
    bool with_xnnpack;                        /* the model is one that it can take */
};

/* Returns EBACKEND (TensorFlow Lite refused, as told in the log), ENOMEM. */
int interpreter_new(struct interpreter **interpreter, const struct TfLiteModel *model,
                    const struct interpreter_options *options);
void interpreter_delete(struct interpreter *interpreter, const struct interpreter_options *options);

#endif
