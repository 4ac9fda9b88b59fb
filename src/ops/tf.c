/* SPDX-License-Identifier: Apache-2.0 */
#include "ops/tensor_args.h"
#include "ops/tensor_families.h"
#include "platform/text.h"
#include "vaccel.h"

typedef int (*tf_model_fn)(struct vaccel_session *sess, struct vaccel_resource *model,
                           struct vaccel_tf_status *status);
typedef int (*tf_run_fn)(struct vaccel_session *sess, struct vaccel_resource *model,
                         const struct vaccel_tf_buffer *run_options,
                         const struct vaccel_tf_node *in_nodes,
                         struct vaccel_tf_tensor *const *in_tensors, int nr_inputs,
                         const struct vaccel_tf_node *out_nodes,
                         struct vaccel_tf_tensor **out_tensors, int nr_outputs,
                         struct vaccel_tf_status *status);

/* What is longer is cut: the log of the machine that runs the model has the whole. */
enum { MESSAGE_SIZE = 1024 };

/* The status as arguments: a code and a message. */
enum { CODE, MESSAGE, NR_STATUS };

struct packed_status {
    uint8_t code;
    char message[MESSAGE_SIZE];
};

static void pack_status(struct packed_status *packed, struct vaccel_arg args[NR_STATUS])
{
    packed->code = 0;
    packed->message[0] = '\0';
    args[CODE] = op_value(VACCEL_ARG_UINT8, &packed->code, sizeof(packed->code));
    args[MESSAGE] = op_value(VACCEL_ARG_CHAR_ARRAY, packed->message, sizeof(packed->message));
}

static void take_status(struct packed_status *packed, struct vaccel_tf_status *status)
{
    if (!status)
        return;
    packed->message[MESSAGE_SIZE - 1] = '\0';
    status->code = packed->code;
    status->message = text_copy(packed->message);
    if (!status->message)
        vaccel_error("no memory for what TensorFlow said: %s", packed->message);
}

/* For unpack: the typed status into the arguments. */
static void put_status(struct vaccel_tf_status *status, const struct vaccel_arg args[NR_STATUS])
{
    char *message = args[MESSAGE].buf;

    memcpy(args[CODE].buf, &status->code, sizeof(status->code));
    if (args[MESSAGE].size)
        text_format(message, args[MESSAGE].size, "%s", status->message ? status->message : "");
    vaccel_tf_status_release(status);
}

/* The caller may release the status after every call, also after one that came to nothing. */
static void clear_status(struct vaccel_tf_status *status)
{
    if (status)
        *status = (struct vaccel_tf_status){0};
}

static int model_forward(const struct op_call *op, const struct vaccel_resource *model,
                         struct vaccel_tf_status *status)
{
    struct vaccel_arg read[] = {op_int64(&model->id)};
    struct vaccel_arg write[NR_STATUS];
    struct packed_status packed;
    int ret;

    pack_status(&packed, write);
    ret = op_forward(op, read, 1, write, NR_STATUS);
    take_status(&packed, status);
    return ret;
}

static int load_or_unload(struct vaccel_session *sess, struct vaccel_resource *model,
                          struct vaccel_tf_status *status, const struct op_spec *spec)
{
    struct op_call op;
    int ret;

    clear_status(status);
    ret = op_begin_with_resource(&op, sess, model, spec);
    if (ret != VACCEL_OK)
        return ret;
    ret = op.func ? ((tf_model_fn)op.func)(sess, model, status) : model_forward(&op, model, status);
    return op_end(&op, ret);
}

int vaccel_tf_model_load(struct vaccel_session *sess, struct vaccel_resource *model,
                         struct vaccel_tf_status *status)
{
    return load_or_unload(sess, model, status, &op_tf_model_load);
}

int vaccel_tf_model_unload(struct vaccel_session *sess, struct vaccel_resource *model,
                           struct vaccel_tf_status *status)
{
    return load_or_unload(sess, model, status, &op_tf_model_unload);
}

enum { MODEL, RUN_OPTIONS, NR_READ };

/* The inputs of the typed form. */
struct tf_run {
    const struct vaccel_tf_buffer *run_options;
    const struct vaccel_tf_node *in_nodes;
    const struct vaccel_tf_node *out_nodes;
    struct tensor_run tensors;
};

static bool nodes_present(const struct vaccel_tf_node *nodes, int count)
{
    int i;

    for (i = 0; nodes && i < count; i++)
        if (!nodes[i].name)
            return false;
    return nodes || count < 1;
}

static void pack_nodes(struct vaccel_arg *args, const struct vaccel_tf_node *nodes, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++) {
        args[2 * i] = op_text(nodes[i].name);
        args[2 * i + 1] = op_int32(&nodes[i].id);
    }
}

/*
 * Before the tensors: the model, the options, a name and an id for each input, then for each
 * output.
 */
