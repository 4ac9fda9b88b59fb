/* SPDX-License-Identifier: Apache-2.0 */
#include "ops/tensor_args.h"
#include "ops/tensor.h"
#include "platform/checked.h"
#include "platform/text.h"
#include "vaccel.h"

static bool count_desc(const struct vaccel_op_call *call, size_t *count)
{
    (void)call;
    *count = sizeof(struct vaccel_tensor_desc);
    return true;
}

const struct op_arg *tensor_in_arg(size_t i)
{
    static const struct op_arg pair[2] = {
        {"tensor description", VACCEL_ARG_CUSTOM, OP_IN, 0, count_desc},
        {"tensor data", VACCEL_ARG_BUFFER, OP_IN, OP_IN_PLACE},
    };

    return &pair[i % 2];
}

const struct op_arg *tensor_out_arg(size_t i)
{
    static const struct op_arg pair[2] = {
        {"tensor description", VACCEL_ARG_CUSTOM, OP_OUT, 0, count_desc},
        {"tensor data", VACCEL_ARG_BUFFER, OP_OUT, OP_IN_PLACE | OP_WHOLE_SIZE},
    };

    return &pair[i % 2];
}

bool tensor_is_plain(const struct vaccel_op_call *call, size_t i, bool (*plain)(uint32_t type))
{
    const struct vaccel_arg *arg = i ? &call->read[i - 1] : NULL;
    struct vaccel_tensor_desc desc;

    if (!arg || !arg->buf || arg->custom_type_id != VACCEL_TENSOR_DESC_ID ||
        arg->size != sizeof(desc))
        return false;
    memcpy(&desc, arg->buf, sizeof(desc));
    return plain(desc.data_type);
}

const struct op_arg *tensor_more(const struct vaccel_op_call *call, bool write, size_t i)
{
    (void)call;
    return write ? tensor_out_arg(i) : tensor_in_arg(i);
}

int tensors_room(void **tensors, int count)
{
    if (count < 1 || !tensors) {
        vaccel_error("there must be room for at least one output tensor, not %d", count);
        return VACCEL_EINVAL;
    }
    memset(tensors, 0, (size_t)count * sizeof(*tensors));
    return VACCEL_OK;
}

/* Elements whose size varies have data of any length. */
static bool long_enough(const struct tensor_family *family, const struct vaccel_tensor_desc *desc)
{
    size_t element;
    size_t bytes;

    if (!family->element_size(desc->data_type, &element))
        return true;
    return tensor_bytes(desc->nr_dims, desc->dims, sizeof(desc->dims[0]), element, &bytes) &&
           bytes <= desc->size;
}

static int check(const struct tensor_family *family, const void *tensor, int i)
{
    struct vaccel_tensor_desc desc;
    void *data;

    if (!tensor) {
        vaccel_error("tensor %d is NULL", i);
        return VACCEL_EINVAL;
    }
    if (!family->describe(tensor, &desc, &data)) {
        vaccel_error("tensor %d must have 1 to %d dimensions", i, VACCEL_TENSOR_DIMS_MAX);
        return VACCEL_EINVAL;
    }
    if ((desc.size && !data) || !long_enough(family, &desc)) {
        vaccel_error("tensor %d has %llu bytes of data, fewer than its dimensions say, or none", i,
                     (unsigned long long)desc.size);
        return VACCEL_EINVAL;
    }
    return VACCEL_OK;
}

int tensors_check(const struct tensor_family *family, void *const *tensors, int count)
{
    int ret = VACCEL_OK;
    int i;

    if (count < 1 || !tensors) {
        vaccel_error("%d tensors cannot be passed: at least one is needed", count);
        return VACCEL_EINVAL;
    }
    for (i = 0; i < count && ret == VACCEL_OK; i++)
        ret = check(family, tensors[i], i);
    return ret;
}

struct vaccel_arg tensor_desc_arg(struct vaccel_tensor_desc *desc)
{
    struct vaccel_arg arg = op_value(VACCEL_ARG_CUSTOM, desc, sizeof(*desc));

    arg.custom_type_id = VACCEL_TENSOR_DESC_ID;
    return arg;
}

/* The arguments of a run, in one block of memory: read, write, descriptions. */
struct packed_run {
    struct vaccel_arg *read;
    size_t nr_read;
    struct vaccel_arg *write;
    size_t nr_write;
    struct vaccel_tensor_desc *descs; /* of the inputs, then of the outputs */
};

