/* SPDX-License-Identifier: Apache-2.0 */
#include "binding.h"
#include "guard.h"
#include "model.h"
#include "strings.h"
#include "types.h"
#include "vaccel.h"

#include <stdlib.h>

/* One run: what goes where, and the interpreter that does it. */
struct call {
    const struct function *function;
    const struct vaccel_tensor **inputs; /* one to each of the function's */
    const struct port **wanted;          /* one to each of the caller's outputs */
    struct interpreter *interpreter;
    const struct graph *graph;
    struct vaccel_session *sess;
    const struct vaccel_inference *inference;
};

static int refused(const struct call *call, int ret)
{
    vaccel_error("[tflite] %s", sentences_text(&call->interpreter->said));
    return ret;
}

/* The shapes are the caller's: if they do not go together, that is no fault of the model's. */
static int set_shapes(const struct call *call)
{
    const struct vaccel_tensor *input;
    size_t i;

    for (i = 0; i < call->function->nr_inputs; i++) {
        input = call->inputs[i];
        if (graph_resize(call->graph, &call->function->inputs[i], (int32_t)input->nr_dims,
                         input->dims) != TFLITE_OK)
            return refused(call, VACCEL_EINVAL);
    }
    if (graph_allocate(call->graph) != TFLITE_OK)
        return refused(call, VACCEL_EINVAL);
    return VACCEL_OK;
}

/* Dimensions are at most INT32_MAX, and their product is checked where they come from. */
static size_t nr_elements(uint32_t nr_dims, const int64_t *dims)
{
    size_t elements = 1;
    uint32_t i;

    for (i = 0; i < nr_dims; i++)
        elements *= (size_t)dims[i];
    return elements;
}

static int set_strings(const struct call *call, const struct port *port,
                       const struct vaccel_tensor *input)
{
    struct TfLiteTensor *tensor = graph_input(call->graph, port);
    enum TfLiteStatus status;
    size_t size;
    void *packed;
    int ret = strings_pack(input->data, input->size, nr_elements(input->nr_dims, input->dims),
                           &packed, &size);

    if (ret == VACCEL_EINVAL)
        vaccel_error(
            "[tflite] the lengths of the strings of input \"%s\" do not suit its size of %zu "
            "bytes",
            port->name, input->size);
    if (ret != VACCEL_OK)
        return ret;
    status = TfLiteTensorRealloc(size, tensor);
    if (status == TFLITE_OK)
        status = TfLiteTensorCopyFromBuffer(tensor, packed, size);
    free(packed);
    return status == TFLITE_OK ? VACCEL_OK : VACCEL_ENOMEM;
}

static int set_input(const struct call *call, const struct port *port,
                     const struct vaccel_tensor *input)
{
    struct TfLiteTensor *tensor = graph_input(call->graph, port);

    if (port->type == VACCEL_DATA_STRING)
        return set_strings(call, port, input);
    if (input->size == 0)
        return VACCEL_OK;
    if (TfLiteTensorData(tensor) &&
        TfLiteTensorCopyFromBuffer(tensor, input->data, input->size) == TFLITE_OK)
        return VACCEL_OK;
    vaccel_error("[tflite] input \"%s\" has %zu bytes, and TensorFlow Lite wants %zu", port->name,
                 input->size, TfLiteTensorByteSize(tensor));
    return VACCEL_EBACKEND;
}

static int set_inputs(const struct call *call)
{
    size_t i;
    int ret = VACCEL_OK;

    for (i = 0; i < call->function->nr_inputs && ret == VACCEL_OK; i++)
        ret = set_input(call, &call->function->inputs[i], call->inputs[i]);
    return ret;
}

/* What a run leaves in variables is another session's business as little as its inputs are. */
static int compute(const struct call *call)
{
    if (TfLiteInterpreterResetVariableTensors(call->interpreter->tflite) != TFLITE_OK ||
        graph_invoke(call->graph) != TFLITE_OK)
        return refused(call, VACCEL_EBACKEND);
    return VACCEL_OK;
}

