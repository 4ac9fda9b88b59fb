/* SPDX-License-Identifier: Apache-2.0 */
#include "ops/op.h"
#include "core/arg.h"
#include "platform/checked.h"
#include "platform/text.h"
#include "vaccel.h"

int op_refuse_null(void)
{
    vaccel_error("an operation needs a session, not NULL");
    return VACCEL_EINVAL;
}

int op_refuse_released(void)
{
    vaccel_error("the session is not initialised, or released");
    return VACCEL_ESESS;
}

int op_refuse_unsupported(vaccel_op_type_t type)
{
    vaccel_error("no loaded plugin implements %s: add one that does to VACCEL_PLUGINS, "
                 "in an agent to --plugins",
                 vaccel_op_type_to_base_str(type));
    return VACCEL_ENOTSUP;
}

/* What the library does by other operations or an engine is checked where these are begun. */
int op_check_fault(const struct dispatch *dispatch, vaccel_op_type_t type)
{
    const struct vaccel_plugin *owner = dispatch->owner[type];

    return owner && owner->ops[type] ? fault_check(owner) : VACCEL_OK;
}

/* The thread is marked. */
static int check_resource(const struct session_core *core, const struct vaccel_resource *res,
                          vaccel_resource_type_t type)
{
    if (!core_usable(core_load(&res->core))) {
        vaccel_error("the resource is not initialised, or released");
        return VACCEL_ESESS;
    }
    /* First, as a stranger who guesses ids must not learn what others' resources are. */
    if (!pointer_set_has(&core->resources, res)) {
        vaccel_error("resource %lld is not registered with the session: call "
                     "vaccel_resource_register() first",
                     (long long)res->id);
        return VACCEL_EPERM;
    }
    if (res->type != type) {
        vaccel_error("resource %lld is of type %s, %s is needed", (long long)res->id,
                     vaccel_resource_type_to_base_str(res->type),
                     vaccel_resource_type_to_base_str(type));
        return VACCEL_EINVAL;
    }
    return VACCEL_OK;
}

int op_begin_with_resource(struct op_call *op, struct vaccel_session *sess,
                           struct vaccel_resource *res, const struct op_spec *spec)
{
    int ret;

    if (!res) {
        vaccel_error("%s needs a resource, not NULL", vaccel_op_type_to_base_str(spec->type));
        return VACCEL_EINVAL;
    }
    ret = op_begin(op, sess, spec);
    if (ret != VACCEL_OK)
        return ret;
    marks_use_resource(res);
    op->resource = res;
    ret = check_resource(core_load(&sess->core), res, spec->resource_type);
    if (ret != VACCEL_OK)
        marks_leave();
    return ret;
}

int op_forward(const struct op_call *op, struct vaccel_arg *read, size_t nr_read,
               struct vaccel_arg *write, size_t nr_write)
{
    char name[VACCEL_ENUM_STR_MAX];
    struct vaccel_op_call call = {
        .op = (int64_t)op->spec->type,
        .description = op->spec,
        .name = vaccel_op_type_name(op->spec->type, name, sizeof(name)),
        .resource = op->resource,
        .read = read,
        .nr_read = nr_read,
        .write = write,
        .nr_write = nr_write,
    };

    return op->dispatch->chosen->info->call(op->sess, &call);
}

const struct op_arg *op_arg_at(const struct op_spec *spec, const struct vaccel_op_call *call,
                               bool write, size_t i)
{
    size_t fixed = write ? spec->nr_write : spec->nr_read;

    if (i < fixed)
        return write ? &spec->write[i] : &spec->read[i];
    return spec->more ? spec->more(call, write, i - fixed) : NULL;
}

const struct op_arg *op_opaque(const struct vaccel_op_call *call, bool write, size_t i)
{
    static const struct op_arg in = {"(opaque)", VACCEL_ARG_RAW, OP_IN, OP_ANY_TYPE};
    static const struct op_arg inout = {"(opaque)", VACCEL_ARG_RAW, OP_INOUT,
                                        OP_ANY_TYPE | OP_WHOLE_SIZE};

    (void)call;
    (void)i;
    return write ? &inout : &in;
}

static int explain(const struct op_spec *spec, const struct op_arg *arg, const char *what)
{
    vaccel_error("%s: argument %s %s", vaccel_op_type_to_base_str(spec->type), arg->name, what);
    return VACCEL_EINVAL;
}

/* In the enumeration a number stands before the array of such numbers. */
static bool is_number(vaccel_arg_type_t type)
{
    return arg_element_size(type) && type % 2;
}

bool op_in_place(const struct op_spec *spec, const struct vaccel_op_call *call, bool write,
                 size_t i)
{
    const struct op_arg *arg;

    if (call->nr_read < spec->nr_read || call->nr_write < spec->nr_write)
        return false;
    arg = op_arg_at(spec, call, write, i);
    if (!arg || !(arg->flags & OP_IN_PLACE))
        return false;
    return write || !spec->is_plain || spec->is_plain(call, i);
}

