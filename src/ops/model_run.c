/* SPDX-License-Identifier: Apache-2.0 */
#include "ops/model_tensor.h"
#include "ops/op.h"
#include "ops/tensor.h"
#include "ops/tensor_args.h"
#include "platform/checked.h"
#include "platform/text.h"
#include "vaccel.h"

/*
 * Running models. In general form: the model, the signature, a name, a description and data for each input,
 * a name for each output that is wanted; and back a description and data for each output.
 */

typedef int (*run_fn)(struct vaccel_session *sess, struct vaccel_resource *model,
                      const char *signature, const struct vaccel_tensor *inputs, size_t nr_inputs,
                      struct vaccel_tensor *outputs, size_t nr_outputs);

enum { MODEL, SIGNATURE, NR_READ };
enum { NAME, DESCRIPTION, DATA, ARGS_OF_INPUT };

/* More cannot be numbered on the wire; a sum of such counts does not overflow. */
enum { TENSORS_MAX = 4096 };

static int check_input(const struct vaccel_tensor *input, size_t i)
{
    char text[MODEL_TENSOR_TEXT];

    if (model_tensor_fits(input->data_type, input->nr_dims, input->dims, input->data, input->size))
        return VACCEL_OK;
    model_tensor_text(text, sizeof(text), input->data_type, input->nr_dims, input->dims);
    vaccel_error(
        "input %zu of %zu bytes at %p cannot be %s: give dimensions of 0 and more, at most "
        "%d of them, and as many bytes as they need",
        i, input->size, input->data, text, VACCEL_TENSOR_DIMS_MAX);
    return VACCEL_EINVAL;
}

static int begin_output(struct vaccel_tensor *output, size_t i)
{
    output->held = 0;
    output->data_type = VACCEL_DATA_UNKNOWN;
    output->nr_dims = 0;
    if (output->data || !output->size)
        return VACCEL_OK;
    vaccel_error("output %zu has room for %zu bytes at NULL: give both or neither", i,
                 output->size);
    return VACCEL_EINVAL;
}

static int check(const struct vaccel_tensor *inputs, size_t nr_inputs,
                 struct vaccel_tensor *outputs, size_t nr_outputs)
{
    int ret = VACCEL_OK;
    size_t i;

    if ((nr_inputs && !inputs) || !outputs || !nr_outputs || nr_inputs > TENSORS_MAX ||
        nr_outputs > TENSORS_MAX) {
        vaccel_error("a model cannot be run with %zu inputs and %zu outputs: it is at least one "
                     "output, and at most %d of each",
                     nr_inputs, nr_outputs, TENSORS_MAX);
        return VACCEL_EINVAL;
    }
    for (i = 0; i < nr_outputs; i++) {
        int bad = begin_output(&outputs[i], i);

        ret = ret == VACCEL_OK ? bad : ret;
    }
    for (i = 0; i < nr_inputs && ret == VACCEL_OK; i++)
        ret = check_input(&inputs[i], i);
    return ret;
}

/* The arguments of a run, in one block of memory. */
struct packed {
    struct vaccel_arg *read;
    size_t nr_read;
    struct vaccel_arg *write;
    size_t nr_write;
    struct vaccel_tensor_desc *descs; /* of the inputs, then of the outputs */
};

static bool alloc_packed(struct packed *packed, size_t nr_inputs, size_t nr_outputs)
{
    size_t nr_descs = nr_inputs + nr_outputs;
    size_t nr_args;

    packed->nr_read = NR_READ + ARGS_OF_INPUT * nr_inputs + nr_outputs;
    packed->nr_write = 2 * nr_outputs;
    nr_args = packed->nr_read + packed->nr_write;
    packed->read =
        platform_alloc_zeroed(nr_args * sizeof(*packed->read) + nr_descs * sizeof(*packed->descs));
    if (!packed->read)
        return false;
    packed->write = packed->read + packed->nr_read;
    packed->descs = (struct vaccel_tensor_desc *)(packed->read + nr_args);
    return true;
}

static struct vaccel_arg name_arg(const struct vaccel_tensor *tensor)
{
    return op_text(tensor->name ? tensor->name : "");
}

static void describe(struct vaccel_tensor_desc *desc, const struct vaccel_tensor *tensor)
{
    desc->held = tensor->held;
    desc->size = tensor->size;
    desc->data_type = (uint32_t)tensor->data_type;
    desc->nr_dims = tensor->nr_dims;
    if (tensor->nr_dims)
        memcpy(desc->dims, tensor->dims, tensor->nr_dims * sizeof(desc->dims[0]));
}

