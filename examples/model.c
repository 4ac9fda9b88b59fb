/* SPDX-License-Identifier: Apache-2.0 */
/* Load any model, say what it takes and gives, and run it with zeros or with what is in files. */
#include "vaccel.h"

#include "common/files.h"
#include "common/tensors.h"
#include "common/values.h"

/* What the command line says of an input. */
struct input {
    struct shape shape; /* nr_dims is 0: as the model says */
    const char *file;   /* or NULL */
};

struct inputs {
    struct input *list;
    size_t count;
};

static int parse_input(char *text, struct input *input)
{
    char *file = strchr(text, '@');

    if (file)
        *file++ = '\0';
    input->file = file;
    input->shape.nr_dims = 0;
    return *text ? parse_shape(text, &input->shape) : 0;
}

static void print_specs(const char *title, const struct vaccel_tensor_spec *specs, size_t count)
{
    size_t i;
    int dim;

    for (i = 0; i < count; i++) {
        printf("%s %s: %s", title, specs[i].name, vaccel_data_type_name(specs[i].data_type));
        if (specs[i].nr_dims < 0)
            printf(" of any shape");
        for (dim = 0; dim < specs[i].nr_dims; dim++)
            printf("%s%lld", dim ? " x " : " of ", (long long)specs[i].dims[dim]);
        printf("\n");
    }
}

/* A dimension that may be any number is 1. */
static int set_dims(struct vaccel_tensor *tensor, const struct vaccel_tensor_spec *spec,
                    const struct input *input)
{
    const int64_t *dims = input->shape.nr_dims ? input->shape.dims : spec->dims;
    int nr_dims = input->shape.nr_dims ? input->shape.nr_dims : spec->nr_dims;
    int i;

    if (nr_dims < 0) {
        fprintf(stderr, "input %s may have any shape: say which\n", spec->name);
        return -1;
    }
    tensor->nr_dims = (uint32_t)nr_dims;
    for (i = 0; i < nr_dims; i++)
        tensor->dims[i] = dims[i] < 0 ? 1 : dims[i];
    return 0;
}

/* Zeros are also that many empty strings. */
static int set_zeros(struct vaccel_tensor *tensor)
{
    size_t element = vaccel_data_type_size(tensor->data_type);
    uint32_t i;

    tensor->size = element ? element : sizeof(uint64_t);
    for (i = 0; i < tensor->nr_dims; i++)
        tensor->size *= (size_t)tensor->dims[i];
    tensor->data = calloc(tensor->size + 1, 1);
    return tensor->data ? 0 : -1;
}

static int make_input(struct vaccel_tensor *tensor, const struct vaccel_tensor_spec *spec,
                      const struct input *input)
{
    tensor->name = spec->name;
    tensor->data_type = spec->data_type ? spec->data_type : VACCEL_DATA_FLOAT32;
    if (set_dims(tensor, spec, input) != 0)
        return -1;
    if (input->file)
        return read_file(input->file, &tensor->data, &tensor->size);
    return set_zeros(tensor);
}

static int fetch_and_print(struct vaccel_session *sess, struct vaccel_tensor *output)
{
    int ret = VACCEL_ENOMEM;

    output->data = malloc(output->size + 1);
    if (output->data)
        ret = vaccel_tensor_fetch(sess, output);
    if (ret == VACCEL_OK)
        print_tensor(output->name, output);
    free(output->data);
    return ret;
}

/* All outputs are held: how large they are shows when they are there. */
static int run(struct vaccel_session *sess, struct vaccel_resource *model,
               const struct vaccel_model_info *info, const struct vaccel_tensor *inputs)
{
    struct vaccel_tensor *outputs = calloc(info->nr_outputs, sizeof(*outputs));
    int ret = VACCEL_ENOMEM;
    size_t i;

    for (i = 0; outputs && i < info->nr_outputs; i++)
        outputs[i].name = info->outputs[i].name;
    if (outputs)
        ret =
            vaccel_model_run(sess, model, NULL, inputs, info->nr_inputs, outputs, info->nr_outputs);
    for (i = 0; ret == VACCEL_OK && i < info->nr_outputs; i++)
        ret = fetch_and_print(sess, &outputs[i]);
    free(outputs);
    return ret;
}

