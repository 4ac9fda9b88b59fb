/* SPDX-License-Identifier: Apache-2.0 */
#include "every_op.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Two inputs: 2 x 3 floats and five bytes. */
static float floats[6] = {1, 2, 3, 4, 5, 6};
static char bytes[5] = "bytes";
static int64_t float_dims[] = {2, 3}, byte_dims[] = {5};
static int32_t float_dims32[] = {2, 3}, byte_dims32[] = {5};
static char options[] = "options";
static struct vaccel_tf_node in_nodes[] = {{(char *)"first", 1}, {(char *)"second", 2}};
static struct vaccel_tf_node out_nodes[] = {{(char *)"sum", 0}, {(char *)"difference", 7}};

static void keep_status(int code, const char *message)
{
    outputs.code = (uint8_t)code;
    snprintf(outputs.message, sizeof(outputs.message), "%s", message ? message : "");
}

static int typed_tf(struct vaccel_session *sess,
                    int (*call)(struct vaccel_session *, struct vaccel_resource *,
                                struct vaccel_tf_status *))
{
    struct vaccel_tf_status status;
    int ret = call(sess, &every_op_model, &status);

    keep_status(status.code, status.message);
    vaccel_tf_status_release(&status);
    return ret;
}

int typed_tf_load(struct vaccel_session *sess)
{
    return typed_tf(sess, vaccel_tf_model_load);
}

int typed_tf_unload(struct vaccel_session *sess)
{
    return typed_tf(sess, vaccel_tf_model_unload);
}

static void keep_tensor(size_t i, int64_t nr_dims, uint32_t type, const void *data, size_t size)
{
    struct tensor_result *result = &outputs.tensors[i];

    if (size > sizeof(result->data) || nr_dims > VACCEL_TENSOR_DIMS_MAX)
        abort();
    result->desc.nr_dims = (uint32_t)nr_dims;
    result->desc.data_type = type;
    result->desc.size = size;
    memcpy(result->data, data, size);
}

static void keep_dim(size_t i, int64_t at, int64_t value)
{
    outputs.tensors[i].desc.dims[at] = value;
}

static void keep_tf(struct vaccel_tf_tensor **tensors)
{
    for (size_t i = 0; i < NR_TENSORS && tensors[i]; i++) {
        for (int at = 0; at < tensors[i]->nr_dims; at++)
            keep_dim(i, at, tensors[i]->dims[at]);
        keep_tensor(i, tensors[i]->nr_dims, tensors[i]->data_type, tensors[i]->data,
                    tensors[i]->size);
        vaccel_tf_tensor_delete(tensors[i]);
    }
}

int typed_tf_run(struct vaccel_session *sess)
{
    struct vaccel_tf_tensor in[] = {{floats, sizeof(floats), false, 2, float_dims, VACCEL_TF_FLOAT},
                                    {bytes, sizeof(bytes), false, 1, byte_dims, VACCEL_TF_UINT8}};
    struct vaccel_tf_tensor *const ins[] = {&in[0], &in[1]};
    struct vaccel_tf_buffer run_options = {options, sizeof(options)};
    struct vaccel_tf_tensor *outs[NR_TENSORS];
    struct vaccel_tf_status status;
    int ret = vaccel_tf_model_run(sess, &every_op_model, &run_options, in_nodes, ins, 2, out_nodes,
                                  outs, NR_TENSORS, &status);

    keep_status(status.code, status.message);
    vaccel_tf_status_release(&status);
    keep_tf(outs);
    return ret;
}

int typed_tflite_load(struct vaccel_session *sess)
{
    return vaccel_tflite_model_load(sess, &every_op_model);
}

int typed_tflite_unload(struct vaccel_session *sess)
{
    return vaccel_tflite_model_unload(sess, &every_op_model);
}

static void keep_tflite(struct vaccel_tflite_tensor **tensors)
{
    for (size_t i = 0; i < NR_TENSORS && tensors[i]; i++) {
        for (int at = 0; at < tensors[i]->nr_dims; at++)
            keep_dim(i, at, tensors[i]->dims[at]);
        keep_tensor(i, tensors[i]->nr_dims, tensors[i]->data_type, tensors[i]->data,
                    tensors[i]->size);
        vaccel_tflite_tensor_delete(tensors[i]);
    }
}

int typed_tflite_run(struct vaccel_session *sess)
{
    struct vaccel_tflite_tensor in[] = {
        {floats, sizeof(floats), false, 2, float_dims32, VACCEL_TFLITE_FLOAT32},
        {bytes, sizeof(bytes), false, 1, byte_dims32, VACCEL_TFLITE_UINT8}};
    struct vaccel_tflite_tensor *const ins[] = {&in[0], &in[1]};
    struct vaccel_tflite_tensor *outs[NR_TENSORS];
    int ret =
        vaccel_tflite_model_run(sess, &every_op_model, ins, 2, outs, NR_TENSORS, &outputs.code);

    keep_tflite(outs);
    return ret;
}

int typed_torch_load(struct vaccel_session *sess)
{
    return vaccel_torch_model_load(sess, &every_op_model);
}

static void keep_torch(struct vaccel_torch_tensor **tensors, size_t count)
{
    for (size_t i = 0; i < count && tensors[i]; i++) {
        for (int64_t at = 0; at < tensors[i]->nr_dims; at++)
            keep_dim(i, at, tensors[i]->dims[at]);
        keep_tensor(i, tensors[i]->nr_dims, tensors[i]->data_type, tensors[i]->data,
                    tensors[i]->size);
        vaccel_torch_tensor_delete(tensors[i]);
    }
}

