/* SPDX-License-Identifier: Apache-2.0 */
#include "bare_tf.h"

#include <tensorflow/c/c_api.h>

#include <stdlib.h>
#include <string.h>

struct bare_tf {
    TF_Graph *graph;
    TF_Session *session;
    TF_Output input;
    TF_Output output;
};

void bare_tf_unload(struct bare_tf *model)
{
    TF_Status *status = TF_NewStatus();

    if (model->session)
        TF_DeleteSession(model->session, status);
    TF_DeleteGraph(model->graph);
    TF_DeleteStatus(status);
    free(model);
}

struct bare_tf *bare_tf_load(const char *path, const char *input, const char *output)
{
    static const char *const tags[] = {"serve"};
    struct bare_tf *model = calloc(1, sizeof(*model));
    TF_SessionOptions *options = TF_NewSessionOptions();
    TF_Status *status = TF_NewStatus();

    if (model) {
        model->graph = TF_NewGraph();
        model->session =
            TF_LoadSessionFromSavedModel(options, NULL, path, tags, 1, model->graph, NULL, status);
        model->input.oper = TF_GraphOperationByName(model->graph, input);
        model->output.oper = TF_GraphOperationByName(model->graph, output);
    }
    TF_DeleteStatus(status);
    TF_DeleteSessionOptions(options);
    if (!model || (model->session && model->input.oper && model->output.oper))
        return model;
    bare_tf_unload(model);
    return NULL;
}

static void leave(void *data, size_t size, void *argument)
{
    (void)data;
    (void)size;
    (void)argument;
}

int bare_tf_run(const struct bare_tf *model, const int64_t *dims, int nr_dims, void *data,
                size_t data_size, void *output, size_t size)
{
    TF_Tensor *in = TF_NewTensor(TF_OperationOutputType(model->input), dims, nr_dims, data,
                                 data_size, leave, NULL);
    TF_Tensor *out = NULL;
    TF_Status *status = TF_NewStatus();
    int code;

    TF_SessionRun(model->session, NULL, &model->input, &in, 1, &model->output, &out, 1, NULL, 0,
                  NULL, status);
    code = TF_GetCode(status);
    if (!code && TF_TensorByteSize(out) == size)
        memcpy(output, TF_TensorData(out), size);
    else if (!code)
        code = TF_OUT_OF_RANGE;
    TF_DeleteTensor(in);
    if (out)
        TF_DeleteTensor(out);
    TF_DeleteStatus(status);
    return code;
}
