/* SPDX-License-Identifier: Apache-2.0 */
#include "bare_openvino.h"

#include <openvino/c/openvino.h>
#include <string.h>

static ov_infer_request_t *request;

int bare_openvino_load(const char *path)
{
    ov_core_t *core = NULL;
    ov_model_t *model = NULL;
    ov_compiled_model_t *compiled = NULL;

    return ov_core_create(&core) == OK && ov_core_read_model(core, path, NULL, &model) == OK &&
           ov_core_compile_model(core, model, "CPU", 4, &compiled,
                                 ov_property_key_hint_performance_mode, "LATENCY",
                                 ov_property_key_hint_execution_mode, "ACCURACY") == OK &&
           ov_compiled_model_create_infer_request(compiled, &request) == OK;
}

static int copy_output(void *output, size_t output_size)
{
    ov_tensor_t *given = NULL;
    void *data = NULL;
    size_t size = 0;
    int there = ov_infer_request_get_output_tensor_by_index(request, 0, &given) == OK &&
                ov_tensor_get_byte_size(given, &size) == OK && size == output_size &&
                ov_tensor_data(given, &data) == OK;

    if (there)
        memcpy(output, data, size);
    ov_tensor_free(given);
    return there;
}

int bare_openvino_run(float *input, int nr_dims, const int64_t *dims, void *output,
                      size_t output_size)
{
    ov_shape_t shape = {0, NULL};
    ov_tensor_t *given = NULL;
    int there = ov_shape_create(nr_dims, dims, &shape) == OK &&
                ov_tensor_create_from_host_ptr(F32, shape, input, &given) == OK &&
                ov_infer_request_set_input_tensor_by_index(request, 0, given) == OK &&
                ov_infer_request_infer(request) == OK;

    ov_tensor_free(given);
    ov_shape_free(&shape);
    return there && copy_output(output, output_size);
}
