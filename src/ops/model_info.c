/* SPDX-License-Identifier: Apache-2.0 */
#include "ops/op.h"
#include "ops/tensor.h"
#include "platform/checked.h"
#include "platform/text.h"
#include "vaccel.h"

/* What a model takes and gives. It travels as one output of unknown size: a head, then names and specs. */

typedef int (*info_fn)(struct vaccel_session *sess, struct vaccel_resource *model,
                       const char *signature, struct vaccel_model_info **info);

enum { MODEL, SIGNATURE, NR_READ };
enum { INFO, HELD, NR_WRITE };

enum { NAME_SIZE = sizeof(((struct vaccel_tensor_spec *)0)->name) };

struct flat_head {
    char format[32];
    char engine[64];
    uint32_t nr_signatures;
    uint32_t nr_inputs;
    uint32_t nr_outputs;
    uint32_t reserved;
};

static void *grow(void *list, size_t count, size_t element)
{
    size_t bytes;

    if (!size_mul(count + 1, element, &bytes))
        return NULL;
    return platform_realloc(list, bytes);
}

static int refuse_memory(void)
{
    vaccel_error("no memory for what a model takes and gives");
    return VACCEL_ENOMEM;
}

static int check_name(const char *name)
{
    if (!name) {
        vaccel_error("a name of a model's input, output or signature is NULL");
        return VACCEL_EINVAL;
    }
    if (text_length(name) < NAME_SIZE)
        return VACCEL_OK;
    vaccel_error("the model's name \"%s\" is longer than %d bytes", name, NAME_SIZE - 1);
    return VACCEL_EBACKEND;
}

int vaccel_model_info_add_signature(struct vaccel_model_info *info, const char *name)
{
    int ret = check_name(name);
    char **list;

    if (!info || ret != VACCEL_OK)
        return info ? ret : VACCEL_EINVAL;
    list = grow(info->signatures, info->nr_signatures, sizeof(*list));
    if (!list)
        return refuse_memory();
    info->signatures = list;
    list[info->nr_signatures] = text_copy(name);
    if (!list[info->nr_signatures])
        return refuse_memory();
    info->nr_signatures++;
    return VACCEL_OK;
}

static int add_spec(struct vaccel_tensor_spec **specs, size_t *count, const char *name,
                    enum vaccel_data_type type, int nr_dims, const int64_t *dims)
{
    struct vaccel_tensor_spec *spec;
    int ret = check_name(name);
    int i;

    if (ret != VACCEL_OK)
        return ret;
    if (nr_dims > 0 && !dims)
        return tensor_refuse_null();
    if (nr_dims > VACCEL_TENSOR_DIMS_MAX) {
        vaccel_error("\"%s\" has %d dimensions: at most %d can be told", name, nr_dims,
                     VACCEL_TENSOR_DIMS_MAX);
        return VACCEL_EBACKEND;
    }
    spec = grow(*specs, *count, sizeof(*spec));
    if (!spec)
        return refuse_memory();
    *specs = spec;
    spec += (*count)++;
    memset(spec, 0, sizeof(*spec));
    text_format(spec->name, sizeof(spec->name), "%s", name);
    if (vaccel_data_type_size(type) || type == VACCEL_DATA_STRING)
        spec->data_type = type;
    spec->nr_dims = nr_dims < 0 ? -1 : nr_dims;
    for (i = 0; i < nr_dims; i++)
        spec->dims[i] = dims[i] < 0 ? -1 : dims[i];
    return VACCEL_OK;
}

int vaccel_model_info_add_input(struct vaccel_model_info *info, const char *name,
                                enum vaccel_data_type type, int nr_dims, const int64_t *dims)
{
    return info ? add_spec(&info->inputs, &info->nr_inputs, name, type, nr_dims, dims)
                : VACCEL_EINVAL;
}

int vaccel_model_info_add_output(struct vaccel_model_info *info, const char *name,
                                 enum vaccel_data_type type, int nr_dims, const int64_t *dims)
{
    return info ? add_spec(&info->outputs, &info->nr_outputs, name, type, nr_dims, dims)
                : VACCEL_EINVAL;
}

