/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_MODELS_H
#define CORE_MODELS_H

#include "core/engines.h"
#include "core/resource.h"

/*
 * Models that are loaded. One is of a resource and an engine; every session that has loaded it counts as
 * a user of it, and so does every run. The last of them has it unloaded.
 */
struct loaded_model {
    struct vaccel_list_entry in_resource;
    const struct vaccel_model_engine *engine;
    char format[MODEL_FORMAT_SIZE];
    void *state;             /* the engine's */
    int progress;            /* MODEL_LOADING, or what load returned */
    unsigned int generation; /* core_generation() when loading began */
    size_t nr_users;
};

enum { MODEL_LOADING = -1 };

/* As vaccel_model_load() and _unload(); the calling thread is marked as using both. */
int model_load(struct vaccel_session *sess, struct vaccel_resource *res, const char *engine);
int model_unload(struct vaccel_session *sess, struct vaccel_resource *res);

/* The one that the session has loaded, for model_release(). Returns OK or ENOENT. */
int model_use(const struct vaccel_session *sess, const struct vaccel_resource *res,
              struct loaded_model **model);
void model_release(struct loaded_model *model);

/* What a function of its engine returned, or EBACKEND if that is no error code. */
int model_check_code(const struct loaded_model *model, int ret);

#endif
