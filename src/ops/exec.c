/* SPDX-License-Identifier: Apache-2.0 */
#include "ops/op.h"
#include "platform/checked.h"
#include "platform/text.h"
#include "vaccel.h"

typedef int (*exec_fn)(struct vaccel_session *sess, const char *library, const char *fn_symbol,
                       struct vaccel_arg *read, size_t nr_read, struct vaccel_arg *write,
                       size_t nr_write);
typedef int (*exec_with_resource_fn)(struct vaccel_session *sess, struct vaccel_resource *resource,
                                     const char *fn_symbol, struct vaccel_arg *read, size_t nr_read,
                                     struct vaccel_arg *write, size_t nr_write);

static bool args_present(const struct vaccel_arg *read, size_t nr_read,
                         const struct vaccel_arg *write, size_t nr_write)
{
    if ((read || !nr_read) && (write || !nr_write))
        return true;
    vaccel_error("%zu read and %zu write arguments, but %s is NULL", nr_read, nr_write,
                 nr_read && !read ? "read" : "write");
    return false;
}

/* The general form has two more read arguments in front: @where and the symbol. */
static int forward(const struct op_call *op, struct vaccel_arg where, const char *fn_symbol,
                   struct vaccel_arg *read, size_t nr_read, struct vaccel_arg *write,
                   size_t nr_write)
{
    struct vaccel_arg *all;
    size_t bytes;
    int ret;

    if (!size_add(nr_read, 2, &bytes) || !size_mul(bytes, sizeof(*all), &bytes))
        return VACCEL_EINVAL;
    all = platform_alloc(bytes);
    if (!all)
        return VACCEL_ENOMEM;
    all[0] = where;
    all[1] = op_text(fn_symbol);
    if (nr_read)
        memcpy(all + 2, read, nr_read * sizeof(*all));
    ret = op_forward(op, all, nr_read + 2, write, nr_write);
    platform_free(all);
    return ret;
}

int vaccel_exec(struct vaccel_session *sess, const char *library, const char *fn_symbol,
                struct vaccel_arg *read, size_t nr_read, struct vaccel_arg *write, size_t nr_write)
{
    struct op_call op;
    int ret;

    if (!library || !fn_symbol) {
        vaccel_error("exec needs the names of a library and of a function, not NULL");
        return VACCEL_EINVAL;
    }
    if (!args_present(read, nr_read, write, nr_write))
        return VACCEL_EINVAL;
    ret = op_begin(&op, sess, &op_exec);
    if (ret != VACCEL_OK)
        return ret;
    if (op.func)
        ret = ((exec_fn)op.func)(sess, library, fn_symbol, read, nr_read, write, nr_write);
    else
        ret = forward(&op, op_text(library), fn_symbol, read, nr_read, write, nr_write);
    return op_end(&op, ret);
}

int vaccel_exec_with_resource(struct vaccel_session *sess, struct vaccel_resource *resource,
                              const char *fn_symbol, struct vaccel_arg *read, size_t nr_read,
                              struct vaccel_arg *write, size_t nr_write)
{
    struct op_call op;
    int ret;

    if (!fn_symbol || !args_present(read, nr_read, write, nr_write)) {
        vaccel_error("exec_with_resource needs the name of a function and its arguments");
        return VACCEL_EINVAL;
    }
    ret = op_begin_with_resource(&op, sess, resource, &op_exec_with_resource);
    if (ret != VACCEL_OK)
        return ret;
    if (op.func)
        ret = ((exec_with_resource_fn)op.func)(sess, resource, fn_symbol, read, nr_read, write,
                                               nr_write);
    else
        ret = forward(&op, op_int64(&resource->id), fn_symbol, read, nr_read, write, nr_write);
    return op_end(&op, ret);
}

enum { WHERE, SYMBOL, NR_READ };

static int unpack_exec(struct vaccel_session *sess, struct vaccel_op_call *call)
{
    return vaccel_exec(sess, call->read[WHERE].buf, call->read[SYMBOL].buf, call->read + NR_READ,
                       call->nr_read - NR_READ, call->write, call->nr_write);
}

static int unpack_exec_with_resource(struct vaccel_session *sess, struct vaccel_op_call *call)
{
    struct vaccel_resource *resource;
    int ret = op_resource(&call->read[WHERE], &resource);

    if (ret != VACCEL_OK)
        return ret;
    ret = vaccel_exec_with_resource(sess, resource, call->read[SYMBOL].buf, call->read + NR_READ,
                                    call->nr_read - NR_READ, call->write, call->nr_write);
    marks_leave();
    return ret;
}

static const struct op_arg exec_args[NR_READ] = {
    [WHERE] = {"library", VACCEL_ARG_STRING, OP_IN},
    [SYMBOL] = {"fn_symbol", VACCEL_ARG_STRING, OP_IN},
};

static const struct op_arg exec_with_resource_args[NR_READ] = {
    [WHERE] = {"resource", VACCEL_ARG_INT64, OP_IN},
    [SYMBOL] = {"fn_symbol", VACCEL_ARG_STRING, OP_IN},
};

const struct op_spec op_exec = {
    .type = VACCEL_OP_EXEC,
    .read = exec_args,
    .nr_read = NR_READ,
    .more = op_opaque,
    .unpack = unpack_exec,
};

const struct op_spec op_exec_with_resource = {
    .type = VACCEL_OP_EXEC_WITH_RESOURCE,
    .read = exec_with_resource_args,
    .nr_read = NR_READ,
    .more = op_opaque,
    .unpack = unpack_exec_with_resource,
    .has_resource = true,
    .resource_type = VACCEL_RESOURCE_LIB,
};