void vaccel_model_info_delete(struct vaccel_model_info *info)
{
    size_t i;

    if (!info)
        return;
    for (i = 0; i < info->nr_signatures; i++)
        platform_free(info->signatures[i]);
    platform_free(info->signatures);
    platform_free(info->inputs);
    platform_free(info->outputs);
    platform_free(info);
}

/* One behind the other in a flat form, which comes from the other side: no name need have an end. */
struct flat {
    const unsigned char *data;
    size_t size;
};

static bool take_bytes(struct flat *flat, void *to, size_t size)
{
    if (size > flat->size)
        return false;
    memcpy(to, flat->data, size);
    flat->data += size;
    flat->size -= size;
    return true;
}

static bool take_spec(struct flat *flat, struct vaccel_tensor_spec *spec)
{
    if (!take_bytes(flat, spec, sizeof(*spec)))
        return false;
    spec->name[NAME_SIZE - 1] = '\0';
    return spec->nr_dims <= VACCEL_TENSOR_DIMS_MAX;
}

static int read_signatures(struct flat *flat, uint32_t count, struct vaccel_model_info *info)
{
    char name[NAME_SIZE];
    int ret = VACCEL_OK;

    while (count-- && ret == VACCEL_OK) {
        if (!take_bytes(flat, name, sizeof(name)))
            return VACCEL_EBACKEND;
        name[NAME_SIZE - 1] = '\0';
        ret = vaccel_model_info_add_signature(info, name);
    }
    return ret;
}

static int read_specs(struct flat *flat, uint32_t count, struct vaccel_tensor_spec **specs,
                      size_t *nr_specs)
{
    struct vaccel_tensor_spec spec;
    int ret = VACCEL_OK;

    while (count-- && ret == VACCEL_OK) {
        if (!take_spec(flat, &spec))
            return VACCEL_EBACKEND;
        ret = add_spec(specs, nr_specs, spec.name, spec.data_type, spec.nr_dims, spec.dims);
    }
    return ret;
}

static int read_flat(struct flat flat, struct vaccel_model_info *info)
{
    const size_t size = flat.size;
    struct flat_head head;
    int ret = VACCEL_EBACKEND;

    if (take_bytes(&flat, &head, sizeof(head))) {
        memcpy(info->format, head.format, sizeof(head.format) - 1);
        memcpy(info->engine, head.engine, sizeof(head.engine) - 1);
        ret = read_signatures(&flat, head.nr_signatures, info);
    }
    if (ret == VACCEL_OK)
        ret = read_specs(&flat, head.nr_inputs, &info->inputs, &info->nr_inputs);
    if (ret == VACCEL_OK)
        ret = read_specs(&flat, head.nr_outputs, &info->outputs, &info->nr_outputs);
    if (ret == VACCEL_EBACKEND)
        vaccel_error("the other side tells of a model in %zu bytes that cannot be understood",
                     size);
    return ret;
}

static int fetch(const struct op_call *op, struct vaccel_output *flat,
                 struct vaccel_model_info *info)
{
    int ret;

    flat->data = platform_alloc(flat->size ? flat->size : 1);
    if (!flat->data) {
        vaccel_output_drop(op->sess, flat);
        return refuse_memory();
    }
    ret = vaccel_output_fetch(op->sess, flat);
    if (ret == VACCEL_OK)
        ret = read_flat((struct flat){flat->data, flat->size}, info);
    platform_free(flat->data);
    return ret;
}

static int forward(const struct op_call *op, const char *signature, struct vaccel_model_info *info)
{
    struct vaccel_output flat = {0};
    struct vaccel_arg read[] = {
        [MODEL] = op_int64(&op->resource->id),
        [SIGNATURE] = op_text(signature ? signature : ""),
    };
    struct vaccel_arg write[] = {
        [INFO] = op_bytes(NULL, 0),
        [HELD] = op_int64(&flat.held),
    };
    int ret = op_forward(op, read, NR_READ, write, NR_WRITE);

    flat.size = write[INFO].size;
    if (ret == VACCEL_OK && flat.held)
        return fetch(op, &flat, info);
    if (ret == VACCEL_OK) {
        vaccel_error("the other side holds nothing of what it tells of a model");
        return VACCEL_EBACKEND;
    }
    if (flat.held)
        vaccel_output_drop(op->sess, &flat);
    return ret;
}

