/* SPDX-License-Identifier: Apache-2.0 */
#include "saved_model.h"
#include "origin.h"

#include <stdlib.h>
#include <string.h>

static const char init_signature[] = "__saved_model_init_op";

static int damaged(void)
{
    vaccel_error("[tf] saved_model.pb is damaged: it is no SavedModel");
    return VACCEL_EBACKEND;
}

/* Field 4 of a MetaInfoDef, which is field 1 of a MetaGraphDef, is a tag. */
static bool read_tags(struct saved_model *model)
{
    struct text info;
    struct message message;
    struct field field;

    if (!message_find(model->meta_graph, 1, &info))
        return false;
    message = message_of(info);
    while (message_next(&message, &field)) {
        if (!field_is(&field, 4))
            continue;
        if (model->nr_tags == SAVED_MODEL_TAGS_MAX)
            return false;
        model->tags[model->nr_tags] = text_copy(field.bytes);
        if (!model->tags[model->nr_tags++])
            return false;
    }
    return !message.bad;
}

static bool is_for_serving(const struct saved_model *model)
{
    int i;

    for (i = 0; i < model->nr_tags; i++)
        if (strcmp(model->tags[i], "serve") != 0)
            return false;
    return model->nr_tags > 0;
}

/* The one for serving, else the last; *@count of them. False: a bad message. */
static bool choose(struct saved_model *model, struct text file, size_t *count)
{
    struct message message = message_of(file);
    struct field field;

    while (message_next(&message, &field)) {
        if (!field_is(&field, 2))
            continue;
        saved_model_release(model);
        model->meta_graph = field.bytes;
        if (!read_tags(model))
            return false;
        ++*count;
        if (is_for_serving(model))
            return true;
    }
    return !message.bad;
}

int saved_model_read(struct saved_model *model, struct text file)
{
    size_t count = 0;

    *model = (struct saved_model){0};
    if (choose(model, file, &count) && count && message_find(model->meta_graph, 2, &model->graph)) {
        if (count == 1 || is_for_serving(model))
            return VACCEL_OK;
        vaccel_error("[tf] the SavedModel has %zu graphs and none of them has the tag \"serve\" "
                     "alone: save it with that tag",
                     count);
        saved_model_release(model);
        return VACCEL_EBACKEND;
    }
    saved_model_release(model);
    return damaged();
}

void saved_model_release(struct saved_model *model)
{
    while (model->nr_tags)
        free(model->tags[--model->nr_tags]);
    *model = (struct saved_model){0};
}

/* Names that the loading puts in, for origin_check(). */
struct fed {
    struct text *names; /* with room for one more, for the checkpoint */
    size_t nr;
};

static bool is_file_name(struct text name)
{
    return name.size && !memchr(name.bytes, '/', name.size) && !memchr(name.bytes, 0, name.size) &&
           !text_is(name, ".") && !text_is(name, "..");
}

/* An AssetFileDef: in field 1 the tensor, a TensorInfo whose field 1 is its name, in 2 the file. */
static int add_asset(struct fed *fed, struct text asset)
{
    struct text info;
    struct text file;

    if (!message_find(asset, 1, &info) || !message_find(asset, 2, &file) ||
        !message_find(info, 1, &fed->names[fed->nr]))
        return damaged();
    if (!is_file_name(file)) {
        vaccel_error(
            "[tf] the SavedModel has an asset called \"%.*s\": refused, as that is no name "
            "of a file in its folder assets",
            text_width(file), file.bytes);
        return VACCEL_EBACKEND;
    }
    fed->nr++;
    return VACCEL_OK;
}

static size_t count_fields(struct text bytes, uint32_t number)
{
    struct message message = message_of(bytes);
    struct field field;
    size_t count = 0;

    while (message_next(&message, &field))
        if (field_is(&field, number))
            count++;
    return count;
}

/* Each value of a map's entries: field 2; of those whose key, field 1, is @key if that is not NULL. */
static bool next_entry(struct message *map, uint32_t number, struct text *key, struct text *value)
{
    struct field field;

    while (message_next(map, &field)) {
        if (!field_is(&field, number))
            continue;
        if (message_find(field.bytes, 1, key) && message_find(field.bytes, 2, value))
            return true;
        map->bad = true;
    }
    return false;
}

