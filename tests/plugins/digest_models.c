/* SPDX-License-Identifier: Apache-2.0 */
#include "digest.h"

#include <string.h>

/* Output i has i + 1 rows of three. */
enum { NR_DIMS = 2, COLUMNS = 3 };

static int set_status(uint64_t digest, struct vaccel_tf_status *status)
{
    unsigned char text[17];

    if (!status)
        return VACCEL_OK;
    digest_write_text(digest, text, sizeof(text));
    return vaccel_tf_status_init(status, (uint8_t)(digest % 200 + 1), (const char *)text);
}

static int tf_load(struct vaccel_session *sess, struct vaccel_resource *model,
                   struct vaccel_tf_status *status)
{
    (void)sess;
    return set_status(digest_resource(30, model), status);
}

/* A call that fails has something to say all the same. */
static int tf_unload(struct vaccel_session *sess, struct vaccel_resource *model,
                     struct vaccel_tf_status *status)
{
    (void)sess;
    set_status(digest_resource(31, model), status);
    return VACCEL_EBACKEND;
}

static uint64_t add_nodes(uint64_t digest, const struct vaccel_tf_node *nodes, int count)
{
    for (int i = 0; i < count; i++) {
        digest = digest_text(digest, nodes[i].name);
        digest = digest_add(digest, &nodes[i].id, sizeof(nodes[i].id));
    }
    return digest;
}

static uint64_t add_options(uint64_t digest, const void *data, size_t size)
{
    return data ? digest_add(digest, data, size) : digest + 1;
}

static int tf_run(struct vaccel_session *sess, struct vaccel_resource *model,
                  const struct vaccel_tf_buffer *run_options, const struct vaccel_tf_node *in_nodes,
                  struct vaccel_tf_tensor *const *in_tensors, int nr_inputs,
                  const struct vaccel_tf_node *out_nodes, struct vaccel_tf_tensor **out_tensors,
                  int nr_outputs, struct vaccel_tf_status *status)
{
    uint64_t digest = add_nodes(digest_resource(32, model), in_nodes, nr_inputs);
    int ret = VACCEL_OK;

    (void)sess;
    digest = add_nodes(digest, out_nodes, nr_outputs);
    digest = add_options(digest, run_options ? run_options->data : NULL,
                         run_options ? run_options->size : 0);
    for (int i = 0; i < nr_inputs; i++) {
        const struct vaccel_tf_tensor *in = in_tensors[i];

        digest = digest_add(digest, in->dims, (size_t)in->nr_dims * sizeof(*in->dims));
        digest = digest_add(digest, &in->data_type, sizeof(in->data_type));
        digest = digest_add(digest, in->data, in->size);
    }
    for (int i = 0; i < nr_outputs && ret == VACCEL_OK; i++) {
        int64_t dims[NR_DIMS] = {i + 1, COLUMNS};
        size_t size = (size_t)(i + 1) * COLUMNS;

        ret = vaccel_tf_tensor_allocate(&out_tensors[i], NR_DIMS, dims, VACCEL_TF_UINT8, size);
        if (ret == VACCEL_OK)
            digest_fill(digest + (uint64_t)i, out_tensors[i]->data, size);
    }
    return ret ? ret : set_status(digest, status);
}

static int tflite_load(struct vaccel_session *sess, struct vaccel_resource *model)
{
    (void)sess;
    return digest_resource(33, model) % 2 ? VACCEL_EIO : VACCEL_ENOEXEC;
}

static int tflite_unload(struct vaccel_session *sess, struct vaccel_resource *model)
{
    (void)sess;
    return digest_resource(34, model) % 2 ? VACCEL_EIO : VACCEL_ENOEXEC;
}

static int tflite_run(struct vaccel_session *sess, struct vaccel_resource *model,
                      struct vaccel_tflite_tensor *const *inputs, int nr_inputs,
                      struct vaccel_tflite_tensor **outputs, int nr_outputs, uint8_t *status)
{
    uint64_t digest = digest_resource(35, model);
    int ret = VACCEL_OK;

