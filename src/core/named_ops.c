/* SPDX-License-Identifier: Apache-2.0 */
#include "core/dispatch.h"
#include "core/plugins.h"
#include "core/registry.h"
#include "platform/platform.h"
#include "platform/text.h"
#include "vaccel.h"

/* Operations that a plugin brings by name. */

static bool name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
}

bool op_name_valid(const char *name)
{
    size_t length = 0;

    while (name && name_char(name[length]) &&
           length < sizeof(((struct vaccel_op_info *)0)->name) - 1)
        length++;
    return length && !name[length];
}

vaccel_op_type_t op_type_of_name(const char *name)
{
    char lower[VACCEL_ENUM_STR_MAX];
    int type;

    for (type = 0; type < VACCEL_OP_MAX; type++)
        if (text_equal(vaccel_op_type_name((vaccel_op_type_t)type, lower, sizeof(lower)), name))
            break;
    return (vaccel_op_type_t)type;
}

static int check(const struct vaccel_named_op *op)
{
    if (!op_name_valid(op->name) || !op->func || !op->owner) {
        vaccel_error("operation '%s' cannot be registered: its name must be 1 to 63 characters of "
                     "a-z 0-9 _ . -, and it needs a function and an owner",
                     op->name ? op->name : "(null)");
        return VACCEL_EINVAL;
    }
    if (op_type_of_name(op->name) != VACCEL_OP_MAX) {
        vaccel_error("operation %s has a number: register it with vaccel_plugin_register_ops()",
                     op->name);
        return VACCEL_EEXIST;
    }
    return VACCEL_OK;
}

static bool has_name(const struct plugin_record *record, const char *name)
{
    size_t i;

    for (i = 0; i < record->nr_named_ops; i++)
        if (text_equal(record->named_ops[i]->name, name))
            return true;
    return false;
}

static int add(const struct vaccel_named_op *op)
{
    struct plugin_record *record = op->owner->core;
    const struct vaccel_named_op **grown;

    if (!record)
        return VACCEL_ENOENT;
    if (has_name(record, op->name))
        return VACCEL_EEXIST;
    grown = platform_realloc(record->named_ops, (record->nr_named_ops + 1) * sizeof(*grown));
    if (!grown)
        return VACCEL_ENOMEM;
    grown[record->nr_named_ops++] = op;
    record->named_ops = grown;
    return VACCEL_OK;
}

int vaccel_plugin_register_named_ops(const struct vaccel_named_op *ops, size_t nr_ops)
{
    int ret = VACCEL_OK;
    size_t i;

    if (!ops || nr_ops < 1) {
        vaccel_error("no operation to register: pass at least one");
        return VACCEL_EINVAL;
    }
    for (i = 0; i < nr_ops && ret == VACCEL_OK; i++)
        ret = check(&ops[i]);
    if (ret != VACCEL_OK)
        return ret;
    registry_lock();
    for (i = 0; i < nr_ops && ret == VACCEL_OK; i++)
        ret = add(&ops[i]);
    dispatch_plugins_changed();
    registry_unlock();
    if (ret != VACCEL_OK)
        vaccel_error("operation %s cannot be registered: %s", ops[i - 1].name,
                     ret == VACCEL_ENOENT   ? "its owner is not a loaded plugin"
                     : ret == VACCEL_EEXIST ? "the plugin has one of that name already"
                                            : "out of memory");
    return ret;
}
