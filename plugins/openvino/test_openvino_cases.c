/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every case of make_models.py: each element type, several inputs and outputs, dynamic shapes, a
 * transformer, strings. The answers must be those of OpenVINO itself.
 */
#include "test_support.h"

#include <math.h>

enum { PORTS_MAX = 4 };

/* Those of a model, or the tensors of a run. */
struct tensors {
    size_t count;
    struct vaccel_tensor all[PORTS_MAX];
    char names[PORTS_MAX][64];
};

struct example {
    char name[64];
    char format[32];
    char file[64];
    struct tensors takes, gives, inputs, outputs;
};

static enum vaccel_data_type type_called(const char *name)
{
    for (int type = VACCEL_DATA_FLOAT32; type <= VACCEL_DATA_STRING; type++) {
        if (!strcmp(vaccel_data_type_name((enum vaccel_data_type)type), name))
            return (enum vaccel_data_type)type;
    }
    fail_msg("there is no type %s", name);
    return VACCEL_DATA_UNKNOWN;
}

/* NAME TYPE DIMENSION... */
static void add_tensor(struct tensors *tensors, char *line)
{
    struct vaccel_tensor *tensor = &tensors->all[tensors->count];
    char *rest = NULL;
    const char *word = strtok_r(line, " \n", &rest);

    assert_true(tensors->count < PORTS_MAX);
    *tensor = (struct vaccel_tensor){.name = tensors->names[tensors->count]};
    strcpy(tensors->names[tensors->count++], strcmp(word, "\"\"") ? word : "");
    tensor->data_type = type_called(strtok_r(NULL, " \n", &rest));
    while ((word = strtok_r(NULL, " \n", &rest)))
        tensor->dims[tensor->nr_dims++] = strtoll(word, NULL, 10);
}

static struct tensors *tensors_called(struct example *example, const char *word)
{
    if (!strcmp(word, "takes"))
        return &example->takes;
    if (!strcmp(word, "gives"))
        return &example->gives;
    return !strcmp(word, "input") ? &example->inputs : &example->outputs;
}

static void read_elements(const struct example *example, const char *word, struct tensors *tensors)
{
    for (size_t i = 0; i < tensors->count; i++) {
        char name[128];
        struct file file;

        snprintf(name, sizeof(name), "%s.%s%zu", example->name, word, i);
        file = file_read(in_folder(name));
        tensors->all[i].data = file.bytes;
        tensors->all[i].size = file.size;
    }
}

static void free_elements(struct tensors *tensors)
{
    for (size_t i = 0; i < tensors->count; i++)
        free(tensors->all[i].data);
}

static void check_specs(const struct vaccel_tensor_spec *specs, size_t count,
                        const struct tensors *wanted)
{
    assert_int_equal(count, wanted->count);
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(specs[i].name, wanted->names[i]);
        assert_int_equal(specs[i].data_type, wanted->all[i].data_type);
        assert_int_equal(specs[i].nr_dims, wanted->all[i].nr_dims);
        assert_memory_equal(specs[i].dims, wanted->all[i].dims,
                            wanted->all[i].nr_dims * sizeof(int64_t));
    }
}

static void check_info(struct vaccel_session *sess, struct vaccel_resource *model,
                       const struct example *example)
{
    struct vaccel_model_info *info;

    assert_int_equal(vaccel_model_info(sess, model, NULL, &info), VACCEL_OK);
    assert_string_equal(info->format, example->format);
    assert_string_equal(info->engine, "openvino");
    check_specs(info->inputs, info->nr_inputs, &example->takes);
    check_specs(info->outputs, info->nr_outputs, &example->gives);
    vaccel_model_info_delete(info);
}

/* Sums may be made in another order. */
static void check_floats(const float *got, const float *wanted, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (fabsf(got[i] - wanted[i]) > 1e-5F + 1e-5F * fabsf(wanted[i]))
            fail_msg("element %zu is %g, not %g", i, (double)got[i], (double)wanted[i]);
    }
}