static int run_with(struct vaccel_session *sess, struct vaccel_resource *model,
                    const struct vaccel_model_info *info, const struct inputs *given)
{
    static const struct input none;
    struct vaccel_tensor *inputs = calloc(info->nr_inputs + 1, sizeof(*inputs));
    int ret = inputs ? VACCEL_OK : VACCEL_ENOMEM;
    size_t i;

    for (i = 0; ret == VACCEL_OK && i < info->nr_inputs; i++)
        if (make_input(&inputs[i], &info->inputs[i], i < given->count ? &given->list[i] : &none) !=
            0)
            ret = VACCEL_EINVAL;
    if (ret == VACCEL_OK)
        ret = run(sess, model, info, inputs);
    for (i = 0; inputs && i < info->nr_inputs; i++)
        free(inputs[i].data);
    free(inputs);
    return ret;
}

static int load_and_run(struct vaccel_session *sess, struct vaccel_resource *model,
                        const struct inputs *given)
{
    struct vaccel_model_info *info;
    int ret = vaccel_model_load(sess, model, NULL);

    if (ret == VACCEL_OK)
        ret = vaccel_model_info(sess, model, NULL, &info);
    if (ret != VACCEL_OK)
        return ret;
    printf("format %s, engine %s\n", info->format, info->engine);
    print_specs("input", info->inputs, info->nr_inputs);
    print_specs("output", info->outputs, info->nr_outputs);
    ret = run_with(sess, model, info, given);
    vaccel_model_info_delete(info);
    return ret;
}

static int run_in_session(struct vaccel_resource *model, const struct inputs *given)
{
    struct vaccel_session sess;
    int ret = vaccel_session_init(&sess, 0);

    if (ret != VACCEL_OK)
        return ret;
    ret = vaccel_resource_register(model, &sess);
    if (ret == VACCEL_OK)
        ret = load_and_run(&sess, model, given);
    vaccel_session_release(&sess);
    return ret;
}

/* Two files of one model have a comma between them. */
static int init_model(struct vaccel_resource *model, char *path)
{
    char *comma = strchr(path, ',');
    const char *paths[] = {path, comma ? comma + 1 : NULL};

    if (!comma)
        return vaccel_resource_init(model, path, VACCEL_RESOURCE_MODEL);
    *comma = '\0';
    return vaccel_resource_init_multi(model, paths, 2, VACCEL_RESOURCE_MODEL);
}

static int run_model(char *path, const struct inputs *given)
{
    struct vaccel_resource model;
    int ret = init_model(&model, path);

    if (ret != VACCEL_OK)
        return ret;
    ret = run_in_session(&model, given);
    vaccel_resource_release(&model);
    return ret;
}

int main(int argc, char **argv)
{
    struct inputs given = {NULL, 0};
    int ret = VACCEL_OK;
    int i;

    if (argc < 2) {
        fprintf(
            stderr,
            "usage: %s MODEL [INPUT...]\n"
            "MODEL is a file, two files of one model (a.xml,a.bin) or a directory; INPUT is SHAPE, "
            "SHAPE@FILE or @FILE: as 1x3x224x224, and the input's bytes\n",
            argv[0]);
        return EXIT_FAILURE;
    }
    given.list = calloc((size_t)argc, sizeof(*given.list));
    for (i = 2; given.list && i < argc && ret == VACCEL_OK; i++)
        if (parse_input(argv[i], &given.list[given.count++]) != 0)
            ret = VACCEL_EINVAL;
    if (ret == VACCEL_OK)
        ret = given.list ? run_model(argv[1], &given) : VACCEL_ENOMEM;
    free(given.list);
    if (ret != VACCEL_OK)
        fprintf(stderr, "%s: %s\n", argv[1], strerror(ret));
    return ret == VACCEL_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
