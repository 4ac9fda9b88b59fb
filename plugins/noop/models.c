/* SPDX-License-Identifier: Apache-2.0 */
#include "noop.h"

#define MESSAGE "Operation handled by noop plugin"

/* The outputs are copies of the inputs. */
static bool enough_inputs(int nr_inputs, int nr_outputs)
{
    if (nr_inputs >= nr_outputs)
        return true;
    vaccel_error("[noop] %d output(s) wanted of %d input(s): as the outputs are copies of the "
                 "inputs there cannot be more of them",
                 nr_outputs, nr_inputs);
    return false;
}

static int set_status(struct vaccel_tf_status *status)
{
    return status ? vaccel_tf_status_init(status, 0, MESSAGE) : VACCEL_OK;
}

int noop_tf_load(struct vaccel_session *sess, struct vaccel_resource *model,
                 struct vaccel_tf_status *status)
{
    (void)sess, (void)model;
    return set_status(status);
}

static int copy_tf(const struct vaccel_tf_tensor *in, struct vaccel_tf_tensor **out)
{
    int ret = vaccel_tf_tensor_allocate(out, in->nr_dims, in->dims, in->data_type, in->size);

    if (ret == VACCEL_OK && in->size)
        memcpy((*out)->data, in->data, in->size);
    return ret;
}

int noop_tf_run(struct vaccel_session *sess, struct vaccel_resource *model,
                const struct vaccel_tf_buffer *run_options, const struct vaccel_tf_node *in_nodes,
                struct vaccel_tf_tensor *const *in_tensors, int nr_inputs,
                const struct vaccel_tf_node *out_nodes, struct vaccel_tf_tensor **out_tensors,
                int nr_outputs, struct vaccel_tf_status *status)
{
    int done = 0;
    int ret = VACCEL_OK;

    (void)sess, (void)model, (void)run_options, (void)in_nodes, (void)out_nodes;
    if (!enough_inputs(nr_inputs, nr_outputs))
        return VACCEL_EINVAL;
    while (ret == VACCEL_OK && done < nr_outputs) {
        ret = copy_tf(in_tensors[done], &out_tensors[done]);
        done += ret == VACCEL_OK;
    }
    if (ret == VACCEL_OK)
        ret = set_status(status);
    while (ret != VACCEL_OK && done > 0) {
        vaccel_tf_tensor_delete(out_tensors[--done]);
        out_tensors[done] = NULL;
    }
    return ret;
}

int noop_tflite_load(struct vaccel_session *sess, struct vaccel_resource *model)
{
    (void)sess, (void)model;
    return VACCEL_OK;
}

static int copy_tflite(const struct vaccel_tflite_tensor *in, struct vaccel_tflite_tensor **out)
{
    int ret = vaccel_tflite_tensor_allocate(out, in->nr_dims, in->dims, in->data_type, in->size);

    if (ret == VACCEL_OK && in->size)
        memcpy((*out)->data, in->data, in->size);
    return ret;
}

int noop_tflite_run(struct vaccel_session *sess, struct vaccel_resource *model,
                    struct vaccel_tflite_tensor *const *inputs, int nr_inputs,
                    struct vaccel_tflite_tensor **outputs, int nr_outputs, uint8_t *status)
{
    int done = 0;
    int ret = VACCEL_OK;

    (void)sess, (void)model;
    if (!enough_inputs(nr_inputs, nr_outputs))
        return VACCEL_EINVAL;
    while (ret == VACCEL_OK && done < nr_outputs) {
        ret = copy_tflite(inputs[done], &outputs[done]);
        done += ret == VACCEL_OK;
    }
    while (ret != VACCEL_OK && done > 0) {
        vaccel_tflite_tensor_delete(outputs[--done]);
        outputs[done] = NULL;
    }
    if (ret == VACCEL_OK && status)
        *status = 0;
    return ret;
}

int noop_torch_load(struct vaccel_session *sess, struct vaccel_resource *model)
{
    (void)sess;
    if (!model->nr_blobs || !vaccel_blob_valid(model->blobs[0])) {
        vaccel_error("[noop] torch_model_load: resource %lld has no file or buffer to load",
                     (long long)model->id);
        return VACCEL_EINVAL;
    }
    return VACCEL_OK;
}

static int copy_torch(const struct vaccel_torch_tensor *in, struct vaccel_torch_tensor **out)
{
    int ret = vaccel_torch_tensor_allocate(out, in->nr_dims, in->dims, in->data_type, in->size);

    if (ret == VACCEL_OK && in->size)
        memcpy((*out)->data, in->data, in->size);
    return ret;
}

int noop_torch_run(struct vaccel_session *sess, struct vaccel_resource *model,
                   const struct vaccel_torch_buffer *run_options,
                   struct vaccel_torch_tensor *const *inputs, int nr_inputs,
                   struct vaccel_torch_tensor **outputs, int nr_outputs)
{
    int done = 0;
    int ret = VACCEL_OK;

    (void)sess, (void)model, (void)run_options;
    if (!enough_inputs(nr_inputs, nr_outputs))
        return VACCEL_EINVAL;
    while (ret == VACCEL_OK && done < nr_outputs) {
        ret = copy_torch(inputs[done], &outputs[done]);
        done += ret == VACCEL_OK;
    }
    while (ret != VACCEL_OK && done > 0) {
        vaccel_torch_tensor_delete(outputs[--done]);
        outputs[done] = NULL;
    }
    return ret;
}

int noop_torch_sgemm(struct vaccel_session *sess, struct vaccel_torch_tensor **a,
                     struct vaccel_torch_tensor **b, struct vaccel_torch_tensor **c, int m, int n,
                     int k, struct vaccel_torch_tensor **out)
{
    (void)sess, (void)a, (void)b, (void)m, (void)n, (void)k;
    return copy_torch(*c, out);
}