static void check_tensor(const struct vaccel_tensor *got, const struct vaccel_tensor *wanted)
{
    assert_int_equal(got->data_type, wanted->data_type);
    assert_int_equal(got->nr_dims, wanted->nr_dims);
    assert_memory_equal(got->dims, wanted->dims, got->nr_dims * sizeof(int64_t));
    assert_int_equal(got->size, wanted->size);
    if (got->data_type == VACCEL_DATA_FLOAT32)
        check_floats(got->data, wanted->data, got->size / sizeof(float));
    else
        assert_memory_equal(got->data, wanted->data, got->size);
}

static int run(struct vaccel_session *sess, struct vaccel_resource *model,
               const struct example *example, struct vaccel_tensor *outputs)
{
    return vaccel_model_run(sess, model, NULL, example->inputs.all, example->inputs.count, outputs,
                            example->outputs.count);
}

static void outputs_are_held(struct vaccel_session *sess, struct vaccel_resource *model,
                             const struct example *example)
{
    struct vaccel_tensor outputs[PORTS_MAX] = {{0}};

    assert_int_equal(run(sess, model, example, outputs), VACCEL_OK);
    for (size_t i = 0; i < example->outputs.count; i++) {
        tensor_fetch(sess, &outputs[i]);
        check_tensor(&outputs[i], &example->outputs.all[i]);
        free(outputs[i].data);
    }
}

/* By name, and in room that is larger than needed. */
static void outputs_are_placed(struct vaccel_session *sess, struct vaccel_resource *model,
                               const struct example *example)
{
    struct vaccel_tensor outputs[PORTS_MAX] = {{0}};

    for (size_t i = 0; i < example->outputs.count; i++) {
        outputs[i].name = example->outputs.names[i];
        outputs[i].size = example->outputs.all[i].size + 64;
        outputs[i].data = malloc(outputs[i].size);
        assert_non_null(outputs[i].data);
    }
    assert_int_equal(run(sess, model, example, outputs), VACCEL_OK);
    for (size_t i = 0; i < example->outputs.count; i++) {
        assert_int_equal(outputs[i].held, 0);
        check_tensor(&outputs[i], &example->outputs.all[i]);
        free(outputs[i].data);
    }
}

static void inputs_are_as_before(const struct example *example)
{
    struct tensors before = example->inputs;

    read_elements(example, "input", &before);
    for (size_t i = 0; i < before.count; i++)
        assert_memory_equal(example->inputs.all[i].data, before.all[i].data, before.all[i].size);
    free_elements(&before);
}

static void check_example(struct vaccel_session *sess, struct example *example)
{
    struct vaccel_resource *model;

    print_message("%s\n", example->name);
    model = load(sess, in_folder(example->file));
    read_elements(example, "input", &example->inputs);
    read_elements(example, "output", &example->outputs);
    check_info(sess, model, example);
    if (example->gives.all[0].data_type != VACCEL_DATA_STRING) {
        outputs_are_held(sess, model, example);
        outputs_are_placed(sess, model, example);
        outputs_are_held(sess, model, example);
        inputs_are_as_before(example);
    }
    unload(sess, model);
    free_elements(&example->inputs);
    free_elements(&example->outputs);
}

/* The lines of a case end where the next one begins. */
static void each_case_is_answered_as_by_openvino_itself(void **state)
{
    struct vaccel_session *sess = *state;
    FILE *cases = fopen(in_folder("cases.txt"), "r");
    static struct example example;
    char line[256], word[16];
    int length, count = 0;

    assert_non_null(cases);
    while (fgets(line, sizeof(line), cases)) {
        assert_int_equal(sscanf(line, "%15s %n", word, &length), 1);
        if (strcmp(word, "case") != 0) {
            add_tensor(tensors_called(&example, word), line + length);
            continue;
        }
        if (count++)
            check_example(sess, &example);
        example = (struct example){0};
        assert_int_equal(
            sscanf(line, "case %63s %31s %63s", example.name, example.format, example.file), 3);
    }
    check_example(sess, &example);
    fclose(cases);
    assert_true(count > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_case_is_answered_as_by_openvino_itself),
    };

    return cmocka_run_group_tests(tests, openvino_begin_with_models, openvino_end);
}
