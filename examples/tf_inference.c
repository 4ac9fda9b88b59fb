/* SPDX-License-Identifier: Apache-2.0 */
/* Run a TensorFlow SavedModel: one tensor of floats in, one out. */
#include "vaccel.h"

#include "common/tensors.h"

struct graph {
    struct vaccel_tf_node input;
    struct vaccel_tf_node output;
};

/* What TensorFlow said; it is the caller's to release. */
static void end_status(const char *call, struct vaccel_tf_status *status)
{
    if (status->message)
        printf("%s: status %u: %s\n", call, status->code, status->message);
    vaccel_tf_status_release(status);
}

static int run_loaded(struct vaccel_session *sess, struct vaccel_resource *model,
                      const struct graph *graph, struct vaccel_tf_tensor *input)
{
    struct vaccel_tf_status status = {0};
    struct vaccel_tf_tensor *output = NULL;
    int ret = vaccel_tf_model_run(sess, model, NULL, &graph->input, &input, 1, &graph->output,
                                  &output, 1, &status);

    end_status("run", &status);
    if (ret != VACCEL_OK)
        return ret;
    print_values("output", output->data, output->size);
    vaccel_tf_tensor_delete(output);
    return VACCEL_OK;
}

static int run(struct vaccel_session *sess, struct vaccel_resource *model,
               const struct graph *graph, struct vaccel_tf_tensor *input)
{
    struct vaccel_tf_status status = {0};
    int ret = vaccel_tf_model_load(sess, model, &status);

    end_status("load", &status);
    if (ret != VACCEL_OK)
        return ret;
    ret = run_loaded(sess, model, graph, input);
    vaccel_tf_model_unload(sess, model, NULL);
    return ret;
}

static int run_in_session(struct vaccel_resource *model, const struct graph *graph,
                          struct vaccel_tf_tensor *input)
{
    struct vaccel_session sess = {0};
    int ret = vaccel_session_init(&sess, 0);

    if (ret != VACCEL_OK)
        return ret;
    ret = vaccel_resource_register(model, &sess);
    if (ret == VACCEL_OK)
        ret = run(&sess, model, graph, input);
    vaccel_session_release(&sess);
    return ret;
}

static int run_model(const char *path, const struct graph *graph, struct shape *shape,
                     float *values)
{
    struct vaccel_tf_tensor input = {
        .data = values,
        .size = shape->elements * sizeof(*values),
        .nr_dims = shape->nr_dims,
        .dims = shape->dims,
        .data_type = VACCEL_TF_FLOAT,
    };
    struct vaccel_resource model;
    int ret = vaccel_resource_init(&model, path, VACCEL_RESOURCE_MODEL);

    if (ret != VACCEL_OK)
        return ret;
    print_values("input", values, input.size);
    ret = run_in_session(&model, graph, &input);
    vaccel_resource_release(&model);
    return ret;
}

static int usage(const char *program)
{
    fprintf(stderr,
            "usage: %s MODEL [SHAPE [INPUT OUTPUT]]\n"
            "MODEL is a directory; SHAPE of the input, 1x10 if not given; INPUT and OUTPUT are "
            "names of nodes\n",
            program);
    return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    char input[] = "serving_default_input_1";
    char output[] = "StatefulPartitionedCall";
    struct graph graph = {{input, 0}, {output, 0}};
    struct shape shape;
    float *values;
    int ret = VACCEL_ENOMEM;

    if (argc < 2 || argc == 4 || argc > 5)
        return usage(argv[0]);
    if (argc == 5) {
        graph.input.name = argv[3];
        graph.output.name = argv[4];
    }
    if (parse_shape(argc > 2 ? argv[2] : "1x10", &shape) != 0)
        return EXIT_FAILURE;
    values = new_values(&shape);
    if (values)
        ret = run_model(argv[1], &graph, &shape, values);
    free(values);
    if (ret != VACCEL_OK)
        fprintf(stderr, "%s: %s\n", argv[1], strerror(ret));
    return ret == VACCEL_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
