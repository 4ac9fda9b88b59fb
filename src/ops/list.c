/* SPDX-License-Identifier: Apache-2.0 */
#include "ops/op.h"
#include "platform/text.h"
#include "vaccel.h"

/* What a session can do. */

/* Where entries go as long as there is room; @count counts them all. */
struct listing {
    struct vaccel_op_info *ops;
    size_t room;
    size_t count;
};

static void add(struct listing *listing, const char *name, const char *plugin)
{
    struct vaccel_op_info *info;

    if (listing->count < listing->room) {
        info = &listing->ops[listing->count];
        text_format(info->name, sizeof(info->name), "%s", name);
        text_format(info->plugin, sizeof(info->plugin), "%s", plugin);
    }
    listing->count++;
}

static void add_all(struct listing *listing, const struct dispatch *dispatch)
{
    char name[VACCEL_ENUM_STR_MAX];
    const struct vaccel_plugin *plugin;
    int type;
    size_t i;

    for (type = 0; type < VACCEL_OP_MAX; type++) {
        plugin = dispatch->owner[type];
        if (!plugin && session_forwards(dispatch))
            plugin = dispatch->chosen;
        if (plugin)
            add(listing, vaccel_op_type_name((vaccel_op_type_t)type, name, sizeof(name)),
                plugin->info->name);
    }
    for (i = 0; i < dispatch->nr_named_ops; i++)
        add(listing, dispatch->named_ops[i]->name, dispatch->named_ops[i]->owner->info->name);
}

/* Insertion sort: there are some dozens. */
static void sort(struct vaccel_op_info *ops, size_t count)
{
    struct vaccel_op_info moving;
    size_t i;
    size_t k;

    for (i = 1; i < count; i++) {
        moving = ops[i];
        for (k = i; k > 0 && text_compare(ops[k - 1].name, moving.name) > 0; k--)
            ops[k] = ops[k - 1];
        ops[k] = moving;
    }
}

static int list(const struct session_core *core, struct vaccel_op_info *ops, size_t *nr_ops)
{
    struct listing listing = {ops, ops ? *nr_ops : 0, 0};
    bool counting = !ops && !*nr_ops;

    add_all(&listing, session_dispatch(core));
    *nr_ops = listing.count;
    if (listing.count > listing.room)
        return counting ? VACCEL_OK : VACCEL_ERANGE;
    if (ops)
        sort(ops, listing.count);
    return VACCEL_OK;
}

int vaccel_op_list(struct vaccel_session *sess, struct vaccel_op_info *ops, size_t *nr_ops)
{
    const struct session_core *core;
    int ret;

    if (!sess || !nr_ops || (*nr_ops && !ops)) {
        vaccel_error("a session is needed, and room for as many operations as is said");
        return VACCEL_EINVAL;
    }
    ret = marks_enter(sess, NULL);
    if (ret != VACCEL_OK)
        return ret;
    core = core_load(&sess->core);
    ret = core_usable(core) ? list(core, ops, nr_ops) : op_refuse_released();
    marks_leave();
    return ret;
}