static int put_strings(struct vaccel_session *sess, struct vaccel_tensor *output,
                       const struct TfLiteTensor *tensor, uint32_t nr_dims, const int64_t *dims)
{
    void *data;
    size_t size;
    int ret = strings_unpack(TfLiteTensorData(tensor), TfLiteTensorByteSize(tensor),
                             nr_elements(nr_dims, dims), &data, &size);

    if (ret == VACCEL_EBACKEND)
        vaccel_error("[tflite] an output of the model is no tensor of strings, as it should be");
    if (ret != VACCEL_OK)
        return ret;
    ret = vaccel_tensor_put(sess, output, VACCEL_DATA_STRING, nr_dims, dims, data, size);
    free(data);
    return ret;
}

static int put_output(const struct call *call, const struct port *port,
                      struct vaccel_tensor *output)
{
    const struct TfLiteTensor *tensor = graph_output(call->graph, port);
    const int32_t nr_dims = TfLiteTensorNumDims(tensor);
    int64_t dims[VACCEL_TENSOR_DIMS_MAX];
    int32_t i;

    if (nr_dims < 0 || nr_dims > VACCEL_TENSOR_DIMS_MAX ||
        (TfLiteTensorByteSize(tensor) > 0 && !TfLiteTensorData(tensor)) ||
        type_of(TfLiteTensorType(tensor)) != port->type) {
        vaccel_error("[tflite] output \"%s\" is not what the model says of it", port->name);
        return VACCEL_EBACKEND;
    }
    for (i = 0; i < nr_dims; i++)
        dims[i] = TfLiteTensorDim(tensor, i);
    if (port->type == VACCEL_DATA_STRING)
        return put_strings(call->sess, output, tensor, (uint32_t)nr_dims, dims);
    return vaccel_tensor_put(call->sess, output, port->type, (uint32_t)nr_dims, dims,
                             TfLiteTensorData(tensor), TfLiteTensorByteSize(tensor));
}

/* After an output that does not fit the others are put all the same. */
static int put_outputs(const struct call *call)
{
    int result = VACCEL_OK;
    size_t i;
    int ret;

    for (i = 0; i < call->inference->nr_outputs; i++) {
        ret = put_output(call, call->wanted[i], &call->inference->outputs[i]);
        if (ret != VACCEL_OK && ret != VACCEL_ERANGE)
            return ret;
        if (ret == VACCEL_ERANGE)
            result = ret;
    }
    return result;
}

static int work(void *argument)
{
    const struct call *call = argument;
    int ret = set_shapes(call);

    if (ret == VACCEL_OK)
        ret = set_inputs(call);
    if (ret == VACCEL_OK)
        ret = compute(call);
    return ret == VACCEL_OK ? put_outputs(call) : ret;
}

static int run_on(struct model *model, struct call *call)
{
    int ret = pool_take(&model->pool, &call->interpreter);

    if (ret != VACCEL_OK)
        return ret;
    call->graph = &call->interpreter->graphs[call->function - model->functions];
    ret = guarded(work, call);
    if (ret == VACCEL_OK || ret == VACCEL_ERANGE)
        pool_give(&model->pool, call->interpreter);
    else
        pool_drop(&model->pool, call->interpreter);
    return ret;
}

int model_run(struct model *model, struct vaccel_session *sess,
              const struct vaccel_inference *inference)
{
    struct call call = {.sess = sess, .inference = inference};
    size_t place;
    int ret = model_function(model, inference->signature, &place);

    if (ret != VACCEL_OK)
        return ret;
    call.function = &model->functions[place];
    call.inputs = calloc(call.function->nr_inputs + 1, sizeof(const struct vaccel_tensor *));
    call.wanted = calloc(inference->nr_outputs + 1, sizeof(const struct port *));
    ret = call.inputs && call.wanted ? VACCEL_OK : VACCEL_ENOMEM;
    if (ret == VACCEL_OK)
        ret = bind_inputs(call.function, inference->inputs, inference->nr_inputs, call.inputs);
    if (ret == VACCEL_OK)
        ret = bind_outputs(call.function, inference->outputs, inference->nr_outputs, call.wanted);
    if (ret == VACCEL_OK)
        ret = run_on(model, &call);
    free(call.inputs);
    free(call.wanted);
    return ret;
}
