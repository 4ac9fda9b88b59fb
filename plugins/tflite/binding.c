/* SPDX-License-Identifier: Apache-2.0 */
#include "binding.h"

#include "sentences.h"
#include "vaccel.h"

#include <inttypes.h>
#include <string.h>

static void log_no_port(const struct port *ports, size_t nr_ports, const char *what,
                        const struct vaccel_tensor *tensor, size_t place)
{
    struct sentences names = {.length = 0};
    size_t i;

    for (i = 0; i < nr_ports; i++)
        sentences_add(&names, "%s", ports[i].name);
    if (tensor->name)
        vaccel_error("[tflite] the model has no %s \"%s\", but: %s", what, tensor->name,
                     sentences_text(&names));
    else
        vaccel_error("[tflite] the model has no %s at place %zu, but: %s", what, place,
                     sentences_text(&names));
}

/* A name of the signature goes before one of a tensor. */
static const struct port *find_port(const struct port *ports, size_t nr_ports, const char *what,
                                    const struct vaccel_tensor *tensor, size_t place)
{
    size_t i;

    if (!tensor->name && place < nr_ports)
        return &ports[place];
    for (i = 0; tensor->name && i < nr_ports; i++)
        if (!strcmp(ports[i].name, tensor->name))
            return &ports[i];
    for (i = 0; tensor->name && i < nr_ports; i++)
        if (!strcmp(ports[i].tensor_name, tensor->name))
            return &ports[i];
    log_no_port(ports, nr_ports, what, tensor, place);
    return NULL;
}

static void write_dims(struct sentences *text, uint32_t nr_dims, const int64_t *dims)
{
    char shape[VACCEL_TENSOR_DIMS_MAX * 22 + 3] = "[";
    size_t length = 1;
    uint32_t i;

    for (i = 0; i < nr_dims; i++)
        length += (size_t)snprintf(shape + length, sizeof(shape) - length, "%s%" PRId64,
                                   i ? ", " : "", dims[i]);
    snprintf(shape + length, sizeof(shape) - length, "]");
    sentences_add(text, "%s", shape);
}

static int refuse_shape(const struct port *port, const struct vaccel_tensor *tensor)
{
    struct sentences right = {.length = 0};
    struct sentences wrong = {.length = 0};

    write_dims(&right, (uint32_t)port->nr_dims, port->dims);
    write_dims(&wrong, tensor->nr_dims, tensor->dims);
    vaccel_error("[tflite] the shape of input \"%s\" is %s, which must be %s (-1: any number)",
                 port->name, wrong.text, right.text);
    return VACCEL_EINVAL;
}

static int check_input(const struct port *port, const struct vaccel_tensor *tensor)
{
    uint32_t i;

    if (tensor->data_type != port->type) {
        vaccel_error("[tflite] input \"%s\" is %s, which must be %s", port->name,
                     vaccel_data_type_name(tensor->data_type), vaccel_data_type_name(port->type));
        return VACCEL_EINVAL;
    }
    if (tensor->nr_dims != (uint32_t)port->nr_dims)
        return refuse_shape(port, tensor);
    for (i = 0; i < tensor->nr_dims; i++)
        if (tensor->dims[i] < 0 || tensor->dims[i] > INT32_MAX ||
            (port->dims[i] >= 0 && tensor->dims[i] != port->dims[i]))
            return refuse_shape(port, tensor);
    return VACCEL_OK;
}

static int check_all_given(const struct function *function,
                           const struct vaccel_tensor *const *given)
{
    size_t i;

    for (i = 0; i < function->nr_inputs; i++)
        if (!given[i]) {
            vaccel_error("[tflite] input \"%s\" of the model is missing", function->inputs[i].name);
            return VACCEL_EINVAL;
        }
    return VACCEL_OK;
}

int bind_inputs(const struct function *function, const struct vaccel_tensor *inputs,
                size_t nr_inputs, const struct vaccel_tensor **given)
{
    const struct port *port;
    size_t i;
    int ret = VACCEL_OK;

    for (i = 0; i < function->nr_inputs; i++)
        given[i] = NULL;
    for (i = 0; i < nr_inputs && ret == VACCEL_OK; i++) {
        port = find_port(function->inputs, function->nr_inputs, "input", &inputs[i], i);
        if (!port)
            return VACCEL_EINVAL;
        if (given[port - function->inputs]) {
            vaccel_error("[tflite] input \"%s\" is given twice", port->name);
            return VACCEL_EINVAL;
        }
        given[port - function->inputs] = &inputs[i];
        ret = check_input(port, &inputs[i]);
    }
    return ret == VACCEL_OK ? check_all_given(function, given) : ret;
}

int bind_outputs(const struct function *function, const struct vaccel_tensor *outputs,
                 size_t nr_outputs, const struct port **wanted)
{
    size_t i;

    for (i = 0; i < nr_outputs; i++) {
        wanted[i] = find_port(function->outputs, function->nr_outputs, "output", &outputs[i], i);
        if (!wanted[i])
            return VACCEL_EINVAL;
    }
    return VACCEL_OK;
}
