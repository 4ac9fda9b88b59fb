/* SPDX-License-Identifier: Apache-2.0 */
/* Run a TensorFlow Lite model: one tensor of floats in, one out. */
#include "vaccel.h"

#include "common/tensors.h"

static int run(struct vaccel_session *sess, struct vaccel_resource *model,
               struct vaccel_tflite_tensor *input)
{
    struct vaccel_tflite_tensor *output = NULL;
    uint8_t status = 0;
    int ret = vaccel_tflite_model_load(sess, model);

    if (ret != VACCEL_OK)
        return ret;
    ret = vaccel_tflite_model_run(sess, model, &input, 1, &output, 1, &status);
    printf("status: %u\n", status);
    if (ret == VACCEL_OK) {
        print_values("output", output->data, output->size);
        vaccel_tflite_tensor_delete(output);
    }
    vaccel_tflite_model_unload(sess, model);
    return ret;
}

static int run_in_session(struct vaccel_resource *model, struct vaccel_tflite_tensor *input)
{
    struct vaccel_session sess = {0};
    int ret = vaccel_session_init(&sess, 0);

    if (ret != VACCEL_OK)
        return ret;
    ret = vaccel_resource_register(model, &sess);
    if (ret == VACCEL_OK)
        ret = run(&sess, model, input);
    vaccel_session_release(&sess);
    return ret;
}

static int run_model(const char *path, const struct shape *shape, float *values)
{
    int32_t dims[SHAPE_DIMS_MAX];
    struct vaccel_tflite_tensor input = {
        .data = values,
        .size = shape->elements * sizeof(*values),
        .nr_dims = shape->nr_dims,
        .dims = dims,
        .data_type = VACCEL_TFLITE_FLOAT32,
    };
    struct vaccel_resource model;
    int i;
    int ret = vaccel_resource_init(&model, path, VACCEL_RESOURCE_MODEL);

    if (ret != VACCEL_OK)
        return ret;
    for (i = 0; i < shape->nr_dims; i++)
        dims[i] = (int32_t)shape->dims[i];
    print_values("input", values, input.size);
    ret = run_in_session(&model, &input);
    vaccel_resource_release(&model);
    return ret;
}

int main(int argc, char **argv)
{
    struct shape shape;
    float *values;
    int ret = VACCEL_ENOMEM;

    if (argc < 2 || argc > 3) {
        fprintf(stderr, "usage: %s MODEL [SHAPE]\nSHAPE of the input, 1x10 if not given\n",
                argv[0]);
        return EXIT_FAILURE;
    }
    if (parse_shape(argc > 2 ? argv[2] : "1x10", &shape) != 0)
        return EXIT_FAILURE;
    values = new_values(&shape);
    if (values)
        ret = run_model(argv[1], &shape, values);
    free(values);
    if (ret != VACCEL_OK)
        fprintf(stderr, "%s: %s\n", argv[1], strerror(ret));
    return ret == VACCEL_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