static bool alloc_packed(const struct tensor_run *run, struct packed_run *packed)
{
    size_t nr_tensors = run->nr_inputs + run->nr_outputs;

    packed->nr_read = run->nr_before + 2 * run->nr_inputs;
    packed->nr_write = run->nr_status + 2 * run->nr_outputs;
    packed->read =
        platform_alloc_zeroed((packed->nr_read + packed->nr_write) * sizeof(struct vaccel_arg) +
                              nr_tensors * sizeof(struct vaccel_tensor_desc));
    packed->write = packed->read + packed->nr_read;
    packed->descs = (struct vaccel_tensor_desc *)(packed->write + packed->nr_write);
    return packed->read != NULL;
}

static void copy_args(struct vaccel_arg *to, const struct vaccel_arg *from, size_t count)
{
    if (count)
        memcpy(to, from, count * sizeof(*to));
}

static void pack(const struct tensor_run *run, const struct packed_run *packed)
{
    struct vaccel_arg *arg = packed->read;
    struct vaccel_tensor_desc *desc = packed->descs;
    void *data;
    size_t i;

    copy_args(arg, run->before, run->nr_before);
    arg += run->nr_before;
    for (i = 0; i < run->nr_inputs; i++, desc++) {
        run->family->describe(run->inputs[i], desc, &data);
        *arg++ = tensor_desc_arg(desc);
        *arg++ = op_bytes(data, desc->size);
    }
    copy_args(packed->write, run->status, run->nr_status);
    arg = packed->write + run->nr_status;
    for (i = 0; i < run->nr_outputs; i++, desc++) {
        *arg++ = tensor_desc_arg(desc);
        *arg++ = op_bytes(NULL, 0);
    }
}

/* Whether it could be one of a tensor of the family; it comes from the other side. */
static bool desc_valid(const struct tensor_family *family, const struct vaccel_tensor_desc *desc)
{
    uint32_t i;

    if (desc->nr_dims < 1 || desc->nr_dims > VACCEL_TENSOR_DIMS_MAX) {
        vaccel_error("a tensor cannot have %u dimensions: it must be 1 to %d",
                     (unsigned int)desc->nr_dims, VACCEL_TENSOR_DIMS_MAX);
        return false;
    }
    for (i = 0; i < desc->nr_dims; i++) {
        if (desc->dims[i] < 0 || desc->dims[i] > family->dim_max) {
            vaccel_error("dimension %u of a tensor cannot be %lld: it must be 0 to %lld",
                         (unsigned int)i, (long long)desc->dims[i], (long long)family->dim_max);
            return false;
        }
    }
    return true;
}

static bool answer_valid(const struct tensor_family *family, const struct vaccel_tensor_desc *desc)
{
    if (!desc_valid(family, desc))
        return false;
    if ((desc->held || !desc->size) && desc->size <= SIZE_MAX && long_enough(family, desc))
        return true;
    vaccel_error("the other side describes a tensor of %llu bytes that it does not hold, or whose "
                 "dimensions need more",
                 (unsigned long long)desc->size);
    return false;
}

/* A tensor of what the other side describes and holds. */
static int fetch(const struct op_call *op, const struct tensor_family *family,
                 const struct vaccel_tensor_desc *desc, void **tensor)
{
    struct vaccel_output out = {.size = (size_t)desc->size, .held = desc->held};
    int ret = VACCEL_OK;

    if (!answer_valid(family, desc))
        return VACCEL_EBACKEND;
    *tensor = family->make(desc);
    out.data = platform_alloc(out.size ? out.size : 1);
    if (!*tensor || !out.data)
        ret = VACCEL_ENOMEM;
    if (ret == VACCEL_OK && out.held)
        ret = vaccel_output_fetch(op->sess, &out);
    if (ret == VACCEL_ERANGE || (ret == VACCEL_OK && out.size != desc->size))
        ret = VACCEL_EBACKEND; /* it is not what was described */
    if (ret == VACCEL_OK) {
        family->set_data(*tensor, out.data, out.size, true);
        return VACCEL_OK;
    }
    platform_free(out.data);
    if (*tensor)
        family->free(*tensor);
    *tensor = NULL;
    return ret;
}

/* What is not fetched would stay with the session until its end. */
static void drop(const struct op_call *op, const struct vaccel_tensor_desc *desc)
{
    struct vaccel_output out = {.held = desc->held};

    if (out.held)
        vaccel_output_drop(op->sess, &out);
}

static int unpack_outputs(const struct op_call *op, const struct tensor_run *run,
                          const struct packed_run *packed)
{
    const struct vaccel_tensor_desc *descs = packed->descs + run->nr_inputs;
    int ret = VACCEL_OK;
    size_t i;

    for (i = 0; i < run->nr_outputs; i++) {
        if (ret == VACCEL_OK)
            ret = fetch(op, run->family, &descs[i], &run->outputs[i]);
        if (ret != VACCEL_OK)
            drop(op, &descs[i]);
    }
    if (ret != VACCEL_OK)
        tensors_free(run->family, run->outputs, run->nr_outputs);
    return ret;
}

