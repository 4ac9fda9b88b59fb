/* SPDX-License-Identifier: Apache-2.0 */
#include "ports.h"

#include "failure.h"
#include "types.h"

const char *direction_name(enum direction direction)
{
    return direction == INPUT ? "input" : "output";
}

static int read_name(const ov_output_const_port_t *handle, struct port *port)
{
    char *name = NULL;

    /* One without a name is an error to OpenVINO. */
    if (ov_port_get_any_name(handle, &name) != OK)
        name = NULL;
    port->name = strdup(name ? name : "");
    ov_free(name);
    return port->name ? VACCEL_OK : no_memory("a name");
}

/* OpenVINO's own functions for this take no dimensions at all for any number of them. */
static bool is_dynamic(ov_dimension_t number)
{
    return number.min != number.max;
}

static int copy_dims(const ov_partial_shape_t *shape, struct port *port)
{
    int64_t i;

    if (is_dynamic(shape->rank)) {
        port->nr_dims = -1;
        port->is_dynamic = true;
        return VACCEL_OK;
    }
    if (shape->rank.max > VACCEL_TENSOR_DIMS_MAX) {
        vaccel_error("[openvino] \"%s\" has %lld dimensions: a tensor has at most %d", port->name,
                     (long long)shape->rank.max, VACCEL_TENSOR_DIMS_MAX);
        return VACCEL_EBACKEND;
    }
    port->nr_dims = (int)shape->rank.max;
    for (i = 0; i < shape->rank.max; i++) {
        bool is_any = is_dynamic(shape->dims[i]);

        port->dims[i] = is_any ? -1 : shape->dims[i].max;
        port->is_dynamic = port->is_dynamic || is_any;
    }
    return VACCEL_OK;
}

static int read_shape(const ov_output_const_port_t *handle, struct port *port)
{
    ov_partial_shape_t shape;
    int ret;

    if (ov_port_get_partial_shape(handle, &shape) != OK)
        return failure(VACCEL_EBACKEND, "the shape of \"%s\" cannot be read", port->name);
    ret = copy_dims(&shape, port);
    ov_partial_shape_free(&shape);
    return ret;
}

static int read_port(const ov_output_const_port_t *handle, struct port *port)
{
    int ret = read_name(handle, port);

    if (ret != VACCEL_OK)
        return ret;
    if (ov_port_get_element_type(handle, &port->element) != OK)
        return failure(VACCEL_EBACKEND, "the type of \"%s\" cannot be read", port->name);
    port->type = type_of_element(port->element);
    return read_shape(handle, port);
}

static int read_at(struct ports *ports, size_t index)
{
    ov_output_const_port_t *handle = NULL;
    ov_status_e status = ports->direction == INPUT
                             ? ov_compiled_model_input_by_index(ports->model, index, &handle)
                             : ov_compiled_model_output_by_index(ports->model, index, &handle);
    int ret;

    if (status != OK)
        return failure(VACCEL_EBACKEND, "%s %zu cannot be read", direction_name(ports->direction),
                       index);
    ret = read_port(handle, &ports->all[index]);
    ov_output_const_port_free(handle);
    return ret;
}

int ports_read(struct ports *ports, const ov_compiled_model_t *model, enum direction direction)
{
    int ret = VACCEL_OK;
    size_t i;

    *ports = (struct ports){.model = model, .direction = direction};
    if ((direction == INPUT ? ov_compiled_model_inputs_size
                            : ov_compiled_model_outputs_size)(model, &ports->count) != OK)
        return failure(VACCEL_EBACKEND, "%ss cannot be counted", direction_name(direction));
    ports->all = calloc(ports->count ? ports->count : 1, sizeof(*ports->all));
    if (!ports->all)
        return no_memory("the inputs and outputs of a model");
    for (i = 0; i < ports->count && ret == VACCEL_OK; i++)
        ret = read_at(ports, i);
    return ret;
}

void ports_release(struct ports *ports)
{
    size_t i;

    for (i = 0; ports->all && i < ports->count; i++)
        free(ports->all[i].name);
    free(ports->all);
    *ports = (struct ports){0};
}

static bool find_known(const struct ports *ports, const char *name, size_t *index)
{
    for (*index = 0; *index < ports->count; (*index)++) {
        if (!strcmp(ports->all[*index].name, name))
            return true;
    }
    return false;
}

/* A port may have several names, of which OpenVINO tells one and finds it by all. */
static bool find_alias(const struct ports *ports, const char *name, size_t *index)
{
    ov_output_const_port_t *handle = NULL;
    char *known = NULL;
    bool found = false;

    if ((ports->direction == INPUT
             ? ov_compiled_model_input_by_name
             : ov_compiled_model_output_by_name)(ports->model, name, &handle) != OK)
        return false;
    if (ov_port_get_any_name(handle, &known) == OK)
        found = find_known(ports, known, index);
    ov_free(known);
    ov_output_const_port_free(handle);
    return found;
}

static bool find_name(const struct ports *ports, const char *name, size_t *index)
{
    return find_known(ports, name, index) || find_alias(ports, name, index);
}

/* TensorFlow's graphs call the first output of operation x "x:0"; other models know it as x. */
static bool find_operation(const struct ports *ports, const char *name, size_t *index)
{
    static const char suffix[] = ":0";
    size_t length = strlen(name);
    char *other = NULL;
    bool found;

    if (length > 2 && !strcmp(name + length - 2, suffix))
        other = strndup(name, length - 2);
    else if (asprintf(&other, "%s%s", name, suffix) < 0)
        other = NULL;
    found = other && find_name(ports, other, index);
    free(other);
    return found;
}

/* The names of all, quoted. */
static void list_names(const struct ports *ports, char *list, size_t room)
{
    size_t length = 0;
    size_t i;

    list[0] = '\0';
    for (i = 0; i < ports->count && length < room; i++)
        length += (size_t)snprintf(list + length, room - length, "%s\"%s\"", i ? ", " : "",
                                   ports->all[i].name);
}

int ports_find(const struct ports *ports, const char *name, size_t place, size_t *index)
{
    char list[600];

    *index = place;
    if (name ? find_name(ports, name, index) || find_operation(ports, name, index)
             : place < ports->count)
        return VACCEL_OK;
    list_names(ports, list, sizeof(list));
    if (name)
        vaccel_error("[openvino] the model has no %s \"%.200s\": it has %s",
                     direction_name(ports->direction), name, list);
    else
        vaccel_error("[openvino] the model has no %s %zu: it has %zu (%s)",
                     direction_name(ports->direction), place, ports->count, list);
    return VACCEL_EINVAL;
}