    (void)sess;
    for (int i = 0; i < nr_inputs; i++) {
        const struct vaccel_tflite_tensor *in = inputs[i];

        digest = digest_add(digest, in->dims, (size_t)in->nr_dims * sizeof(*in->dims));
        digest = digest_add(digest, &in->data_type, sizeof(in->data_type));
        digest = digest_add(digest, in->data, in->size);
    }
    for (int i = 0; i < nr_outputs && ret == VACCEL_OK; i++) {
        int32_t dims[NR_DIMS] = {i + 1, COLUMNS};
        size_t size = (size_t)(i + 1) * COLUMNS;

        ret = vaccel_tflite_tensor_allocate(&outputs[i], NR_DIMS, dims, VACCEL_TFLITE_UINT8, size);
        if (ret == VACCEL_OK)
            digest_fill(digest + (uint64_t)i, outputs[i]->data, size);
    }
    if (status)
        *status = (uint8_t)(digest | 1);
    return ret;
}

static int torch_load(struct vaccel_session *sess, struct vaccel_resource *model)
{
    (void)sess;
    return digest_resource(36, model) % 2 ? VACCEL_EIO : VACCEL_ENOEXEC;
}

static uint64_t add_torch(uint64_t digest, const struct vaccel_torch_tensor *in)
{
    digest = digest_add(digest, in->dims, (size_t)in->nr_dims * sizeof(*in->dims));
    digest = digest_add(digest, &in->data_type, sizeof(in->data_type));
    return digest_add(digest, in->data, in->size);
}

static int torch_output(uint64_t digest, int64_t rows, int64_t columns,
                        struct vaccel_torch_tensor **out)
{
    int64_t dims[NR_DIMS] = {rows, columns};
    size_t size = (size_t)(rows * columns);
    int ret = vaccel_torch_tensor_allocate(out, NR_DIMS, dims, VACCEL_TORCH_BYTE, size);

    if (ret == VACCEL_OK)
        digest_fill(digest, (*out)->data, size);
    return ret;
}

static int torch_run(struct vaccel_session *sess, struct vaccel_resource *model,
                     const struct vaccel_torch_buffer *run_options,
                     struct vaccel_torch_tensor *const *inputs, int nr_inputs,
                     struct vaccel_torch_tensor **outputs, int nr_outputs)
{
    uint64_t digest =
        add_options(digest_resource(37, model), run_options ? run_options->data : NULL,
                    run_options ? run_options->size : 0);
    int ret = VACCEL_OK;

    (void)sess;
    for (int i = 0; i < nr_inputs; i++)
        digest = add_torch(digest, inputs[i]);
    for (int i = 0; i < nr_outputs && ret == VACCEL_OK; i++)
        ret = torch_output(digest + (uint64_t)i, i + 1, COLUMNS, &outputs[i]);
    return ret;
}

static int torch_sgemm(struct vaccel_session *sess, struct vaccel_torch_tensor **a,
                       struct vaccel_torch_tensor **b, struct vaccel_torch_tensor **c, int m, int n,
                       int k, struct vaccel_torch_tensor **out)
{
    int sizes[] = {m, n, k};
    uint64_t digest = add_torch(add_torch(add_torch(38, *a), *b), *c);

    (void)sess;
    return torch_output(digest_add(digest, sizes, sizeof(sizes)), m, n, out);
}

static struct vaccel_op ops[] = {
    VACCEL_OP_INIT(tf_load, VACCEL_OP_TF_MODEL_LOAD, tf_load),
    VACCEL_OP_INIT(tf_unload, VACCEL_OP_TF_MODEL_UNLOAD, tf_unload),
    VACCEL_OP_INIT(tf_run, VACCEL_OP_TF_MODEL_RUN, tf_run),
    VACCEL_OP_INIT(tflite_load, VACCEL_OP_TFLITE_MODEL_LOAD, tflite_load),
    VACCEL_OP_INIT(tflite_unload, VACCEL_OP_TFLITE_MODEL_UNLOAD, tflite_unload),
    VACCEL_OP_INIT(tflite_run, VACCEL_OP_TFLITE_MODEL_RUN, tflite_run),
    VACCEL_OP_INIT(torch_load, VACCEL_OP_TORCH_MODEL_LOAD, torch_load),
    VACCEL_OP_INIT(torch_run, VACCEL_OP_TORCH_MODEL_RUN, torch_run),
    VACCEL_OP_INIT(torch_sgemm, VACCEL_OP_TORCH_SGEMM, torch_sgemm),
};

int digest_register_models(void)
{
    return vaccel_plugin_register_ops(ops, sizeof(ops) / sizeof(ops[0]));
}