int typed_torch_run(struct vaccel_session *sess)
{
    struct vaccel_torch_tensor in[] = {
        {floats, sizeof(floats), false, 2, float_dims, VACCEL_TORCH_FLOAT},
        {bytes, sizeof(bytes), false, 1, byte_dims, VACCEL_TORCH_BYTE}};
    struct vaccel_torch_tensor *const ins[] = {&in[0], &in[1]};
    struct vaccel_torch_buffer run_options = {options, sizeof(options)};
    struct vaccel_torch_tensor *outs[NR_TENSORS];
    int ret = vaccel_torch_model_run(sess, &every_op_model, &run_options, ins, 2, outs, NR_TENSORS);

    keep_torch(outs, NR_TENSORS);
    return ret;
}

/* 2 x 3 times 3 x 2, to which 2 x 3 elements are added, two of them unused. */
enum { M = 2, N = 2, K = 3 };
static const int32_t m = M, n = N, k = K;

int typed_torch_sgemm(struct vaccel_session *sess)
{
    struct vaccel_torch_tensor tensor = {floats, sizeof(floats), false,
                                         2,      float_dims,     VACCEL_TORCH_FLOAT};
    struct vaccel_torch_tensor *matrix = &tensor;
    struct vaccel_torch_tensor *out;
    int ret = vaccel_torch_sgemm(sess, &matrix, &matrix, &matrix, M, N, K, &out);

    keep_torch(&out, 1);
    return ret;
}

void general_model(struct general *form)
{
    form_read(form, VACCEL_ARG_INT64, &every_op_model.id, sizeof(every_op_model.id));
}

static void write_status(struct general *form)
{
    form_write(form, VACCEL_ARG_UINT8, &outputs.code, sizeof(outputs.code));
    form_write(form, VACCEL_ARG_CHAR_ARRAY, outputs.message, sizeof(outputs.message));
}

void general_tf_model(struct general *form)
{
    general_model(form);
    write_status(form);
}

void form_read_tensor(struct general *form, struct vaccel_tensor_desc *desc, void *data)
{
    form_read(form, VACCEL_ARG_CUSTOM, desc, sizeof(*desc));
    form->read[form->nr_read - 1].custom_type_id = VACCEL_TENSOR_DESC_ID;
    form_read(form, VACCEL_ARG_BUFFER, data, desc->size);
}

/* The types' numbers differ from family to family. */
static void tensors(struct general *form, uint32_t float_type, uint32_t byte_type)
{
    static struct vaccel_tensor_desc descs[2];

    descs[0] = (struct vaccel_tensor_desc){
        .size = sizeof(floats), .data_type = float_type, .nr_dims = 2, .dims = {2, 3}};
    descs[1] = (struct vaccel_tensor_desc){
        .size = sizeof(bytes), .data_type = byte_type, .nr_dims = 1, .dims = {5}};
    form_read_tensor(form, &descs[0], floats);
    form_read_tensor(form, &descs[1], bytes);
}

/* The first is placed, the second held. */
void form_write_tensors(struct general *form, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct tensor_result *result = &outputs.tensors[i];

        form_write(form, VACCEL_ARG_CUSTOM, &result->desc, sizeof(result->desc));
        form->write[form->nr_write - 1].custom_type_id = VACCEL_TENSOR_DESC_ID;
        form_write(form, VACCEL_ARG_BUFFER, i ? NULL : result->data, i ? 0 : sizeof(result->data));
    }
}

static void node(struct general *form, const struct vaccel_tf_node *of)
{
    form_read(form, VACCEL_ARG_STRING, of->name, strlen(of->name) + 1);
    form_read(form, VACCEL_ARG_INT32, &of->id, sizeof(of->id));
}

void general_tf_run(struct general *form)
{
    general_model(form);
    form_read(form, VACCEL_ARG_BUFFER, options, sizeof(options));
    node(form, &in_nodes[0]);
    node(form, &in_nodes[1]);
    node(form, &out_nodes[0]);
    node(form, &out_nodes[1]);
    tensors(form, VACCEL_TF_FLOAT, VACCEL_TF_UINT8);
    write_status(form);
    form_write_tensors(form, NR_TENSORS);
}

void general_tflite_run(struct general *form)
{
    general_model(form);
    tensors(form, VACCEL_TFLITE_FLOAT32, VACCEL_TFLITE_UINT8);
    form_write(form, VACCEL_ARG_UINT8, &outputs.code, sizeof(outputs.code));
    form_write_tensors(form, NR_TENSORS);
}

void general_torch_run(struct general *form)
{
    general_model(form);
    form_read(form, VACCEL_ARG_BUFFER, options, sizeof(options));
    tensors(form, VACCEL_TORCH_FLOAT, VACCEL_TORCH_BYTE);
    form_write_tensors(form, NR_TENSORS);
}

void general_torch_sgemm(struct general *form)
{
    static struct vaccel_tensor_desc desc = {
        .size = sizeof(floats), .data_type = VACCEL_TORCH_FLOAT, .nr_dims = 2, .dims = {2, 3}};

    form_read(form, VACCEL_ARG_INT32, &m, sizeof(m));
    form_read(form, VACCEL_ARG_INT32, &n, sizeof(n));
    form_read(form, VACCEL_ARG_INT32, &k, sizeof(k));
    for (int i = 0; i < 3; i++)
        form_read_tensor(form, &desc, floats);
    form_write_tensors(form, 1);
}

void take_tensors(struct vaccel_session *sess, const struct general *form)
{
    (void)form;
    for (size_t i = 0; i < NR_TENSORS; i++) {
        struct tensor_result *result = &outputs.tensors[i];
        struct vaccel_output out = {result->data, sizeof(result->data), result->desc.held};

        if (out.held && vaccel_output_fetch(sess, &out))
            abort();
        result->desc.held = 0;
    }
}
