/* SPDX-License-Identifier: Apache-2.0 */
#include "inputs.h"

#include "failure.h"
#include "string_tensor.h"

static int check_type(const struct port *port, const struct vaccel_tensor *input)
{
    if (port->type == input->data_type && port->type != VACCEL_DATA_UNKNOWN)
        return VACCEL_OK;
    vaccel_error("[openvino] input \"%s\" is %s: the model wants %s", port->name,
                 vaccel_data_type_name(input->data_type),
                 port->type == VACCEL_DATA_UNKNOWN ? "a type that vAccel has no name for"
                                                   : vaccel_data_type_name(port->type));
    return VACCEL_EINVAL;
}

/*
 * A copy: what the caller has may be a guest's memory, which changes meanwhile. Some operations count what they
 * find and then look again (NonZero), and OpenVINO's C interface does not tell which ones a model has.
 */
static ov_status_e copy_elements(const struct port *port, const ov_shape_t shape,
                                 const struct vaccel_tensor *input, ov_tensor_t **tensor)
{
    ov_status_e status = ov_tensor_create(port->element, shape, tensor);
    void *data = NULL;

    if (status == OK && input->size) {
        status = ov_tensor_data(*tensor, &data);
        if (status == OK)
            memcpy(data, input->data, input->size);
    }
    return status;
}

static int make_input(const struct port *port, const struct vaccel_tensor *input,
                      ov_tensor_t **tensor)
{
    /* The C interface does not change what it takes by these pointers. */
    const ov_shape_t shape = {input->nr_dims, (int64_t *)input->dims};

    if (port->type == VACCEL_DATA_STRING)
        return string_tensor_make(port->name, input, shape, tensor);
    if (copy_elements(port, shape, input, tensor) == OK)
        return VACCEL_OK;
    return failure(VACCEL_EBACKEND, "input \"%s\" cannot be handed over", port->name);
}

static int set_input(struct request *request, const struct ports *ports, size_t index,
                     const struct vaccel_tensor *input)
{
    const struct port *port = &ports->all[index];
    ov_tensor_t *tensor = NULL;
    int ret = check_type(port, input);

    if (ret == VACCEL_OK)
        ret = make_input(port, input, &tensor);
    if (ret == VACCEL_OK &&
        ov_infer_request_set_input_tensor_by_index(request->handle, index, tensor) != OK)
        ret = failure(VACCEL_EINVAL, "input \"%s\"", port->name);
    ov_tensor_free(tensor);
    return ret;
}

static int check_count(const struct ports *ports, size_t given)
{
    if (given == ports->count)
        return VACCEL_OK;
    vaccel_error("[openvino] %zu inputs: the model takes %zu, and each must be given", given,
                 ports->count);
    return VACCEL_EINVAL;
}

/* As many as the model has, and none twice, are all of them. */
static int set_each(struct request *request, const struct ports *ports,
                    const struct vaccel_inference *inference, bool *given)
{
    size_t i;

    for (i = 0; i < inference->nr_inputs; i++) {
        const struct vaccel_tensor *input = &inference->inputs[i];
        size_t index;
        int ret = ports_find(ports, input->name, i, &index);

        if (ret == VACCEL_OK && given[index]) {
            vaccel_error("[openvino] input \"%s\" is given twice", ports->all[index].name);
            ret = VACCEL_EINVAL;
        }
        if (ret == VACCEL_OK)
            ret = set_input(request, ports, index, input);
        if (ret != VACCEL_OK)
            return ret;
        given[index] = true;
    }
    return VACCEL_OK;
}

int inputs_set(struct request *request, const struct ports *ports,
               const struct vaccel_inference *inference)
{
    int ret = check_count(ports, inference->nr_inputs);
    bool *given;

    if (ret != VACCEL_OK)
        return ret;
    given = calloc(ports->count + 1, sizeof(*given));
    if (!given)
        return no_memory("the inputs of a run");
    ret = set_each(request, ports, inference, given);
    free(given);
    return ret;
}
