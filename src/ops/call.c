/* SPDX-License-Identifier: Apache-2.0 */
#include "ops/op.h"
#include "platform/text.h"
#include "vaccel.h"

/* Calls in general form: vaccel_genop(), vaccel_call(), vaccel_op_list(). */

enum { ARGS_MAX = 0x7fffffff }; /* plugins count arguments in an int */

static bool args_present(const struct vaccel_op_call *call)
{
    if ((call->read || !call->nr_read) && (call->write || !call->nr_write) &&
        call->nr_read <= ARGS_MAX && call->nr_write <= ARGS_MAX)
        return true;
    vaccel_error("%zu read and %zu write arguments: too many, or an array is NULL", call->nr_read,
                 call->nr_write);
    return false;
}

/* Whether the session's transport takes the operation in general form. */
static bool goes_as_it_is(struct vaccel_session *sess, vaccel_op_type_t type)
{
    const struct dispatch *dispatch;
    const struct session_core *core;
    bool forwards = false;

    if (marks_enter(sess, NULL) != VACCEL_OK)
        return false;
    core = core_load(&sess->core);
    if (core_usable(core)) {
        dispatch = session_dispatch(core);
        forwards = !dispatch->func[type] && session_forwards(dispatch);
    }
    marks_leave();
    return forwards;
}

static int forward(const struct op_call *op, const struct vaccel_op_call *call)
{
    return op_end(op, op_forward(op, call->read, call->nr_read, call->write, call->nr_write));
}

static int forward_with_resource(struct vaccel_session *sess, const struct op_spec *spec,
                                 const struct vaccel_op_call *call)
{
    struct vaccel_resource *res;
    struct op_call op;
    int ret = op_resource(&call->read[0], &res);

    if (ret != VACCEL_OK)
        return ret;
    ret = op_begin_with_resource(&op, sess, res, spec);
    if (ret == VACCEL_OK)
        ret = forward(&op, call);
    marks_leave();
    return ret;
}

/*
 * A transport gets the call as it is: unpacked and packed again an output would be held on this
 * side, while whoever fetches it asks the other.
 */
static int call_by_type(struct vaccel_session *sess, struct vaccel_op_call *call)
{
    const struct op_spec *spec = op_specs[call->op];
    struct op_call op;
    int ret = op_check(spec, call);

    if (ret != VACCEL_OK)
        return ret;
    if (!goes_as_it_is(sess, spec->type))
        return spec->unpack(sess, call);
    if (spec->has_resource)
        return forward_with_resource(sess, spec, call);
    ret = op_begin(&op, sess, spec);
    return ret == VACCEL_OK ? forward(&op, call) : ret;
}

/* The type in the first read argument. */
static int take_type(const struct vaccel_arg *arg, int64_t *type)
{
    if (arg->type != VACCEL_ARG_UINT8 || arg->size != 1 || !arg->buf) {
        vaccel_error("genop: the first read argument is the operation's number as UINT8, not %s "
                     "of %zu bytes",
                     vaccel_arg_type_to_base_str(arg->type), arg->size);
        return VACCEL_EINVAL;
    }
    *type = *(const uint8_t *)arg->buf;
    if (*type < VACCEL_OP_MAX)
        return VACCEL_OK;
    vaccel_error("genop: operation %d does not exist: it must be below %d", (int)*type,
                 VACCEL_OP_MAX);
    return VACCEL_EINVAL;
}

int vaccel_genop(struct vaccel_session *sess, struct vaccel_arg *read, int nr_read,
                 struct vaccel_arg *write, int nr_write)
{
    struct vaccel_op_call call = {.write = write};
    int ret;

    if (!sess)
        return op_refuse_null();
    if (!read || nr_read < 1 || nr_write < 0 || (nr_write && !write)) {
        vaccel_error("genop: %d read and %d write arguments, but at least one read argument is "
                     "needed, and no array may be NULL",
                     nr_read, nr_write);
        return VACCEL_EINVAL;
    }
    call.read = read + 1;
    call.nr_read = (size_t)nr_read - 1;
    call.nr_write = (size_t)nr_write;
    ret = take_type(&read[0], &call.op);
    return ret == VACCEL_OK ? call_by_type(sess, &call) : ret;
}

/* Nobody here knows what the operation takes, but a size without bytes is never right. */
static int check_bytes(const char *name, const struct vaccel_arg *args, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++) {
        if (args[i].buf || !args[i].size)
            continue;
        vaccel_error("%s: argument %zu of %zu has %zu bytes at NULL", name, i, count, args[i].size);
        return VACCEL_EINVAL;
    }
    return VACCEL_OK;
}

/* The thread is marked. */
static int call_named(struct vaccel_session *sess, const struct dispatch *dispatch,
                      struct vaccel_op_call *call)
{
    const struct vaccel_named_op *op = dispatch_named_op(dispatch, call->name);

    int ret = op ? fault_check(op->owner) : VACCEL_OK;

    if (ret != VACCEL_OK)
        return ret;
    if (op)
        return op->func(sess, call->read, call->nr_read, call->write, call->nr_write);
    if (session_forwards(dispatch) && op_name_valid(call->name))
        return dispatch->chosen->info->call(sess, call);
    vaccel_error("no plugin of this session knows the operation %s: add one that does to "
                 "VACCEL_PLUGINS, in an agent to --plugins",
                 call->name);
    return VACCEL_ENOTSUP;
}

static int call_by_name(struct vaccel_session *sess, struct vaccel_op_call *call)
{
    const struct session_core *core;
    int ret = check_bytes(call->name, call->read, call->nr_read);

    if (ret == VACCEL_OK)
        ret = check_bytes(call->name, call->write, call->nr_write);
    if (ret == VACCEL_OK)
        ret = marks_enter(sess, NULL);
    if (ret != VACCEL_OK)
        return ret;
    core = core_load(&sess->core);
    ret = core_usable(core) ? call_named(sess, session_dispatch(core), call) : op_refuse_released();
    marks_leave();
    return ret;
}

int vaccel_call(struct vaccel_session *sess, const char *name, struct vaccel_arg *read,
                size_t nr_read, struct vaccel_arg *write, size_t nr_write)
{
    struct vaccel_op_call call = {
        .name = name,
        .read = read,
        .nr_read = nr_read,
        .write = write,
        .nr_write = nr_write,
    };
    vaccel_op_type_t type;

    if (!sess)
        return op_refuse_null();
    if (!name || !args_present(&call)) {
        vaccel_error("vaccel_call: a name and arguments are needed, not NULL");
        return VACCEL_EINVAL;
    }
    type = op_type_of_name(name);
    call.op = type == VACCEL_OP_MAX ? -1 : (int64_t)type;
    return call.op < 0 ? call_by_name(sess, &call) : call_by_type(sess, &call);
}
