/* SPDX-License-Identifier: Apache-2.0 */
/* Models of the three families, served by the plugin noop. */
#include "expect.h"
#include "vaccel.h"

static void tf(struct vaccel_session *sess, struct vaccel_resource *model)
{
    struct vaccel_tf_status status;
    struct vaccel_tf_node in_node = {"serving_default_input_1", 0};
    struct vaccel_tf_node out_node = {"StatefulPartitionedCall", 0};
    struct vaccel_tf_buffer run_options = {NULL, 0};
    int64_t dims[] = {1, 30};
    struct vaccel_tf_tensor *in;
    struct vaccel_tf_tensor *out;
    float data[30] = {1.5F};

    status.message = NULL;
    EXPECT(vaccel_tf_model_load(sess, model, &status) == VACCEL_OK && status.code == 0);
    EXPECT(vaccel_tf_status_release(&status) == VACCEL_OK && !status.message);
    EXPECT(vaccel_tf_tensor_new(&in, 2, dims, VACCEL_TF_FLOAT) == VACCEL_OK);
    EXPECT(vaccel_tf_tensor_set_data(in, data, sizeof(data)) == VACCEL_OK && !in->owned);
    EXPECT(vaccel_tf_model_run(sess, model, &run_options, &in_node, &in, 1, &out_node, &out, 1,
                               &status) == VACCEL_OK);
    EXPECT(strcmp(status.message, "Operation handled by noop plugin") == 0);
    EXPECT(vaccel_tf_status_release(&status) == VACCEL_OK);
    EXPECT(out->owned && out->nr_dims == 2 && out->dims[1] == 30 && out->size == sizeof(data));
    EXPECT(((float *)out->data)[0] == 1.5F && out->data_type == VACCEL_TF_FLOAT);
    EXPECT(vaccel_tf_tensor_delete(out) == VACCEL_OK && vaccel_tf_tensor_delete(in) == VACCEL_OK);
    EXPECT(vaccel_tf_model_unload(sess, model, NULL) == VACCEL_OK);
}

static void tflite(struct vaccel_session *sess, struct vaccel_resource *model)
{
    int32_t dims[] = {1, 2};
    struct vaccel_tflite_tensor *in;
    struct vaccel_tflite_tensor *out;
    uint8_t status = 9;

    EXPECT(vaccel_tflite_model_load(sess, model) == VACCEL_OK);
    EXPECT(vaccel_tflite_tensor_allocate(&in, 2, dims, VACCEL_TFLITE_FLOAT32, 8) == VACCEL_OK);
    EXPECT(in->owned && ((float *)in->data)[1] == 0);
    ((float *)in->data)[1] = 2.5F;
    EXPECT(vaccel_tflite_model_run(sess, model, &in, 1, &out, 1, &status) == VACCEL_OK);
    EXPECT(status == 0 && out->dims[1] == 2 && ((float *)out->data)[1] == 2.5F);
    EXPECT(vaccel_tflite_tensor_delete(in) == VACCEL_OK);
    EXPECT(vaccel_tflite_tensor_delete(out) == VACCEL_OK);
    EXPECT(vaccel_tflite_model_unload(sess, model) == VACCEL_OK);
}

static void torch(struct vaccel_session *sess, struct vaccel_resource *model)
{
    int64_t dims[] = {1, 2};
    struct vaccel_torch_buffer run_options = {.data = NULL, .size = 0};
    struct vaccel_torch_tensor *in;
    struct vaccel_torch_tensor *out;
    float *data = calloc(2, sizeof(*data));
    void *taken;
    size_t size;

    EXPECT(vaccel_torch_model_load(sess, model) == VACCEL_OK);
    EXPECT(vaccel_torch_tensor_new(&in, 2, dims, VACCEL_TORCH_FLOAT) == VACCEL_OK);
    in->data = data;
    in->size = 2 * sizeof(*data);
    in->owned = true;
    EXPECT(vaccel_torch_model_run(sess, model, &run_options, &in, 1, &out, 1) == VACCEL_OK);
    EXPECT(out->nr_dims == 2 && out->data_type == VACCEL_TORCH_FLOAT);
    EXPECT(vaccel_torch_tensor_take_data(out, &taken, &size) == VACCEL_OK && size == 8);
    free(taken);
    EXPECT(!out->data && vaccel_torch_tensor_delete(out) == VACCEL_OK);
    EXPECT(vaccel_torch_tensor_delete(in) == VACCEL_OK);
    EXPECT(vaccel_torch_model_run(sess, model, NULL, NULL, 0, &out, 1) == VACCEL_EINVAL);
}

static void buffers(void)
{
    struct vaccel_torch_buffer *buffer;
    struct vaccel_tf_status *status;
    struct vaccel_tf_node *node;
    char *data = strdup("options");
    void *taken;
    size_t size;

    EXPECT(vaccel_torch_buffer_new(&buffer, data, 8) == VACCEL_OK && buffer->data == data);
    EXPECT(vaccel_torch_buffer_take_data(buffer, &taken, &size) == VACCEL_OK && taken == data);
    EXPECT(vaccel_torch_buffer_delete(buffer) == VACCEL_OK);
    free(taken);
    EXPECT(vaccel_tf_status_new(&status, 3, "said") == VACCEL_OK && status->code == 3);
    EXPECT(vaccel_tf_status_delete(status) == VACCEL_OK);
    EXPECT(vaccel_tf_node_new(&node, "name", 2) == VACCEL_OK && strcmp(node->name, "name") == 0);
    EXPECT(node->id == 2 && vaccel_tf_node_delete(node) == VACCEL_OK);
}

void models(void)
{
    struct vaccel_session sess;
    struct vaccel_resource model = {.id = 0};

    EXPECT(vaccel_session_init(&sess, VACCEL_PLUGIN_TORCH) == VACCEL_OK);
    EXPECT(vaccel_resource_init(&model, "/proc/self/exe", VACCEL_RESOURCE_MODEL) == VACCEL_OK);
    EXPECT(vaccel_torch_model_load(&sess, &model) == VACCEL_EPERM);
    EXPECT(vaccel_resource_register(&model, &sess) == VACCEL_OK);
    tf(&sess, &model);
    tflite(&sess, &model);
    torch(&sess, &model);
    buffers();
    EXPECT(vaccel_resource_unregister(&model, &sess) == VACCEL_OK);
    if (model.id > 0)
        EXPECT(vaccel_resource_release(&model) == VACCEL_OK);
    EXPECT(vaccel_session_release(&sess) == VACCEL_OK);
}
