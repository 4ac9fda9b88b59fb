/* SPDX-License-Identifier: Apache-2.0 */
/* The model calls. The model is loaded before each operation: see every_op_begin(). */
#include "every_op.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Two inputs: 2 x 3 floats by their name and two strings, "ab" and "", by their place. */
static float floats[6] = {1, 2, 3, 4, 5, 6};
static const uint64_t strings[] = {2, 0, 0x6261};
enum { STRINGS_SIZE = 2 * sizeof(uint64_t) + 2 };
static const struct vaccel_tensor inputs[] = {
    {.name = "first",
     .data_type = VACCEL_DATA_FLOAT32,
     .nr_dims = 2,
     .dims = {2, 3},
     .data = floats,
     .size = sizeof(floats)},
    {.data_type = VACCEL_DATA_STRING,
     .nr_dims = 1,
     .dims = {2},
     .data = (void *)strings,
     .size = STRINGS_SIZE},
};
static const char *const output_names[NR_TENSORS] = {"sum", ""};
static char signature[] = "signature";
static char engine[] = "digest";

int typed_model_load(struct vaccel_session *sess)
{
    return vaccel_model_load(sess, &every_op_model, engine);
}

/* It is there again for the next one. */
int typed_model_unload(struct vaccel_session *sess)
{
    int ret = vaccel_model_unload(sess, &every_op_model);

    return ret ? ret : vaccel_model_load(sess, &every_op_model, NULL);
}

void take_unload(struct vaccel_session *sess, const struct general *form)
{
    (void)form;
    if (vaccel_model_load(sess, &every_op_model, NULL))
        abort();
}

static void keep_info(const struct vaccel_model_info *info)
{
    struct info_result *result = &outputs.info;

    if (info->nr_signatures != 1 || info->nr_inputs != 2 || info->nr_outputs != 2)
        abort();
    memcpy(result->format, info->format, sizeof(result->format));
    memcpy(result->engine, info->engine, sizeof(result->engine));
    result->nr_signatures = 1;
    result->nr_inputs = 2;
    result->nr_outputs = 2;
    snprintf(result->signature, sizeof(result->signature), "%s", info->signatures[0]);
    memcpy(result->specs, info->inputs, 2 * sizeof(*info->inputs));
    memcpy(result->specs + 2, info->outputs, 2 * sizeof(*info->outputs));
}

int typed_model_info(struct vaccel_session *sess)
{
    struct vaccel_model_info *info;
    int ret = vaccel_model_info(sess, &every_op_model, signature, &info);

    if (ret == VACCEL_OK)
        keep_info(info);
    vaccel_model_info_delete(info);
    return ret;
}

/* The first is placed, the second held. */
int typed_model_run(struct vaccel_session *sess)
{
    struct vaccel_tensor outs[NR_TENSORS] = {
        {.name = output_names[0], .data = outputs.tensors[0].data, .size = TENSOR_MAX}};
    int ret = vaccel_model_run(sess, &every_op_model, signature, inputs, 2, outs, NR_TENSORS);

    if (outs[1].held) {
        outs[1].data = outputs.tensors[1].data;
        if (vaccel_tensor_fetch(sess, &outs[1]))
            abort();
    }
    for (int i = 0; i < NR_TENSORS && ret == VACCEL_OK; i++) {
        struct vaccel_tensor_desc *desc = &outputs.tensors[i].desc;

        desc->size = outs[i].size;
        desc->data_type = outs[i].data_type;
        desc->nr_dims = outs[i].nr_dims;
        memcpy(desc->dims, outs[i].dims, desc->nr_dims * sizeof(desc->dims[0]));
    }
    return ret;
}

void general_model_load(struct general *form)
{
    general_model(form);
    form_read(form, VACCEL_ARG_STRING, engine, sizeof(engine));
}

void general_model_info(struct general *form)
{
    general_model(form);
    form_read(form, VACCEL_ARG_STRING, signature, sizeof(signature));
    form_write(form, VACCEL_ARG_BUFFER, &outputs.info, sizeof(outputs.info));
    form_write(form, VACCEL_ARG_INT64, &outputs.info_held, sizeof(outputs.info_held));
}

void general_model_run(struct general *form)
{
    static struct vaccel_tensor_desc descs[2];

    general_model(form);
    form_read(form, VACCEL_ARG_STRING, signature, sizeof(signature));
    for (int i = 0; i < 2; i++) {
        const char *name = inputs[i].name ? inputs[i].name : "";

        descs[i] = (struct vaccel_tensor_desc){
            .size = inputs[i].size, .data_type = inputs[i].data_type, .nr_dims = inputs[i].nr_dims};
        memcpy(descs[i].dims, inputs[i].dims, sizeof(descs[i].dims));
        form_read(form, VACCEL_ARG_STRING, name, strlen(name) + 1);
        form_read_tensor(form, &descs[i], inputs[i].data);
    }
    for (int i = 0; i < NR_TENSORS; i++)
        form_read(form, VACCEL_ARG_STRING, output_names[i], strlen(output_names[i]) + 1);
    form_write_tensors(form, NR_TENSORS);
}
