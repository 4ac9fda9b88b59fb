/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_RESOURCE_H
#define CORE_RESOURCE_H

#include "core/session.h"
#include "platform/platform.h"
#include "vaccel/resource.h"

/* What the library keeps of a live resource, behind res->core. */
struct resource_core {
    struct vaccel_list_entry registrations; /* under the registry's lock */
    size_t nr_sessions;                     /* the registrations that are complete */
    struct vaccel_list_entry models;        /* that are loaded of it; under the registry's lock */
    struct vaccel_list_entry all;           /* in the list of all, in the order of making */
    struct vaccel_resource *resource;
    bool of_plugin;                   /* vaccel_plugin_own_resource(); under the registry's lock */
    unsigned int generation;          /* core_generation() of who made it, and its files */
    struct platform_mutex blobs_lock; /* its blobs are filled by one thread */
    void *states[PLUGINS_MAX];        /* of the plugins */
};

/* Whether there is such a type; says so if not. */
bool resource_type_valid(vaccel_resource_type_t type);

struct resource_core *resource_core_of(const struct vaccel_resource *res);

/* Whether the application has any; those of plugins do not count. */
bool resources_alive(void);

/*
 * Release any one. False: there is none (then *@left is false), or other threads make or release
 * them.
 */
bool resource_end_any(bool *left);

/* Forget all resources without a look at their structs. */
void resources_forget(void);

/*
 * Find a resource and mark the calling thread as using it, so that it stays until marks_leave().
 * Returns ENOENT, or what marks_enter() returned.
 */
int resource_find_and_mark(vaccel_id_t id, struct vaccel_resource **res);

#endif
