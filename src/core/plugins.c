/* SPDX-License-Identifier: Apache-2.0 */
#include "core/plugins.h"
#include "core/dispatch.h"
#include "core/registry.h"
#include "platform/platform.h"
#include "platform/text.h"
#include "vaccel.h"

static struct plugin_record *records[PLUGINS_MAX];
static size_t nr_records;

static bool parse_number(const char **text, unsigned int *number)
{
    const char *digit = *text;
    unsigned int value = 0;

    while (*digit >= '0' && *digit <= '9' && value < 1000000)
        value = value * 10 + (unsigned int)(*digit++ - '0');
    if (digit == *text)
        return false;
    *text = digit;
    *number = value;
    return true;
}

bool plugins_parse_version(const char *text, unsigned int version[3])
{
    if (*text == 'v')
        text++;
    return parse_number(&text, &version[0]) && *text++ == '.' && parse_number(&text, &version[1]) &&
           *text++ == '.' && parse_number(&text, &version[2]);
}

static int check_version(const struct vaccel_plugin_info *info)
{
    unsigned int ours[3];
    unsigned int its[3];

    if (!info->vaccel_version) {
        vaccel_error("plugin %s does not say which vAccel it was made for: compile it with "
                     ".vaccel_version = VACCEL_VERSION, or set VACCEL_VERSION_IGNORE=1",
                     info->name);
        return VACCEL_EINVAL;
    }
    if (!plugins_parse_version(info->vaccel_version, its) ||
        !plugins_parse_version(VACCEL_VERSION, ours) || its[0] != ours[0]) {
        vaccel_error("plugin %s was made for vAccel %s, this is %s: compile it anew, or set "
                     "VACCEL_VERSION_IGNORE=1",
                     info->name, info->vaccel_version, VACCEL_VERSION);
        return VACCEL_EINVAL;
    }
    if (!text_equal(info->vaccel_version, VACCEL_VERSION))
        vaccel_warn("plugin %s was made for vAccel %s, this is %s", info->name,
                    info->vaccel_version, VACCEL_VERSION);
    return VACCEL_OK;
}

static int check_info(const struct vaccel_plugin *plugin, bool ignore_version)
{
    const struct vaccel_plugin_info *info = plugin ? plugin->info : NULL;

    if (!info || !info->name || !info->version || !info->init || !info->fini) {
        vaccel_error("plugin %s is incomplete: it must have a name, a version, init and fini",
                     info && info->name ? info->name : "without a name");
        return VACCEL_EINVAL;
    }
    return ignore_version ? VACCEL_OK : check_version(info);
}

static bool known_name(const char *name)
{
    size_t i;

    for (i = 0; i < nr_records; i++)
        if (records[i] && text_equal(records[i]->plugin->info->name, name))
            return true;
    return false;
}

/* Under the registry's lock, where nothing is logged: a fork() takes the log's lock before it. */
static int add_record(struct plugin_record *record)
{
    if (record->plugin->core || known_name(record->plugin->info->name))
        return VACCEL_EEXIST;
    if (nr_records == PLUGINS_MAX)
        return VACCEL_ENOSPC;
    record->index = (unsigned int)nr_records;
    record->plugin->core = record;
    records[nr_records++] = record;
    return VACCEL_OK;
}

int plugins_add(struct vaccel_plugin *plugin, bool ignore_version)
{
    struct plugin_record *record;
    int ret = check_info(plugin, ignore_version);

    if (ret != VACCEL_OK)
        return ret;
    record = platform_alloc_zeroed(sizeof(*record));
    if (!record)
        return VACCEL_ENOMEM;
    record->plugin = plugin;
    registry_lock();
    ret = add_record(record);
    registry_unlock();
    if (ret == VACCEL_EEXIST)
        vaccel_error("a plugin named %s is loaded already: name it once", plugin->info->name);
    else if (ret == VACCEL_ENOSPC)
        vaccel_error("plugin %s is one too many: %d are loaded", plugin->info->name, PLUGINS_MAX);
    if (ret != VACCEL_OK)
        platform_free(record);
    return ret;
}

void plugins_set_ready(struct vaccel_plugin *plugin)
{
    struct plugin_record *record = plugin->core;

    registry_lock();
    record->ready = true;
    dispatch_plugins_changed();
    registry_unlock();
}

/* The others keep their indexes, so a hole stays until those behind it are gone. */
static void forget_record(struct plugin_record *record)
{
    records[record->index] = NULL;
    while (nr_records && !records[nr_records - 1])
        nr_records--;
    dispatch_plugins_changed();
}

void plugins_remove(struct vaccel_plugin *plugin)
{
    struct plugin_record *record = plugin->core;

    plugin->info->fini();
    registry_lock();
    forget_record(record);
    plugin->core = NULL;
    memset(plugin->ops, 0, sizeof(plugin->ops));
    registry_unlock();
    platform_free(record->named_ops);
    platform_free(record);
}

struct vaccel_plugin *plugins_last(void)
{
    struct vaccel_plugin *plugin;

    registry_lock();
    plugin = nr_records ? records[nr_records - 1]->plugin : NULL;
    registry_unlock();
    return plugin;
}

struct plugin_record *plugins_ready(size_t i)
{
    size_t k;

    for (k = 0; k < nr_records; k++)
        if (records[k] && records[k]->ready && i-- == 0)
            return records[k];
    return NULL;
}

static bool op_complete(const struct vaccel_op *op)
{
    if ((int)op->type >= 0 && op->type < VACCEL_OP_MAX && op->func && op->owner)
        return true;
    vaccel_error("operation %d cannot be registered: its number must be below %d, and it needs a "
                 "function and an owner",
                 (int)op->type, VACCEL_OP_MAX);
    return false;
}

int vaccel_plugin_register_ops(struct vaccel_op *ops, size_t nr_ops)
{
    size_t i;

    if (!ops || nr_ops < 1 || nr_ops > VACCEL_OP_MAX) {
        vaccel_error("%zu operations cannot be registered: it must be 1 to %d", nr_ops,
                     VACCEL_OP_MAX);
        return VACCEL_EINVAL;
    }
    for (i = 0; i < nr_ops; i++)
        if (!op_complete(&ops[i]))
            return VACCEL_EINVAL;
    registry_lock();
    for (i = 0; i < nr_ops; i++)
        ops[i].owner->ops[ops[i].type] = &ops[i];
    dispatch_plugins_changed();
    registry_unlock();
    return VACCEL_OK;
}