static void pack_inputs(const struct packed *packed, const struct vaccel_tensor *inputs,
                        size_t nr_inputs)
{
    struct vaccel_arg *arg = packed->read + NR_READ;
    size_t i;

    for (i = 0; i < nr_inputs; i++, arg += ARGS_OF_INPUT) {
        describe(&packed->descs[i], &inputs[i]);
        packed->descs[i].held = 0;
        arg[NAME] = name_arg(&inputs[i]);
        arg[DESCRIPTION] = tensor_desc_arg(&packed->descs[i]);
        arg[DATA] = op_bytes(inputs[i].data, inputs[i].size);
    }
}

static void pack_outputs(const struct packed *packed, const struct vaccel_tensor *outputs,
                         size_t nr_outputs)
{
    struct vaccel_arg *names = packed->write - nr_outputs;
    struct vaccel_tensor_desc *descs =
        packed->descs + (packed->nr_read - NR_READ - nr_outputs) / ARGS_OF_INPUT;
    size_t i;

    for (i = 0; i < nr_outputs; i++) {
        names[i] = name_arg(&outputs[i]);
        packed->write[2 * i] = tensor_desc_arg(&descs[i]);
        packed->write[2 * i + 1] = op_bytes(outputs[i].data, outputs[i].size);
    }
}

/* What the other side says is not believed; @room is what the caller gave. */
static bool answer_valid(const struct vaccel_tensor *output, size_t room, bool may_be_held)
{
    size_t element = vaccel_data_type_size(output->data_type);
    size_t needed;

    if (!output->held)
        return output->size <= room && model_tensor_fits(output->data_type, output->nr_dims,
                                                         output->dims, output->data, output->size);
    return may_be_held && (element || output->data_type == VACCEL_DATA_STRING) &&
           tensor_bytes(output->nr_dims, output->dims, sizeof(output->dims[0]),
                        element ? element : 1, &needed) &&
           (!element || needed == output->size);
}

static void take_desc(struct vaccel_tensor *output, const struct vaccel_tensor_desc *desc)
{
    output->held = desc->held;
    output->size = (size_t)desc->size;
    output->data_type = (enum vaccel_data_type)desc->data_type;
    output->nr_dims = desc->nr_dims;
    memcpy(output->dims, desc->dims, sizeof(output->dims));
}

/* @ret: what the call returned, which is returned if the answer can be believed. */
static int take_output(struct vaccel_tensor *output, const struct vaccel_tensor_desc *desc, int ret)
{
    size_t room = output->size;

    if (ret != VACCEL_OK && ret != VACCEL_ERANGE) {
        output->held = desc->held;
        return ret;
    }
    take_desc(output, desc);
    if (desc->nr_dims <= VACCEL_TENSOR_DIMS_MAX && desc->size <= SIZE_MAX &&
        answer_valid(output, room, ret == VACCEL_ERANGE || !room))
        return ret;
    vaccel_error("the other side describes an output of %llu bytes for room of %zu, and it cannot "
                 "be what it says",
                 (unsigned long long)desc->size, room);
    output->nr_dims = 0;
    output->size = room;
    return VACCEL_EBACKEND;
}

static int forward(const struct op_call *op, const char *signature,
                   const struct vaccel_tensor *inputs, size_t nr_inputs,
                   struct vaccel_tensor *outputs, size_t nr_outputs)
{
    struct packed packed;
    size_t i;
    int ret;

    if (!alloc_packed(&packed, nr_inputs, nr_outputs)) {
        vaccel_error("no memory for the arguments of a run");
        return VACCEL_ENOMEM;
    }
    packed.read[MODEL] = op_int64(&op->resource->id);
    packed.read[SIGNATURE] = op_text(signature ? signature : "");
    pack_inputs(&packed, inputs, nr_inputs);
    pack_outputs(&packed, outputs, nr_outputs);
    ret = op_forward(op, packed.read, packed.nr_read, packed.write, packed.nr_write);
    for (i = 0; i < nr_outputs; i++)
        ret = take_output(&outputs[i], &packed.descs[nr_inputs + i], ret);
    platform_free(packed.read);
    return ret;
}

