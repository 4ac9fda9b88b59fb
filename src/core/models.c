/* SPDX-License-Identifier: Apache-2.0 */
#include "core/models.h"
#include "core/core.h"
#include "core/faults.h"
#include "core/list.h"
#include "core/registration.h"
#include "core/registry.h"
#include "platform/text.h"
#include "vaccel.h"

static struct loaded_model *model_of(struct vaccel_list_entry *entry)
{
    return (struct loaded_model *)((char *)entry - offsetof(struct loaded_model, in_resource));
}

static int progress_of(const struct loaded_model *model)
{
    return __atomic_load_n(&model->progress, __ATOMIC_ACQUIRE);
}

/* One whose load failed is nobody's to join; one that was being loaded at a fork never will be in the child. */
static bool can_be_joined(const struct loaded_model *model)
{
    int progress = progress_of(model);

    return progress == VACCEL_OK ||
           (progress == MODEL_LOADING && model->generation == core_generation());
}

/* Under the registry's lock. */
static struct loaded_model *find(struct resource_core *resource,
                                 const struct vaccel_model_engine *engine)
{
    struct vaccel_list_entry *entry;
    struct loaded_model *model;

    for (entry = resource->models.next; entry != &resource->models; entry = entry->next) {
        model = model_of(entry);
        if (model->engine == engine && can_be_joined(model))
            return model;
    }
    return NULL;
}

void model_release(struct loaded_model *model)
{
    bool last;

    registry_lock();
    last = --model->nr_users == 0;
    if (last)
        list_remove(&model->in_resource);
    registry_unlock();
    if (!last)
        return;
    if (progress_of(model) == VACCEL_OK)
        model->engine->unload(model->state);
    platform_free(model);
}

/* Become a user of the one that is there, or put @fresh there: true. */
static bool join_or_begin(struct vaccel_resource *res, struct loaded_model *fresh,
                          struct loaded_model **model)
{
    struct resource_core *resource = resource_core_of(res);

    registry_lock();
    *model = find(resource, fresh->engine);
    if (!*model) {
        *model = fresh;
        list_append(&resource->models, &fresh->in_resource);
    }
    (*model)->nr_users++;
    registry_unlock();
    return *model == fresh;
}

int model_check_code(const struct loaded_model *model, int ret)
{
    if (ret == VACCEL_ENOMEM)
        vaccel_error("engine %s has no memory for that", model->engine->owner->info->name);
    if (ret >= 0)
        return ret;
    vaccel_error("engine %s returned %d, which is no error code", model->engine->owner->info->name,
                 ret);
    return VACCEL_EBACKEND;
}

static void load_now(struct vaccel_resource *res, struct loaded_model *model)
{
    int ret = model->engine->load(res, model->format, &model->state);

    __atomic_store_n(&model->progress, model_check_code(model, ret), __ATOMIC_RELEASE);
}

/* Another thread loads it. */
static void wait_loaded(const struct loaded_model *model)
{
    unsigned int attempt = 0;

    while (progress_of(model) == MODEL_LOADING)
        platform_pause(attempt++);
    if (progress_of(model) != VACCEL_OK)
        vaccel_error("the model could not be loaded, by another session at the same time");
}

/* *@model is loaded and used by the caller, or an error is returned. */
static int obtain(struct vaccel_resource *res, const struct vaccel_model_engine *engine,
                  const char *format, struct loaded_model **model)
{
    struct loaded_model *fresh = platform_alloc_zeroed(sizeof(*fresh));
    int ret;

    if (!fresh) {
        vaccel_error("no memory to load a model");
        return VACCEL_ENOMEM;
    }
    fresh->engine = engine;
    fresh->progress = MODEL_LOADING;
    fresh->generation = core_generation();
    text_format(fresh->format, sizeof(fresh->format), "%s", format);
    if (join_or_begin(res, fresh, model)) {
        load_now(res, fresh);
    } else {
        platform_free(fresh);
        wait_loaded(*model);
    }
    ret = progress_of(*model);
    if (ret != VACCEL_OK)
        model_release(*model);
    return ret;
}

/* The session's own, or NULL. */
static const struct vaccel_model_engine *engine_in_use(const struct vaccel_session *sess,
                                                       const struct vaccel_resource *res)
{
    const struct registration *registration;
    const struct vaccel_model_engine *engine = NULL;

    registry_lock();
    registration = registration_find(session_core_of(sess), res);
    if (registration && registration->model)
        engine = registration->model->engine;
    registry_unlock();
    return engine;
}

static int refuse_second(const struct vaccel_model_engine *engine)
{
    vaccel_error("this session has loaded the model with engine %s: unload it there first",
                 engine->owner->info->name);
    return VACCEL_EBUSY;
}

/* Note it as the session's. Another thread may have been faster: *@there is what it noted. */
static void note(const struct vaccel_session *sess, const struct vaccel_resource *res,
                 struct loaded_model *model, const struct vaccel_model_engine **there)
{
    struct registration *registration;

    *there = NULL;
    registry_lock();
    registration = registration_find(session_core_of(sess), res);
    if (registration->model) {
        *there = registration->model->engine;
    } else {
        registration->model = model;
        registration->release_model = model_release;
    }
    registry_unlock();
}

int model_load(struct vaccel_session *sess, struct vaccel_resource *res, const char *name)
{
    const struct vaccel_model_engine *engine;
    const struct vaccel_model_engine *there = engine_in_use(sess, res);
    char format[MODEL_FORMAT_SIZE];
    struct loaded_model *model;
    int ret;

    if (there && !name)
        return VACCEL_OK;
    model_format(res, format);
    ret = engine_choose(sess, session_dispatch(session_core_of(sess)), format, name, &engine);
    if (ret == VACCEL_OK)
        ret = fault_check(engine->owner);
    if (ret != VACCEL_OK)
        return ret;
    if (there)
        return there == engine ? VACCEL_OK : refuse_second(there);
    ret = obtain(res, engine, format, &model);
    if (ret != VACCEL_OK)
        return ret;
    note(sess, res, model, &there);
    if (!there)
        return VACCEL_OK;
    model_release(model);
    return there == engine ? VACCEL_OK : refuse_second(there);
}

static int refuse_not_loaded(const struct vaccel_resource *res)
{
    vaccel_error("resource %lld is not loaded as a model in this session: load it first",
                 (long long)res->id);
    return VACCEL_ENOENT;
}

int model_unload(struct vaccel_session *sess, struct vaccel_resource *res)
{
    struct loaded_model *model = NULL;
    struct registration *registration;

    registry_lock();
    registration = registration_find(session_core_of(sess), res);
    if (registration) {
        model = registration->model;
        registration->model = NULL;
    }
    registry_unlock();
    if (!model)
        return refuse_not_loaded(res);
    model_release(model);
    return VACCEL_OK;
}

int model_use(const struct vaccel_session *sess, const struct vaccel_resource *res,
              struct loaded_model **model)
{
    const struct registration *registration;
    int ret;

    *model = NULL;
    registry_lock();
    registration = registration_find(session_core_of(sess), res);
    if (registration && registration->model) {
        *model = registration->model;
        (*model)->nr_users++;
    }
    registry_unlock();
    if (!*model)
        return refuse_not_loaded(res);
    ret = fault_check((*model)->engine->owner);
    if (ret != VACCEL_OK)
        model_release(*model);
    return ret;
}
