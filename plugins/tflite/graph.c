/* SPDX-License-Identifier: Apache-2.0 */
#include "graph.h"

#include "types.h"

#include <stdlib.h>
#include <string.h>

/* Inputs and outputs are described alike. */
enum side { INPUTS, OUTPUTS };

static int32_t count_in_first(const struct graph *graph, enum side side)
{
    return side == INPUTS ? TfLiteInterpreterGetInputTensorCount(graph->interpreter)
                          : TfLiteInterpreterGetOutputTensorCount(graph->interpreter);
}

static const struct TfLiteTensor *tensor_of_first(const struct graph *graph, enum side side,
                                                  int32_t place)
{
    return side == INPUTS ? TfLiteInterpreterGetInputTensor(graph->interpreter, place)
                          : TfLiteInterpreterGetOutputTensor(graph->interpreter, place);
}

static size_t count(const struct graph *graph, enum side side)
{
    if (!graph->runner)
        return (size_t)count_in_first(graph, side);
    return side == INPUTS ? TfLiteSignatureRunnerGetInputCount(graph->runner)
                          : TfLiteSignatureRunnerGetOutputCount(graph->runner);
}

static const char *runner_name(const struct graph *graph, enum side side, int32_t place)
{
    return side == INPUTS ? TfLiteSignatureRunnerGetInputName(graph->runner, place)
                          : TfLiteSignatureRunnerGetOutputName(graph->runner, place);
}

static const struct TfLiteTensor *runner_tensor(const struct graph *graph, enum side side,
                                                const char *name)
{
    return side == INPUTS ? TfLiteSignatureRunnerGetInputTensor(graph->runner, name)
                          : TfLiteSignatureRunnerGetOutputTensor(graph->runner, name);
}

/* Those that the first subgraph does not have come behind its own, in their own order. */
static int32_t place_in_first(const struct graph *graph, enum side side,
                              const struct TfLiteTensor *tensor, int32_t own_place)
{
    const int32_t nr_tensors = count_in_first(graph, side);
    int32_t i;

    for (i = 0; i < nr_tensors; i++)
        if (tensor_of_first(graph, side, i) == tensor)
            return i;
    return nr_tensors + own_place;
}

/* The shape that the model was made with says what may change; without one nothing may. */
static void describe_dims(struct port *port, const struct TfLiteTensor *tensor)
{
    int32_t nr_dims_made = -1;
    int32_t dim;
    int32_t i;

    TfLiteOpaqueTensorGetNumDimsSignature(tensor, &nr_dims_made);
    for (i = 0; i < port->nr_dims; i++) {
        dim = TfLiteTensorDim(tensor, i);
        if (nr_dims_made == port->nr_dims)
            TfLiteOpaqueTensorGetDimSignature(tensor, i, &dim);
        port->dims[i] = dim;
    }
}

static int describe_type(struct port *port, const struct TfLiteTensor *tensor)
{
    port->type = type_of(TfLiteTensorType(tensor));
    if (port->type == VACCEL_DATA_UNKNOWN) {
        vaccel_error(
            "[tflite] tensor \"%s\" of the model has elements of type %s, which a tensor of "
            "vAccel cannot have",
            port->name, TfLiteTypeGetName(TfLiteTensorType(tensor)));
        return VACCEL_EBACKEND;
    }
    port->nr_dims = TfLiteTensorNumDims(tensor);
    if (port->nr_dims < 0 || port->nr_dims > VACCEL_TENSOR_DIMS_MAX) {
        vaccel_error(
            "[tflite] tensor \"%s\" of the model has %d dimensions: at most %d are possible",
            port->name, port->nr_dims, VACCEL_TENSOR_DIMS_MAX);
        return VACCEL_EBACKEND;
    }
    describe_dims(port, tensor);
    return VACCEL_OK;
}