static int check_value(const struct op_spec *spec, const struct op_arg *expected,
                       const struct vaccel_arg *arg)
{
    size_t element = arg_element_size(expected->type);

    if (!(expected->flags & OP_ANY_TYPE) && arg->type != expected->type) {
        vaccel_error("%s: argument %s is of type %s but must be %s",
                     vaccel_op_type_to_base_str(spec->type), expected->name,
                     vaccel_arg_type_to_base_str(arg->type),
                     vaccel_arg_type_to_base_str(expected->type));
        return VACCEL_EINVAL;
    }
    if (!(expected->flags & OP_ANY_TYPE) && !arg_valid(arg))
        return explain(spec, expected, "has a size or a value that its type does not allow");
    if (arg->size && !arg->buf)
        return explain(spec, expected, "is NULL");
    if (is_number(expected->type) && arg->size < element)
        return explain(spec, expected, "is shorter than its type");
    if (element && (uintptr_t)arg->buf % element)
        return explain(spec, expected, "is not aligned to its elements");
    return VACCEL_OK;
}

static int check_size(const struct op_spec *spec, const struct vaccel_op_call *call,
                      const struct op_arg *expected, const struct vaccel_arg *arg)
{
    size_t element = arg_element_size(expected->type);
    size_t needed;

    if (!expected->count)
        return VACCEL_OK;
    if (!expected->count(call, &needed) || !size_mul(needed, element ? element : 1, &needed))
        return explain(spec, expected, "cannot have the size that the other arguments ask for");
    if (arg->size >= needed)
        return VACCEL_OK;
    vaccel_error("%s: argument %s has %zu bytes but needs %zu",
                 vaccel_op_type_to_base_str(spec->type), expected->name, arg->size, needed);
    return VACCEL_EINVAL;
}

static int check_values(const struct op_spec *spec, const struct vaccel_op_call *call, bool write)
{
    const struct vaccel_arg *args = write ? call->write : call->read;
    size_t count = write ? call->nr_write : call->nr_read;
    const struct op_arg *expected;
    int ret = VACCEL_OK;
    size_t i;

    for (i = 0; i < count && ret == VACCEL_OK; i++) {
        expected = op_arg_at(spec, call, write, i);
        if (!expected) {
            vaccel_error("%s: %zu %s arguments are too many: it takes %zu",
                         vaccel_op_type_to_base_str(spec->type), count, write ? "write" : "read",
                         i);
            return VACCEL_EINVAL;
        }
        ret = check_value(spec, expected, &args[i]);
    }
    return ret;
}

static int check_sizes(const struct op_spec *spec, const struct vaccel_op_call *call, bool write)
{
    const struct vaccel_arg *args = write ? call->write : call->read;
    size_t count = write ? call->nr_write : call->nr_read;
    int ret = VACCEL_OK;
    size_t i;

    for (i = 0; i < count && ret == VACCEL_OK; i++)
        ret = check_size(spec, call, op_arg_at(spec, call, write, i), &args[i]);
    return ret;
}

/* Sizes may follow from any other argument, so all values are checked before. */
int op_check(const struct op_spec *spec, const struct vaccel_op_call *call)
{
    int ret;

    if (call->nr_read < spec->nr_read || call->nr_write < spec->nr_write) {
        vaccel_error("%s: takes at least %zu read and %zu write arguments, not %zu and %zu",
                     vaccel_op_type_to_base_str(spec->type), spec->nr_read, spec->nr_write,
                     call->nr_read, call->nr_write);
        return VACCEL_EINVAL;
    }
    ret = check_values(spec, call, false);
    if (ret == VACCEL_OK)
        ret = check_values(spec, call, true);
    if (ret == VACCEL_OK)
        ret = check_sizes(spec, call, false);
    return ret == VACCEL_OK ? check_sizes(spec, call, true) : ret;
}

int op_resource(const struct vaccel_arg *arg, struct vaccel_resource **res)
{
    vaccel_id_t id = op_get_int64(arg);
    int ret = resource_find_and_mark(id, res);

    if (ret == VACCEL_ENOENT)
        vaccel_error("there is no resource %lld", (long long)id);
    return ret;
}

int op_forward_model(const struct op_call *op)
{
    struct vaccel_arg read[] = {op_int64(&op->resource->id)};

    return op_forward(op, read, 1, NULL, 0);
}

int op_unpack_model(struct vaccel_session *sess, struct vaccel_op_call *call,
                    int (*typed)(struct vaccel_session *sess, struct vaccel_resource *model))
{
    struct vaccel_resource *model;
    int ret = op_resource(&call->read[0], &model);

    if (ret != VACCEL_OK)
        return ret;
    ret = typed(sess, model);
    marks_leave();
    return ret;
}

struct vaccel_arg op_int64(const int64_t *value)
{
    return op_value(VACCEL_ARG_INT64, value, sizeof(*value));
}

struct vaccel_arg op_int32(const int32_t *value)
{
    return op_value(VACCEL_ARG_INT32, value, sizeof(*value));
}

struct vaccel_arg op_float(const float *value)
{
    return op_value(VACCEL_ARG_FLOAT32, value, sizeof(*value));
}

struct vaccel_arg op_text(const char *text)
{
    return op_value(VACCEL_ARG_STRING, text, text_length(text) + 1);
}

struct vaccel_arg op_bytes(const void *data, size_t size)
{
    return op_value(VACCEL_ARG_BUFFER, data, size);
}

int64_t op_get_int64(const struct vaccel_arg *arg)
{
    int64_t value;

    memcpy(&value, arg->buf, sizeof(value));
    return value;
}

int32_t op_get_int32(const struct vaccel_arg *arg)
{
    int32_t value;

    memcpy(&value, arg->buf, sizeof(value));
    return value;
}

float op_get_float(const struct vaccel_arg *arg)
{
    float value;

    memcpy(&value, arg->buf, sizeof(value));
    return value;
}
