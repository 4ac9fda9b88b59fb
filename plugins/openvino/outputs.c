/* SPDX-License-Identifier: Apache-2.0 */
#include "outputs.h"

#include "failure.h"
#include "types.h"

/* Bytes of an output whose shape is known; false: unknown, or more than there is memory. */
static bool known_size(const struct port *port, size_t *size)
{
    int i;

    *size = vaccel_data_type_size(port->type);
    for (i = 0; i < port->nr_dims; i++) {
        if (__builtin_mul_overflow(*size, (size_t)port->dims[i], size))
            return false;
    }
    return *size > 0 && !port->is_dynamic;
}

static bool goes_in_place(const struct request *request, const struct port *port, size_t index,
                          const struct vaccel_tensor *output)
{
    size_t size;

    return output->data && type_is_in_place(port->type) && known_size(port, &size) &&
           output->size >= size && request_may_redirect(request, index);
}

static int redirect(struct request *request, const struct port *port, size_t index,
                    const struct vaccel_tensor *output)
{
    /* The C interface does not change what it takes by this pointer. */
    const ov_shape_t shape = {port->nr_dims, (int64_t *)port->dims};
    ov_tensor_t *tensor = NULL;
    int ret;

    if (ov_tensor_create_from_host_ptr(port->element, shape, output->data, &tensor) != OK)
        return failure(VACCEL_EBACKEND, "output \"%s\" cannot be placed", port->name);
    ret = request_redirect(request, index, tensor);
    ov_tensor_free(tensor);
    return ret;
}

static int check_type(const struct port *port)
{
    if (port->type == VACCEL_DATA_STRING)
        vaccel_error(
            "[openvino] output \"%s\" has strings, which OpenVINO's C interface does not hand "
            "out: leave it out",
            port->name);
    else if (port->type == VACCEL_DATA_UNKNOWN)
        vaccel_error(
            "[openvino] output \"%s\" is of a type that vAccel has no name for: leave it out",
            port->name);
    else
        return VACCEL_OK;
    return VACCEL_EINVAL;
}

static int place(struct request *request, const struct port *port, size_t index,
                 const struct vaccel_tensor *output)
{
    int ret = check_type(port);

    if (ret == VACCEL_OK && goes_in_place(request, port, index, output))
        ret = redirect(request, port, index, output);
    return ret;
}

int outputs_place(struct request *request, const struct ports *ports,
                  const struct vaccel_inference *inference, size_t *places)
{
    size_t i;

    for (i = 0; i < inference->nr_outputs; i++) {
        const struct vaccel_tensor *output = &inference->outputs[i];
        int ret = ports_find(ports, output->name, i, &places[i]);

        if (ret == VACCEL_OK)
            ret = place(request, &ports->all[places[i]], places[i], output);
        if (ret != VACCEL_OK)
            return ret;
    }
    return VACCEL_OK;
}

/* OpenVINO's function for this refuses a tensor without dimensions. */
static ov_status_e read_shape(const ov_tensor_t *tensor, const struct port *port, ov_shape_t *shape)
{
    return port->nr_dims == 0 ? OK : ov_tensor_get_shape(tensor, shape);
}

static int put(const ov_tensor_t *tensor, const struct port *port, struct vaccel_session *sess,
               struct vaccel_tensor *output)
{
    ov_shape_t shape = {0, NULL};
    void *data = NULL;
    size_t size = 0;
    int ret;

    if (read_shape(tensor, port, &shape) != OK || ov_tensor_get_byte_size(tensor, &size) != OK ||
        (size && ov_tensor_data(tensor, &data) != OK))
        ret = failure(VACCEL_EBACKEND, "output \"%s\" cannot be read", port->name);
    else
        ret = vaccel_tensor_put(sess, output, port->type, (uint32_t)shape.rank, shape.dims, data,
                                size);
    ov_shape_free(&shape);
    return ret;
}

static int deliver(const struct request *request, const struct ports *ports, size_t index,
                   struct vaccel_session *sess, struct vaccel_tensor *output)
{
    const struct port *port = &ports->all[index];
    ov_tensor_t *tensor = NULL;
    int ret;

    if (ov_infer_request_get_output_tensor_by_index(request->handle, index, &tensor) != OK)
        return failure(VACCEL_EBACKEND, "output \"%s\" cannot be read", port->name);
    ret = put(tensor, port, sess, output);
    ov_tensor_free(tensor);
    return ret;
}

int outputs_deliver(const struct request *request, const struct ports *ports,
                    struct vaccel_session *sess, const struct vaccel_inference *inference,
                    const size_t *places)
{
    int worst = VACCEL_OK;
    size_t i;

    for (i = 0; i < inference->nr_outputs; i++) {
        int ret = deliver(request, ports, places[i], sess, &inference->outputs[i]);

        /* One that does not fit is held; the others are put all the same. */
        if (ret != VACCEL_OK && ret != VACCEL_ERANGE)
            return ret;
        if (ret != VACCEL_OK)
            worst = ret;
    }
    return worst;
}