/* In a collection: field 5 is a list of messages of any type, each with the message in field 2. */
static int read_collected_assets(struct fed *fed, struct text collection)
{
    struct message message;
    struct field field;
    struct text list;
    struct text asset;
    int ret = VACCEL_OK;

    if (!message_find(collection, 5, &list))
        return damaged();
    fed->names = calloc(count_fields(list, 1) + 1, sizeof(*fed->names));
    if (!fed->names)
        return VACCEL_ENOMEM;
    message = message_of(list);
    while (!ret && message_next(&message, &field))
        if (field_is(&field, 1))
            ret = message_find(field.bytes, 2, &asset) ? add_asset(fed, asset) : damaged();
    return ret;
}

static int read_listed_assets(struct fed *fed, struct text meta_graph)
{
    struct message message = message_of(meta_graph);
    struct field field;
    int ret = VACCEL_OK;

    fed->names = calloc(count_fields(meta_graph, 6) + 1, sizeof(*fed->names));
    if (!fed->names)
        return VACCEL_ENOMEM;
    while (!ret && message_next(&message, &field))
        if (field_is(&field, 6))
            ret = add_asset(fed, field.bytes);
    return ret;
}

/* TensorFlow 1 has them in a collection, at which TensorFlow looks if there are none of the newer kind. */
static int read_assets(struct fed *fed, struct text meta_graph)
{
    struct message collections = message_of(meta_graph);
    struct text collected = {0};
    struct text key;
    struct text value;

    while (next_entry(&collections, 4, &key, &value))
        if (text_is(key, "saved_model_assets")) {
            if (collected.bytes)
                return damaged();
            collected = value;
        }
    if (collected.bytes && !count_fields(meta_graph, 6))
        return read_collected_assets(fed, collected);
    return read_listed_assets(fed, meta_graph);
}

/* Fields 1 and 3 of a SaverDef: the tensor that gets the checkpoint's name, and what restores. */
static int check_restoring(const struct graph_def *graph, const struct reach *reach,
                           struct text meta_graph, struct fed *fed)
{
    struct text saver;
    struct text restore;

    if (!message_find(meta_graph, 3, &saver) || !message_find(saver, 1, &fed->names[fed->nr]) ||
        !message_find(saver, 3, &restore))
        return damaged();
    return origin_check(graph, reach, restore, fed->names, fed->nr + 1);
}

/* In the outputs (field 2) of a signature, the names of tensors (field 1). */
static int check_init_signature(const struct graph_def *graph, const struct reach *reach,
                                struct text signature, const struct fed *fed)
{
    struct message outputs = message_of(signature);
    struct text key;
    struct text info;
    struct text name;
    int ret = VACCEL_OK;

    while (!ret && next_entry(&outputs, 2, &key, &info))
        ret = message_find(info, 1, &name) ? origin_check(graph, reach, name, fed->names, fed->nr)
                                           : damaged();
    return ret ? ret : outputs.bad ? damaged() : VACCEL_OK;
}

/* In a collection: field 1 is a list of nodes, whose field 1 are names. */
static int check_init_collection(const struct graph_def *graph, const struct reach *reach,
                                 struct text collection, const struct fed *fed)
{
    struct text list;
    struct message names;
    struct field field;
    int ret = VACCEL_OK;

    if (!message_find(collection, 1, &list))
        return damaged();
    names = message_of(list);
    while (!ret && message_next(&names, &field))
        if (field_is(&field, 1))
            ret = origin_check(graph, reach, field.bytes, fed->names, fed->nr);
    return ret ? ret : names.bad ? damaged() : VACCEL_OK;
}

/* Every place that TensorFlow has ever looked for an operation that makes the model ready. */
static int check_init(const struct graph_def *graph, const struct reach *reach,
                      struct text meta_graph, const struct fed *fed)
{
    struct message signatures = message_of(meta_graph);
    struct message collections = message_of(meta_graph);
    struct text key;
    struct text value;
    int ret = VACCEL_OK;

    while (!ret && next_entry(&signatures, 5, &key, &value))
        if (text_is(key, init_signature))
            ret = check_init_signature(graph, reach, value, fed);
    while (!ret && next_entry(&collections, 4, &key, &value))
        if (text_is(key, "saved_model_main_op") || text_is(key, "legacy_init_op"))
            ret = check_init_collection(graph, reach, value, fed);
    if (!ret && (signatures.bad || collections.bad))
        return damaged();
    return ret;
}

int saved_model_check_loading(const struct saved_model *model, const struct graph_def *graph,
                              const struct reach *reach)
{
    struct fed fed = {0};
    int ret = read_assets(&fed, model->meta_graph);

    if (!ret)
        ret = check_restoring(graph, reach, model->meta_graph, &fed);
    if (!ret)
        ret = check_init(graph, reach, model->meta_graph, &fed);
    free(fed.names);
    return ret;
}