static int describe(const struct graph *graph, enum side side, int32_t place, struct port *port)
{
    const char *name = graph->runner ? runner_name(graph, side, place) : NULL;
    const struct TfLiteTensor *tensor =
        graph->runner ? runner_tensor(graph, side, name) : tensor_of_first(graph, side, place);
    const char *tensor_name = tensor ? TfLiteTensorName(tensor) : NULL;

    if (!tensor) {
        vaccel_error("[tflite] the model has no tensor for its %s %d",
                     side == INPUTS ? "input" : "output", place);
        return VACCEL_EBACKEND;
    }
    if (!tensor_name)
        tensor_name = "";
    port->name = strdup(name ? name : tensor_name);
    port->tensor_name = strdup(tensor_name);
    if (!port->name || !port->tensor_name)
        return VACCEL_ENOMEM;
    port->place = graph->runner ? place_in_first(graph, side, tensor, place) : place;
    return describe_type(port, tensor);
}

static int by_place(const void *left, const void *right)
{
    const struct port *one = left;
    const struct port *other = right;

    if (one->place != other->place)
        return one->place < other->place ? -1 : 1;
    return strcmp(one->name, other->name);
}

static int describe_all(const struct graph *graph, enum side side, struct port **ports,
                        size_t *nr_ports)
{
    const size_t nr = count(graph, side);
    struct port *described = calloc(nr ? nr : 1, sizeof(*described));
    int ret = described ? VACCEL_OK : VACCEL_ENOMEM;
    size_t i;

    for (i = 0; i < nr && ret == VACCEL_OK; i++)
        ret = describe(graph, side, (int32_t)i, &described[i]);
    if (ret != VACCEL_OK) {
        graph_ports_free(described, nr);
        return ret;
    }
    qsort(described, nr, sizeof(*described), by_place);
    *ports = described;
    *nr_ports = nr;
    return VACCEL_OK;
}

int graph_inputs(const struct graph *graph, struct port **ports, size_t *nr_ports)
{
    return describe_all(graph, INPUTS, ports, nr_ports);
}

int graph_outputs(const struct graph *graph, struct port **ports, size_t *nr_ports)
{
    return describe_all(graph, OUTPUTS, ports, nr_ports);
}

void graph_ports_free(struct port *ports, size_t nr_ports)
{
    size_t i;

    for (i = 0; ports && i < nr_ports; i++) {
        free(ports[i].name);
        free(ports[i].tensor_name);
    }
    free(ports);
}

struct TfLiteTensor *graph_input(const struct graph *graph, const struct port *port)
{
    if (graph->runner)
        return TfLiteSignatureRunnerGetInputTensor(graph->runner, port->name);
    return TfLiteInterpreterGetInputTensor(graph->interpreter, port->place);
}

const struct TfLiteTensor *graph_output(const struct graph *graph, const struct port *port)
{
    if (graph->runner)
        return TfLiteSignatureRunnerGetOutputTensor(graph->runner, port->name);
    return TfLiteInterpreterGetOutputTensor(graph->interpreter, port->place);
}

static bool has_shape(const struct TfLiteTensor *tensor, int32_t nr_dims, const int64_t *dims)
{
    int32_t i;

    if (TfLiteTensorNumDims(tensor) != nr_dims)
        return false;
    for (i = 0; i < nr_dims; i++)
        if (TfLiteTensorDim(tensor, i) != dims[i])
            return false;
    return true;
}

enum TfLiteStatus graph_resize(const struct graph *graph, const struct port *port, int32_t nr_dims,
                               const int64_t *dims)
{
    int shape[VACCEL_TENSOR_DIMS_MAX];
    int32_t i;

    if (has_shape(graph_input(graph, port), nr_dims, dims))
        return TFLITE_OK;
    for (i = 0; i < nr_dims; i++)
        shape[i] = (int)dims[i];
    if (graph->runner)
        return TfLiteSignatureRunnerResizeInputTensor(graph->runner, port->name, shape, nr_dims);
    return TfLiteInterpreterResizeInputTensor(graph->interpreter, port->place, shape, nr_dims);
}

enum TfLiteStatus graph_allocate(const struct graph *graph)
{
    return graph->runner ? TfLiteSignatureRunnerAllocateTensors(graph->runner)
                         : TfLiteInterpreterAllocateTensors(graph->interpreter);
}

enum TfLiteStatus graph_invoke(const struct graph *graph)
{
    return graph->runner ? TfLiteSignatureRunnerInvoke(graph->runner)
                         : TfLiteInterpreterInvoke(graph->interpreter);
}