int vaccel_model_run(struct vaccel_session *sess, struct vaccel_resource *model,
                     const char *signature, const struct vaccel_tensor *inputs, size_t nr_inputs,
                     struct vaccel_tensor *outputs, size_t nr_outputs)
{
    struct op_call op;
    int ret = check(inputs, nr_inputs, outputs, nr_outputs);

    if (ret == VACCEL_OK)
        ret = op_begin_with_resource(&op, sess, model, &op_model_run);
    if (ret != VACCEL_OK)
        return ret;
    signature = text_or_null(signature);
    ret = op.func
              ? ((run_fn)op.func)(sess, model, signature, inputs, nr_inputs, outputs, nr_outputs)
              : forward(&op, signature, inputs, nr_inputs, outputs, nr_outputs);
    /* Held outputs of a call that failed are of no use to anybody. */
    if (ret != VACCEL_OK && ret != VACCEL_ERANGE)
        model_tensors_drop(sess, outputs, nr_outputs);
    return op_end(&op, ret);
}

static size_t nr_outputs_of(const struct vaccel_op_call *call)
{
    return call->nr_write / 2;
}

/* The first read argument that is a name of an output; all read arguments if there are too few. */
static size_t output_names_at(const struct vaccel_op_call *call)
{
    return call->nr_read > nr_outputs_of(call) ? call->nr_read - nr_outputs_of(call)
                                               : call->nr_read;
}

static const struct op_arg *run_arg(const struct vaccel_op_call *call, bool write, size_t i)
{
    static const struct op_arg input_name = {"input name", VACCEL_ARG_STRING, OP_IN};
    static const struct op_arg output_name = {"output name", VACCEL_ARG_STRING, OP_IN};

    if (write)
        return tensor_out_arg(i);
    if (NR_READ + i >= output_names_at(call))
        return &output_name;
    return i % ARGS_OF_INPUT == NAME ? &input_name : tensor_in_arg(i % ARGS_OF_INPUT - 1);
}

static bool plain_type(uint32_t type)
{
    switch (type) {
    case VACCEL_DATA_FLOAT32:
    case VACCEL_DATA_FLOAT64:
    case VACCEL_DATA_FLOAT16:
    case VACCEL_DATA_BFLOAT16:
    case VACCEL_DATA_FLOAT8_E4M3:
    case VACCEL_DATA_FLOAT8_E5M2:
    case VACCEL_DATA_INT8:
    case VACCEL_DATA_UINT8:
    case VACCEL_DATA_COMPLEX64:
    case VACCEL_DATA_COMPLEX128:
        return true;
    default:
        return false;
    }
}

static bool is_plain(const struct vaccel_op_call *call, size_t i)
{
    return tensor_is_plain(call, i, plain_type);
}

static int input_from_args(const struct vaccel_arg args[ARGS_OF_INPUT], struct vaccel_tensor *input)
{
    const struct vaccel_arg *data = &args[DATA];
    const size_t most = sizeof(uint64_t);
    struct vaccel_tensor_desc desc;
    size_t alignment;

    if (args[DESCRIPTION].custom_type_id != VACCEL_TENSOR_DESC_ID ||
        args[DESCRIPTION].size != sizeof(desc)) {
        vaccel_error("a tensor is described by a CUSTOM argument with id 0x%x of %zu bytes",
                     (unsigned int)VACCEL_TENSOR_DESC_ID, sizeof(desc));
        return VACCEL_EINVAL;
    }
    memcpy(&desc, args[DESCRIPTION].buf, sizeof(desc));
    take_desc(input, &desc);
    input->held = 0;
    input->name = text_or_null(args[NAME].buf);
    input->data = data->buf;
    input->size = data->size;
    alignment = vaccel_data_type_size(input->data_type);
    if (!alignment || alignment > most)
        alignment = most; /* of strings, their lengths' */
    if ((uintptr_t)data->buf % alignment == 0)
        return VACCEL_OK;
    vaccel_error("a tensor's data at %p are not aligned to %zu bytes, as its elements must be",
                 data->buf, alignment);
    return VACCEL_EINVAL;
}

static int tensors_of_args(const struct vaccel_op_call *call, struct vaccel_tensor *inputs,
                           size_t nr_inputs, struct vaccel_tensor *outputs, size_t nr_outputs)
{
    const struct vaccel_arg *names = call->read + output_names_at(call);
    int ret = VACCEL_OK;
    size_t i;

    for (i = 0; i < nr_inputs && ret == VACCEL_OK; i++)
        ret = input_from_args(call->read + NR_READ + ARGS_OF_INPUT * i, &inputs[i]);
    for (i = 0; i < nr_outputs; i++) {
        outputs[i].name = text_or_null(names[i].buf);
        outputs[i].data = call->write[2 * i + 1].buf;
        outputs[i].size = call->write[2 * i + 1].size;
    }
    return ret;
}

