/* SPDX-License-Identifier: Apache-2.0 */
#include "core/dispatch.h"
#include "core/engines.h"
#include "platform/platform.h"
#include "platform/text.h"
#include "vaccel.h"

/* Of the plugins as they are now; those of before live on in @outdated while sessions may use them.
 */
static struct dispatch *current;
static struct dispatch *outdated;

static struct vaccel_plugin *first_remote(void)
{
    struct plugin_record *record;
    size_t i;

    for (i = 0; (record = plugins_ready(i)); i++)
        if (record->plugin->info->is_virtio)
            return record->plugin;
    return NULL;
}

/* The first local plugin with one of these types; @types 0: any. */
static struct vaccel_plugin *first_local(uint32_t types)
{
    struct plugin_record *record;
    size_t i;

    for (i = 0; (record = plugins_ready(i)); i++)
        if (!record->plugin->info->is_virtio &&
            (!types || ((uint32_t)record->plugin->info->type & types)))
            return record->plugin;
    return NULL;
}

static struct vaccel_plugin *choose(uint32_t hint)
{
    struct vaccel_plugin *chosen = NULL;

    if (hint & VACCEL_PLUGIN_REMOTE)
        return first_remote();
    if (hint)
        chosen = first_local(hint);
    if (!chosen)
        chosen = first_local(0);
    if (!chosen && plugins_ready(0) && !plugins_ready(1))
        chosen = plugins_ready(0)->plugin;
    return chosen;
}

static void fill_plugins(struct dispatch *dispatch)
{
    struct plugin_record *record;
    size_t i;

    dispatch->plugins[dispatch->nr_plugins++] = dispatch->chosen;
    for (i = 0; !dispatch->remote && (record = plugins_ready(i)); i++)
        if (record->plugin != dispatch->chosen && !record->plugin->info->is_virtio)
            dispatch->plugins[dispatch->nr_plugins++] = record->plugin;
}

/* The public struct has a pointer to an object, which C alone does not convert to one to a function. */
static any_function function_of(const struct vaccel_op *op)
{
    return __extension__(any_function) op->func;
}

static void fill(struct dispatch *dispatch, vaccel_op_type_t type, any_function func,
                 struct vaccel_plugin *owner)
{
    if (dispatch->func[type])
        return;
    dispatch->func[type] = func;
    dispatch->owner[type] = owner;
}

static void fill_ops(struct dispatch *dispatch, struct vaccel_plugin *plugin)
{
    int type;

    for (type = 0; type < VACCEL_OP_MAX; type++)
        if (plugin->ops[type])
            fill(dispatch, (vaccel_op_type_t)type, function_of(plugin->ops[type]), plugin);
}

static bool enables(const struct vaccel_plugin *plugin, const struct dispatch_fallback *fallback)
{
    const struct plugin_record *record = plugin->core;

    if (fallback->by != VACCEL_OP_MAX)
        return plugin->ops[fallback->by] != NULL;
    return record->engine && engine_serves_one(record->engine, fallback->formats);
}

static void fill_fallbacks(struct dispatch *dispatch, struct vaccel_plugin *plugin)
{
    const struct dispatch_fallback *fallback = dispatch_fallbacks;

    for (; fallback && fallback->func; fallback++)
        if (enables(plugin, fallback))
            fill(dispatch, fallback->type, fallback->func, plugin);
}

/* A plugin's own functions, and what the library makes of them, before those of the next plugin. */
static void fill_functions(struct dispatch *dispatch)
{
    size_t i;

    for (i = 0; i < dispatch->nr_plugins; i++) {
        fill_ops(dispatch, dispatch->plugins[i]);
        if (!dispatch->remote)
            fill_fallbacks(dispatch, dispatch->plugins[i]);
    }
}

/* Where a name is, or would have to be inserted. */
static size_t named_place(const struct dispatch *dispatch, const char *name)
{
    size_t low = 0;
    size_t high = dispatch->nr_named_ops;
    size_t middle;

    while (low < high) {
        middle = low + (high - low) / 2;
        if (text_compare(dispatch->named_ops[middle]->name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct vaccel_named_op *dispatch_named_op(const struct dispatch *dispatch, const char *name)
{
    size_t place = named_place(dispatch, name);

    if (place == dispatch->nr_named_ops || !text_equal(dispatch->named_ops[place]->name, name))
        return NULL;
    return dispatch->named_ops[place];
}

static void add_named_op(struct dispatch *dispatch, const struct vaccel_named_op *op)
{
    size_t place = named_place(dispatch, op->name);

    if (dispatch_named_op(dispatch, op->name))
        return;
    memmove(&dispatch->named_ops[place + 1], &dispatch->named_ops[place],
            (dispatch->nr_named_ops - place) * sizeof(dispatch->named_ops[0]));
    dispatch->named_ops[place] = op;
    dispatch->nr_named_ops++;
}

static bool fill_named_ops(struct dispatch *dispatch)
{
    const struct plugin_record *record;
    size_t total = 0;
    size_t i;
    size_t k;

    for (i = 0; i < dispatch->nr_plugins; i++)
        total += ((struct plugin_record *)dispatch->plugins[i]->core)->nr_named_ops;
    if (!total)
        return true;
    dispatch->named_ops = platform_alloc_zeroed(total * sizeof(dispatch->named_ops[0]));
    if (!dispatch->named_ops)
        return false;
    for (i = 0; i < dispatch->nr_plugins; i++) {
        record = dispatch->plugins[i]->core;
        for (k = 0; k < record->nr_named_ops; k++)
            add_named_op(dispatch, record->named_ops[k]);
    }
    return true;
}

static struct dispatch *make(struct vaccel_plugin *chosen)
{
    struct dispatch *dispatch = platform_alloc_zeroed(sizeof(*dispatch));

    if (!dispatch)
        return NULL;
    dispatch->chosen = chosen;
    dispatch->remote = chosen->info->is_virtio;
    fill_plugins(dispatch);
    fill_functions(dispatch);
    if (!fill_named_ops(dispatch)) {
        platform_free(dispatch);
        return NULL;
    }
    return dispatch;
}

const struct dispatch *dispatch_for(uint32_t hint, int *error)
{
    struct vaccel_plugin *chosen = choose(hint);
    struct dispatch *dispatch;

    if (!chosen) {
        *error = VACCEL_ENOTSUP;
        return NULL;
    }
    for (dispatch = current; dispatch; dispatch = dispatch->next)
        if (dispatch->chosen == chosen)
            return dispatch;
    dispatch = make(chosen);
    if (!dispatch) {
        *error = VACCEL_ENOMEM;
        return NULL;
    }
    dispatch->next = current;
    current = dispatch;
    return dispatch;
}

void dispatch_plugins_changed(void)
{
    struct dispatch *last = current;

    if (!last)
        return;
    while (last->next)
        last = last->next;
    last->next = outdated;
    outdated = current;
    current = NULL;
}

void dispatch_clear(void)
{
    struct dispatch *dispatch;

    dispatch_plugins_changed();
    while ((dispatch = outdated)) {
        outdated = dispatch->next;
        platform_free(dispatch->named_ops);
        platform_free(dispatch);
    }
}