int vaccel_model_info(struct vaccel_session *sess, struct vaccel_resource *model,
                      const char *signature, struct vaccel_model_info **info)
{
    struct op_call op;
    int ret;

    if (!info)
        return op_refuse_null();
    *info = NULL;
    ret = op_begin_with_resource(&op, sess, model, &op_model_info);
    if (ret != VACCEL_OK)
        return ret;
    if (op.func) {
        ret = ((info_fn)op.func)(sess, model, text_or_null(signature), info);
        return op_end(&op, ret);
    }
    *info = platform_alloc_zeroed(sizeof(**info));
    ret = *info ? forward(&op, signature, *info) : refuse_memory();
    if (ret != VACCEL_OK) {
        vaccel_model_info_delete(*info);
        *info = NULL;
    }
    return op_end(&op, ret);
}

static void *append(unsigned char **at, const void *data, size_t size)
{
    void *to = *at;

    if (size)
        memcpy(to, data, size);
    *at += size;
    return to;
}

static size_t flat_size(const struct vaccel_model_info *info)
{
    return sizeof(struct flat_head) + info->nr_signatures * NAME_SIZE +
           (info->nr_inputs + info->nr_outputs) * sizeof(struct vaccel_tensor_spec);
}

static void write_flat(const struct vaccel_model_info *info, unsigned char *at)
{
    struct flat_head head = {
        .nr_signatures = (uint32_t)info->nr_signatures,
        .nr_inputs = (uint32_t)info->nr_inputs,
        .nr_outputs = (uint32_t)info->nr_outputs,
    };
    size_t i;

    memcpy(head.format, info->format, sizeof(head.format));
    memcpy(head.engine, info->engine, sizeof(head.engine));
    append(&at, &head, sizeof(head));
    for (i = 0; i < info->nr_signatures; i++) {
        text_format((char *)at, NAME_SIZE, "%s", info->signatures[i]);
        at += NAME_SIZE;
    }
    append(&at, info->inputs, info->nr_inputs * sizeof(*info->inputs));
    append(&at, info->outputs, info->nr_outputs * sizeof(*info->outputs));
}

static int put(struct vaccel_session *sess, const struct vaccel_model_info *info,
               struct vaccel_arg *write)
{
    struct vaccel_output out = {.data = write[INFO].buf, .size = write[INFO].size};
    unsigned char *flat = platform_alloc_zeroed(flat_size(info));
    int ret;

    if (!flat)
        return refuse_memory();
    write_flat(info, flat);
    ret = vaccel_output_put(sess, &out, flat, flat_size(info));
    platform_free(flat);
    write[INFO].size = out.size;
    memcpy(write[HELD].buf, &out.held, sizeof(out.held));
    return ret;
}

static int unpack(struct vaccel_session *sess, struct vaccel_op_call *call)
{
    const char *signature = call->read[SIGNATURE].buf;
    struct vaccel_model_info *info;
    struct vaccel_resource *model;
    int ret = op_resource(&call->read[MODEL], &model);

    memset(call->write[HELD].buf, 0, sizeof(vaccel_id_t));
    if (ret != VACCEL_OK)
        return ret;
    ret = vaccel_model_info(sess, model, signature, &info);
    marks_leave();
    if (ret == VACCEL_OK) {
        ret = put(sess, info, call->write);
        vaccel_model_info_delete(info);
    }
    return ret;
}

static const struct op_arg read_args[NR_READ] = {
    [MODEL] = {"model", VACCEL_ARG_INT64, OP_IN},
    [SIGNATURE] = {"signature", VACCEL_ARG_STRING, OP_IN},
};

static const struct op_arg write_args[NR_WRITE] = {
    [INFO] = {"info", VACCEL_ARG_BUFFER, OP_OUT, OP_WHOLE_SIZE},
    [HELD] = {"info held", VACCEL_ARG_INT64, OP_OUT},
};

const struct op_spec op_model_info = {
    .type = VACCEL_OP_MODEL_INFO,
    .read = read_args,
    .nr_read = NR_READ,
    .write = write_args,
    .nr_write = NR_WRITE,
    .unpack = unpack,
    .has_resource = true,
    .resource_type = VACCEL_RESOURCE_MODEL,
};
