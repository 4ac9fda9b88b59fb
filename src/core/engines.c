/* SPDX-License-Identifier: Apache-2.0 */
#include "core/engines.h"
#include "core/registry.h"
#include "platform/platform.h"
#include "platform/text.h"
#include "vaccel.h"

enum { LIST_SIZE = 512 };

static bool complete(const struct vaccel_model_engine *engine)
{
    if (engine && engine->owner && engine->formats && engine->formats[0] && engine->load &&
        engine->unload && engine->info && engine->run)
        return true;
    vaccel_error("an engine for models needs an owner, a format and all four functions");
    return false;
}

int vaccel_plugin_register_model_engine(const struct vaccel_model_engine *engine)
{
    struct plugin_record *record;
    int ret = VACCEL_OK;

    if (!complete(engine))
        return VACCEL_EINVAL;
    registry_lock();
    record = engine->owner->core;
    if (!record)
        ret = VACCEL_ENOENT;
    else if (record->engine)
        ret = VACCEL_EEXIST;
    else
        record->engine = engine;
    dispatch_plugins_changed();
    registry_unlock();
    if (ret != VACCEL_OK)
        vaccel_error("plugin %s cannot register an engine: it %s", engine->owner->info->name,
                     ret == VACCEL_ENOENT ? "is not loaded" : "has one");
    return ret;
}

static const struct vaccel_model_engine *engine_of(const struct vaccel_plugin *plugin)
{
    return ((const struct plugin_record *)plugin->core)->engine;
}

static bool serves_any(const struct vaccel_model_engine *engine)
{
    return text_equal(engine->formats[0], "*");
}

static bool serves(const struct vaccel_model_engine *engine, const char *format)
{
    const char *const *name;

    if (serves_any(engine))
        return true;
    for (name = engine->formats; *name; name++)
        if (text_equal(*name, format))
            return true;
    return false;
}

bool engine_serves_one(const struct vaccel_model_engine *engine, const char *const *wanted)
{
    if (!wanted)
        return true;
    while (*wanted && !serves(engine, *wanted))
        wanted++;
    return *wanted != NULL;
}

/* The place of a name in a list separated by ':'; those that are not in it are behind all others. */
static size_t place_in(const char *list, const char *name)
{
    size_t place = 0;
    const char *rest;

    while (list && *list) {
        if (text_starts_with(list, name)) {
            rest = list + text_length(name);
            if (!*rest || *rest == ':')
                return place;
        }
        while (*list && *list != ':')
            list++;
        list += *list == ':';
        place++;
    }
    return SIZE_MAX;
}

/* What decides between engines that serve a format; of equal ones the plugin loaded first is taken. */
struct rank {
    bool for_any;
    bool not_hinted;
    size_t place;
};

static struct rank rank_of(const struct vaccel_plugin *plugin, uint32_t hint, const char *order)
{
    return (struct rank){
        .for_any = serves_any(engine_of(plugin)),
        .not_hinted = !((uint32_t)plugin->info->type & hint),
        .place = place_in(order, plugin->info->name),
    };
}

static bool is_before(const struct rank *a, const struct rank *b)
{
    if (a->for_any != b->for_any)
        return b->for_any;
    if (a->not_hinted != b->not_hinted)
        return b->not_hinted;
    return a->place < b->place;
}

static const struct vaccel_model_engine *best(const struct vaccel_session *sess,
                                              const struct dispatch *dispatch, const char *format)
{
    const char *order = platform_environment("VACCEL_MODEL_ENGINES");
    const struct vaccel_model_engine *chosen = NULL;
    const struct vaccel_model_engine *engine;
    struct rank chosen_rank = {0};
    struct rank rank;
    size_t i;

    for (i = 0; i < dispatch->nr_plugins; i++) {
        engine = engine_of(dispatch->plugins[i]);
        if (!engine || !serves(engine, format))
            continue;
        rank = rank_of(dispatch->plugins[i], sess->hint, order);
        if (chosen && !is_before(&rank, &chosen_rank))
            continue;
        chosen = engine;
        chosen_rank = rank;
    }
    return chosen;
}

static const struct vaccel_model_engine *named(const struct dispatch *dispatch, const char *name)
{
    size_t i;

    for (i = 0; i < dispatch->nr_plugins; i++)
        if (text_equal(dispatch->plugins[i]->info->name, name))
            return engine_of(dispatch->plugins[i]);
    return NULL;
}

static void append(char list[LIST_SIZE], const char *before, const char *text)
{
    size_t length = text_length(list);

    text_format(list + length, LIST_SIZE - length, "%s%s", before, text);
}

/* "openvino (onnx, tflite), torch (torchscript)" */
static void list_engines(const struct dispatch *dispatch, char list[LIST_SIZE])
{
    const struct vaccel_model_engine *engine;
    const char *const *format;
    size_t i;

    list[0] = '\0';
    for (i = 0; i < dispatch->nr_plugins; i++) {
        engine = engine_of(dispatch->plugins[i]);
        if (!engine)
            continue;
        append(list, list[0] ? ", " : "", engine->owner->info->name);
        for (format = engine->formats; *format; format++)
            append(list, format == engine->formats ? " (" : ", ",
                   text_equal(*format, "*") ? "any" : *format);
        append(list, ")", "");
    }
}

int engine_choose(const struct vaccel_session *sess, const struct dispatch *dispatch,
                  const char *format, const char *name, const struct vaccel_model_engine **engine)
{
    char list[LIST_SIZE];

    *engine = name ? named(dispatch, name) : best(sess, dispatch, format);
    if (*engine && serves(*engine, format))
        return VACCEL_OK;
    list_engines(dispatch, list);
    if (name && !*engine) {
        vaccel_error("%s is no engine of this session: it has %s", name, list);
        return VACCEL_ENOENT;
    }
    vaccel_error("%s serves models of format %s: the session has %s", name ? name : "no engine",
                 format, list);
    return VACCEL_ENOTSUP;
}