int tensor_run_forward(const struct op_call *op, const struct tensor_run *run)
{
    struct packed_run packed;
    int ret;

    if (!alloc_packed(run, &packed))
        return VACCEL_ENOMEM;
    pack(run, &packed);
    ret = op_forward(op, packed.read, packed.nr_read, packed.write, packed.nr_write);
    copy_args(run->status, packed.write, run->nr_status);
    if (ret == VACCEL_OK)
        ret = unpack_outputs(op, run, &packed);
    platform_free(packed.read);
    return ret;
}

static bool desc_of(const struct tensor_family *family, const struct vaccel_arg *arg,
                    struct vaccel_tensor_desc *desc)
{
    if (arg->custom_type_id != VACCEL_TENSOR_DESC_ID || arg->size != sizeof(*desc)) {
        vaccel_error("a tensor is described by a CUSTOM argument with id 0x%x of %zu bytes",
                     (unsigned int)VACCEL_TENSOR_DESC_ID, sizeof(*desc));
        return false;
    }
    memcpy(desc, arg->buf, sizeof(*desc));
    return desc_valid(family, desc);
}

/* A plugin reads the data as numbers, of which none needs more than 8 bytes' alignment. */
static bool aligned(const struct tensor_family *family, const struct vaccel_tensor_desc *desc,
                    const void *data)
{
    const size_t most = sizeof(uint64_t);
    size_t element;

    if (!family->element_size(desc->data_type, &element))
        element = 1;
    if ((uintptr_t)data % (element < most ? element : most) == 0)
        return true;
    vaccel_error("a tensor's data at %p are not aligned to its elements of %zu bytes", data,
                 element);
    return false;
}

int tensors_from_args(const struct tensor_family *family, const struct vaccel_arg *args,
                      size_t count, void **tensors)
{
    struct vaccel_tensor_desc desc;
    int ret = VACCEL_OK;
    size_t i;

    memset(tensors, 0, count * sizeof(*tensors));
    for (i = 0; i < count && ret == VACCEL_OK; i++) {
        if (!desc_of(family, &args[2 * i], &desc) || !aligned(family, &desc, args[2 * i + 1].buf)) {
            ret = VACCEL_EINVAL;
            break;
        }
        tensors[i] = family->make(&desc);
        if (!tensors[i])
            ret = VACCEL_ENOMEM;
        else
            family->set_data(tensors[i], args[2 * i + 1].buf, args[2 * i + 1].size, false);
    }
    if (ret != VACCEL_OK)
        tensors_free(family, tensors, count);
    return ret;
}

static int put(const struct tensor_family *family, struct vaccel_session *sess, const void *tensor,
               struct vaccel_arg *args)
{
    struct vaccel_output out = {.data = args[1].buf, .size = args[1].size};
    struct vaccel_tensor_desc desc;
    void *data;
    int ret;

    if (!tensor || !family->describe(tensor, &desc, &data)) {
        vaccel_error("the plugin returned success without an output, or one of more than %d "
                     "dimensions",
                     VACCEL_TENSOR_DIMS_MAX);
        return VACCEL_EBACKEND;
    }
    if (!desc_valid(family, &desc) || !long_enough(family, &desc) || (desc.size && !data)) {
        vaccel_error("the plugin returned a tensor of %llu bytes at %p: its dimensions need more, "
                     "or are none",
                     (unsigned long long)desc.size, data);
        return VACCEL_EBACKEND;
    }
    ret = vaccel_output_put(sess, &out, data, desc.size);
    if (ret != VACCEL_OK && ret != VACCEL_ERANGE)
        return ret;
    args[1].size = out.size;
    desc.held = out.held;
    memcpy(args[0].buf, &desc, sizeof(desc));
    return ret;
}

int tensors_to_args(const struct tensor_family *family, struct vaccel_session *sess,
                    void *const *tensors, size_t count, struct vaccel_arg *args)
{
    int first = VACCEL_OK;
    size_t i;
    int ret;

    for (i = 0; i < count; i++) {
        ret = put(family, sess, tensors[i], args + 2 * i);
        if (first == VACCEL_OK)
            first = ret;
    }
    return first;
}

void tensors_free(const struct tensor_family *family, void **tensors, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++) {
        if (tensors[i])
            family->free(tensors[i]);
        tensors[i] = NULL;
    }
}
