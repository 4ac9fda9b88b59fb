/* SPDX-License-Identifier: Apache-2.0 */
#include "core/error_text.h"
#include "core/log.h"
#include "core/models.h"
#include "ops/classic_by_engine.h"
#include "ops/tensor.h"
#include "platform/text.h"

enum { SENTENCE_SIZE = 1024, ID_SIZE = 16 };

static const struct classic_type types[] = {
    {VACCEL_TF_FLOAT, VACCEL_DATA_FLOAT32},  {VACCEL_TF_DOUBLE, VACCEL_DATA_FLOAT64},
    {VACCEL_TF_INT32, VACCEL_DATA_INT32},    {VACCEL_TF_UINT8, VACCEL_DATA_UINT8},
    {VACCEL_TF_INT16, VACCEL_DATA_INT16},    {VACCEL_TF_INT8, VACCEL_DATA_INT8},
    {VACCEL_TF_STRING, VACCEL_DATA_STRING},  {VACCEL_TF_COMPLEX64, VACCEL_DATA_COMPLEX64},
    {VACCEL_TF_INT64, VACCEL_DATA_INT64},    {VACCEL_TF_BOOL, VACCEL_DATA_BOOL},
    {VACCEL_TF_QINT8, VACCEL_DATA_INT8},     {VACCEL_TF_QUINT8, VACCEL_DATA_UINT8},
    {VACCEL_TF_QINT32, VACCEL_DATA_INT32},   {VACCEL_TF_BFLOAT16, VACCEL_DATA_BFLOAT16},
    {VACCEL_TF_UINT16, VACCEL_DATA_UINT16},  {VACCEL_TF_QINT16, VACCEL_DATA_INT16},
    {VACCEL_TF_QUINT16, VACCEL_DATA_UINT16}, {VACCEL_TF_COMPLEX128, VACCEL_DATA_COMPLEX128},
    {VACCEL_TF_HALF, VACCEL_DATA_FLOAT16},   {VACCEL_TF_UINT32, VACCEL_DATA_UINT32},
    {VACCEL_TF_UINT64, VACCEL_DATA_UINT64},  {0, VACCEL_DATA_UNKNOWN},
};

/* TensorFlow's numbers for kinds of errors, as in its tsl/protobuf/error_codes.proto. */
static uint8_t status_code(int ret)
{
    enum { INVALID_ARGUMENT = 3, NOT_FOUND = 5, EXHAUSTED = 8, UNIMPLEMENTED = 12, INTERNAL = 13 };

    switch (ret) {
    case VACCEL_OK:
        return 0;
    case VACCEL_EINVAL:
        return INVALID_ARGUMENT;
    case VACCEL_ENOENT:
        return NOT_FOUND;
    case VACCEL_ENOMEM:
        return EXHAUSTED;
    case VACCEL_ENOTSUP:
        return UNIMPLEMENTED;
    default:
        return INTERNAL;
    }
}

/* What is logged while a call runs is also what its status says. */
struct listening {
    char sentence[SENTENCE_SIZE];
    struct log_tap before;
};

static void listen(struct listening *listening)
{
    listening->sentence[0] = '\0';
    listening->before = log_tap((struct log_tap){listening->sentence, sizeof(listening->sentence)});
}

/* @ret: what the call returned, which is returned. */
static int tell(struct listening *listening, struct vaccel_tf_status *status, int ret)
{
    const char *sentence = listening->sentence;

    log_tap(listening->before);
    if (sentence[0])
        vaccel_error("%s", sentence);
    else if (ret != VACCEL_OK)
        sentence = error_text(ret);
    if (status && vaccel_tf_status_init(status, status_code(ret), sentence) != VACCEL_OK)
        return ret == VACCEL_OK ? VACCEL_ENOMEM : ret;
    return ret;
}

int tf_load_by_engine(struct vaccel_session *sess, struct vaccel_resource *model,
                      struct vaccel_tf_status *status)
{
    struct listening listening;

    listen(&listening);
    return tell(&listening, status, model_load(sess, model, NULL));
}

int tf_unload_by_engine(struct vaccel_session *sess, struct vaccel_resource *model,
                        struct vaccel_tf_status *status)
{
    struct listening listening;

    listen(&listening);
    return tell(&listening, status, model_unload(sess, model));
}

/* "name:id", as TensorFlow writes an output of a node. */
static char *name_of(const struct vaccel_tf_node *node)
{
    size_t size = text_length(node->name) + ID_SIZE;
    char *name = platform_alloc(size);

    if (name)
        text_format(name, size, "%s:%d", node->name, node->id);
    return name;
}

static bool make_names(char **names, const struct vaccel_tf_node *nodes, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++) {
        names[i] = name_of(&nodes[i]);
        if (!names[i])
            return false;
    }
    return true;
}

static void free_names(char **names, size_t count)
{
    while (names && count--)
        platform_free(names[count]);
    platform_free(names);
}

static int run_named(struct vaccel_session *sess, struct vaccel_resource *model,
                     struct classic_run *run, const struct vaccel_tf_node *in_nodes,
                     const struct vaccel_tf_node *out_nodes)
{
    size_t count = run->nr_inputs + run->nr_outputs;
    int ret;

    run->names = platform_alloc_zeroed(count * sizeof(char *));
    if (!run->names || !make_names(run->names, in_nodes, run->nr_inputs) ||
        !make_names(run->names + run->nr_inputs, out_nodes, run->nr_outputs))
        ret = tensor_refuse_memory();
    else
        ret = classic_run_by_engine(sess, model, run);
    free_names(run->names, count);
    return ret;
}

int tf_run_by_engine(struct vaccel_session *sess, struct vaccel_resource *model,
                     const struct vaccel_tf_buffer *run_options,
                     const struct vaccel_tf_node *in_nodes,
                     struct vaccel_tf_tensor *const *in_tensors, int nr_inputs,
                     const struct vaccel_tf_node *out_nodes, struct vaccel_tf_tensor **out_tensors,
                     int nr_outputs, struct vaccel_tf_status *status)
{
    struct classic_run run = {
        .family = &tensor_family_tf,
        .types = types,
        .inputs = (void *const *)in_tensors,
        .nr_inputs = (size_t)nr_inputs,
        .outputs = (void **)out_tensors,
        .nr_outputs = (size_t)nr_outputs,
        .options = run_options ? run_options->data : NULL,
        .options_size = run_options ? run_options->size : 0,
    };
    struct listening listening;
    int ret;

    listen(&listening);
    ret = tell(&listening, status, run_named(sess, model, &run, in_nodes, out_nodes));
    if (ret != VACCEL_OK)
        tensors_free(&tensor_family_tf, (void **)out_tensors, (size_t)nr_outputs);
    return ret;
}