static int run_forward(const struct op_call *op, const struct tf_run *typed,
                       struct vaccel_tf_status *status)
{
    const struct vaccel_tf_buffer *options = typed->run_options;
    struct vaccel_arg write[NR_STATUS];
    struct packed_status packed;
    struct tensor_run run = typed->tensors;
    struct vaccel_arg *before;
    int ret;

    run.nr_before = NR_READ + 2 * (run.nr_inputs + run.nr_outputs);
    before = platform_alloc(run.nr_before * sizeof(*before));
    if (!before)
        return VACCEL_ENOMEM;
    before[MODEL] = op_int64(&op->resource->id);
    before[RUN_OPTIONS] = op_bytes(options ? options->data : NULL, options ? options->size : 0);
    pack_nodes(before + NR_READ, typed->in_nodes, run.nr_inputs);
    pack_nodes(before + NR_READ + 2 * run.nr_inputs, typed->out_nodes, run.nr_outputs);
    pack_status(&packed, write);
    run.before = before;
    run.status = write;
    run.nr_status = NR_STATUS;
    ret = tensor_run_forward(op, &run);
    take_status(&packed, status);
    platform_free(before);
    return ret;
}

static int check_run(const struct vaccel_tf_node *in_nodes,
                     struct vaccel_tf_tensor *const *in_tensors, int nr_inputs,
                     const struct vaccel_tf_node *out_nodes, struct vaccel_tf_tensor **out_tensors,
                     int nr_outputs)
{
    int ret = tensors_check(&tensor_family_tf, (void *const *)in_tensors, nr_inputs);

    if (ret == VACCEL_OK)
        ret = tensors_room((void **)out_tensors, nr_outputs);
    if (ret != VACCEL_OK)
        return ret;
    if (nodes_present(in_nodes, nr_inputs) && nodes_present(out_nodes, nr_outputs))
        return VACCEL_OK;
    vaccel_error("a run needs a node with a name for each input and output");
    return VACCEL_EINVAL;
}

int vaccel_tf_model_run(struct vaccel_session *sess, struct vaccel_resource *model,
                        const struct vaccel_tf_buffer *run_options,
                        const struct vaccel_tf_node *in_nodes,
                        struct vaccel_tf_tensor *const *in_tensors, int nr_inputs,
                        const struct vaccel_tf_node *out_nodes,
                        struct vaccel_tf_tensor **out_tensors, int nr_outputs,
                        struct vaccel_tf_status *status)
{
    struct op_call op;
    int ret;

    clear_status(status);
    ret = check_run(in_nodes, in_tensors, nr_inputs, out_nodes, out_tensors, nr_outputs);
    if (ret != VACCEL_OK)
        return ret;
    ret = op_begin_with_resource(&op, sess, model, &op_tf_model_run);
    if (ret != VACCEL_OK)
        return ret;
    if (op.func) {
        ret = ((tf_run_fn)op.func)(sess, model, run_options, in_nodes, in_tensors, nr_inputs,
                                   out_nodes, out_tensors, nr_outputs, status);
    } else {
        struct tf_run run = {
            .run_options = run_options,
            .in_nodes = in_nodes,
            .out_nodes = out_nodes,
            .tensors = {.family = &tensor_family_tf,
                        .inputs = (void *const *)in_tensors,
                        .nr_inputs = (size_t)nr_inputs,
                        .outputs = (void **)out_tensors,
                        .nr_outputs = (size_t)nr_outputs},
        };

        ret = run_forward(&op, &run, status);
    }
    return op_end(&op, ret);
}

static int unpack_model(struct vaccel_session *sess, struct vaccel_op_call *call,
                        int (*typed)(struct vaccel_session *, struct vaccel_resource *,
                                     struct vaccel_tf_status *))
{
    struct vaccel_tf_status status = {0};
    struct vaccel_resource *model;
    int ret = op_resource(&call->read[MODEL], &model);

    if (ret != VACCEL_OK)
        return ret;
    ret = typed(sess, model, &status);
    marks_leave();
    put_status(&status, call->write);
    return ret;
}

static int unpack_load(struct vaccel_session *sess, struct vaccel_op_call *call)
{
    return unpack_model(sess, call, vaccel_tf_model_load);
}

static int unpack_unload(struct vaccel_session *sess, struct vaccel_op_call *call)
{
    return unpack_model(sess, call, vaccel_tf_model_unload);
}

/* A run has 2 node arguments for each input and output, then 2 tensor arguments for each input. */
static size_t nr_outputs_of(const struct vaccel_op_call *call)
{
    return call->nr_write > NR_STATUS ? (call->nr_write - NR_STATUS) / 2 : 0;
}

static size_t nr_inputs_of(const struct vaccel_op_call *call)
{
    size_t rest = call->nr_read > NR_READ ? call->nr_read - NR_READ : 0;
    size_t of_outputs = 2 * nr_outputs_of(call);

    return rest > of_outputs ? (rest - of_outputs) / 4 : 0;
}