/* Nothing of a call that failed: nobody needs to send its rooms. */
static void outputs_to_args(const struct vaccel_tensor *outputs, size_t nr_outputs,
                            const struct vaccel_op_call *call, int ret)
{
    bool failed = ret != VACCEL_OK && ret != VACCEL_ERANGE;
    struct vaccel_tensor_desc desc;
    size_t i;

    for (i = 0; i < nr_outputs; i++) {
        call->write[2 * i + 1].size = failed ? 0 : outputs[i].size;
        if (failed)
            continue;
        memset(&desc, 0, sizeof(desc));
        describe(&desc, &outputs[i]);
        memcpy(call->write[2 * i].buf, &desc, sizeof(desc));
    }
}

/* Who made the room sends as many bytes of it as the size says, so what a plugin says is not believed. */
static int check_rooms(struct vaccel_tensor *outputs, size_t nr_outputs,
                       const struct vaccel_op_call *call, int ret)
{
    size_t i;

    for (i = 0; i < nr_outputs; i++) {
        if (outputs[i].held || outputs[i].size <= call->write[2 * i + 1].size)
            continue;
        vaccel_error("the plugin says that it wrote %zu bytes into room for %zu, and holds none",
                     outputs[i].size, call->write[2 * i + 1].size);
        outputs[i].size = 0;
        ret = VACCEL_EBACKEND;
    }
    return ret;
}

static int run_unpacked(struct vaccel_session *sess, struct vaccel_resource *model,
                        const struct vaccel_op_call *call, struct vaccel_tensor *tensors,
                        size_t nr_inputs)
{
    struct vaccel_tensor *outputs = tensors + nr_inputs;
    size_t nr_outputs = nr_outputs_of(call);
    int ret = tensors_of_args(call, tensors, nr_inputs, outputs, nr_outputs);

    if (ret == VACCEL_OK) {
        ret = vaccel_model_run(sess, model, call->read[SIGNATURE].buf, tensors, nr_inputs, outputs,
                               nr_outputs);
        if (ret == VACCEL_OK || ret == VACCEL_ERANGE)
            ret = check_rooms(outputs, nr_outputs, call, ret);
    }
    outputs_to_args(outputs, nr_outputs, call, ret);
    return ret;
}

static bool counts_fit(const struct vaccel_op_call *call)
{
    size_t names_at = output_names_at(call);

    if (call->nr_write % 2 == 0 && call->nr_write && names_at >= NR_READ &&
        names_at + nr_outputs_of(call) == call->nr_read &&
        (names_at - NR_READ) % ARGS_OF_INPUT == 0)
        return true;
    vaccel_error("MODEL_RUN: %zu read and %zu write arguments do not fit together: each input is "
                 "three, each output a name and two, and there is an output",
                 call->nr_read, call->nr_write);
    return false;
}

static int unpack(struct vaccel_session *sess, struct vaccel_op_call *call)
{
    struct vaccel_resource *model;
    struct vaccel_tensor *tensors;
    size_t nr_inputs;
    int ret;

    if (!counts_fit(call))
        return VACCEL_EINVAL;
    nr_inputs = (output_names_at(call) - NR_READ) / ARGS_OF_INPUT;
    ret = op_resource(&call->read[MODEL], &model);
    if (ret != VACCEL_OK)
        return ret;
    tensors = platform_alloc_zeroed((nr_inputs + nr_outputs_of(call)) * sizeof(*tensors));
    ret = tensors ? run_unpacked(sess, model, call, tensors, nr_inputs) : VACCEL_ENOMEM;
    platform_free(tensors);
    marks_leave();
    return ret;
}

static const struct op_arg read_args[NR_READ] = {
    [MODEL] = {"model", VACCEL_ARG_INT64, OP_IN},
    [SIGNATURE] = {"signature", VACCEL_ARG_STRING, OP_IN},
};

const struct op_spec op_model_run = {
    .type = VACCEL_OP_MODEL_RUN,
    .read = read_args,
    .nr_read = NR_READ,
    .more = run_arg,
    .is_plain = is_plain,
    .unpack = unpack,
    .has_resource = true,
    .resource_type = VACCEL_RESOURCE_MODEL,
};
