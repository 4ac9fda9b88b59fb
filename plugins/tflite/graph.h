/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TFLITE_GRAPH_H
#define TFLITE_GRAPH_H

#include "tensorflow_lite.h"
#include "vaccel.h"

/*
 * What can be run in one interpreter: a signature of the model or, where it has none to be called by
 * default, its first subgraph. TensorFlow Lite has calls of two kinds for them; here is one.
 */
struct graph {
    struct TfLiteInterpreter *interpreter;
    struct TfLiteSignatureRunner *runner; /* NULL: the first subgraph */
};

/* An input or an output. */
struct port {
    char *name;
    char *tensor_name; /* which serves as a name as well */
    int32_t place; /* in the first subgraph; beyond its inputs or outputs if it is not of them */
    enum vaccel_data_type type;
    int32_t nr_dims;
    int64_t dims[VACCEL_TENSOR_DIMS_MAX]; /* -1: any */
};

/*
 * Describe the inputs or the outputs, in the order of the first subgraph where they are all of it.
 * @ports  to be freed by graph_ports_free()
 * Returns EBACKEND (an element type or a number of dimensions that tensors here cannot have; the log
 * says which), ENOMEM.
 */
int graph_inputs(const struct graph *graph, struct port **ports, size_t *nr_ports);
int graph_outputs(const struct graph *graph, struct port **ports, size_t *nr_ports);
void graph_ports_free(struct port *ports, size_t nr_ports);

struct TfLiteTensor *graph_input(const struct graph *graph, const struct port *port);
const struct TfLiteTensor *graph_output(const struct graph *graph, const struct port *port);

/* Give an input a shape; nothing is done if it has it. */
enum TfLiteStatus graph_resize(const struct graph *graph, const struct port *port, int32_t nr_dims,
                               const int64_t *dims);
/* Make room for all tensors; quick if no shape has changed. */
enum TfLiteStatus graph_allocate(const struct graph *graph);
enum TfLiteStatus graph_invoke(const struct graph *graph);

#endif