static size_t nr_nodes_of(const struct vaccel_op_call *call)
{
    return nr_inputs_of(call) + nr_outputs_of(call);
}

static const struct op_arg *run_arg(const struct vaccel_op_call *call, bool write, size_t i)
{
    static const struct op_arg node[2] = {
        {"node name", VACCEL_ARG_STRING, OP_IN},
        {"node id", VACCEL_ARG_INT32, OP_IN},
    };

    if (write)
        return tensor_out_arg(i);
    return i < 2 * nr_nodes_of(call) ? &node[i % 2] : tensor_in_arg(i);
}

static void nodes_from_args(struct vaccel_tf_node *nodes, const struct vaccel_arg *args,
                            size_t count)
{
    size_t i;

    for (i = 0; i < count; i++) {
        nodes[i].name = args[2 * i].buf;
        nodes[i].id = op_get_int32(&args[2 * i + 1]);
    }
}

static int run_typed(const struct tensor_unpacked *run)
{
    const struct vaccel_arg *read = run->call->read;
    struct vaccel_tf_buffer options = {read[RUN_OPTIONS].buf, read[RUN_OPTIONS].size};
    size_t nr_nodes = run->nr_inputs + run->nr_outputs;
    struct vaccel_tf_status status = {0};
    struct vaccel_tf_node *nodes = platform_alloc(nr_nodes * sizeof(*nodes));
    int ret;

    if (!nodes)
        return VACCEL_ENOMEM;
    nodes_from_args(nodes, read + NR_READ, nr_nodes);
    ret = vaccel_tf_model_run(run->sess, run->model, options.size ? &options : NULL, nodes,
                              (struct vaccel_tf_tensor *const *)run->inputs, (int)run->nr_inputs,
                              nodes + run->nr_inputs, (struct vaccel_tf_tensor **)run->outputs,
                              (int)run->nr_outputs, &status);
    put_status(&status, run->call->write);
    platform_free(nodes);
    return ret;
}

static int unpack_run(struct vaccel_session *sess, struct vaccel_op_call *call)
{
    size_t nr_before = NR_READ + 2 * nr_nodes_of(call);

    if (nr_before > call->nr_read || (call->nr_read - nr_before) / 2 != nr_inputs_of(call)) {
        vaccel_error("TF_MODEL_RUN: %zu read and %zu write arguments do not fit together",
                     call->nr_read, call->nr_write);
        return VACCEL_EINVAL;
    }
    return tensor_model_unpack(&tensor_family_tf, sess, call, nr_before, NR_STATUS, run_typed);
}

static const struct op_arg read_args[NR_READ] = {
    [MODEL] = {"model", VACCEL_ARG_INT64, OP_IN},
    [RUN_OPTIONS] = {"run_options", VACCEL_ARG_BUFFER, OP_IN},
};

static const struct op_arg status_args[NR_STATUS] = {
    [CODE] = {"status code", VACCEL_ARG_UINT8, OP_OUT},
    [MESSAGE] = {"status message", VACCEL_ARG_CHAR_ARRAY, OP_OUT},
};

const struct op_spec op_tf_model_load = {
    .type = VACCEL_OP_TF_MODEL_LOAD,
    .read = read_args,
    .nr_read = 1,
    .write = status_args,
    .nr_write = NR_STATUS,
    .unpack = unpack_load,
    .has_resource = true,
    .resource_type = VACCEL_RESOURCE_MODEL,
};

const struct op_spec op_tf_model_unload = {
    .type = VACCEL_OP_TF_MODEL_UNLOAD,
    .read = read_args,
    .nr_read = 1,
    .write = status_args,
    .nr_write = NR_STATUS,
    .unpack = unpack_unload,
    .has_resource = true,
    .resource_type = VACCEL_RESOURCE_MODEL,
};

static bool plain_type(uint32_t type)
{
    switch (type) {
    case VACCEL_TF_FLOAT:
    case VACCEL_TF_DOUBLE:
    case VACCEL_TF_HALF:
    case VACCEL_TF_BFLOAT16:
    case VACCEL_TF_COMPLEX64:
    case VACCEL_TF_COMPLEX128:
    case VACCEL_TF_UINT8:
    case VACCEL_TF_INT8:
    case VACCEL_TF_QINT8:
    case VACCEL_TF_QUINT8:
        return true;
    default:
        return false;
    }
}

static bool is_plain(const struct vaccel_op_call *call, size_t i)
{
    return tensor_is_plain(call, i, plain_type);
}

const struct op_spec op_tf_model_run = {
    .type = VACCEL_OP_TF_MODEL_RUN,
    .read = read_args,
    .nr_read = NR_READ,
    .write = status_args,
    .nr_write = NR_STATUS,
    .more = run_arg,
    .is_plain = is_plain,
    .unpack = unpack_run,
    .has_resource = true,
    .resource_type = VACCEL_RESOURCE_MODEL,
};
