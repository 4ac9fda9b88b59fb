/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_REGISTRATION_H
#define CORE_REGISTRATION_H

#include "core/resource.h"
#include "core/session.h"

/*
 * That a resource belongs to a session. It is in the lists of both. Whoever moves it from COMPLETE
 * to LEAVING, under the registry's lock, tells the plugins and frees it; all others wait or give
 * up.
 */
enum registration_state { REGISTRATION_JOINING, REGISTRATION_COMPLETE, REGISTRATION_LEAVING };

struct registration {
    struct vaccel_list_entry in_session;
    struct vaccel_list_entry in_resource;
    struct vaccel_session *session;
    struct vaccel_resource *resource;
    enum registration_state state;
    /* What is loaded for both, or NULL, and how it is given up; under the registry's lock. */
    struct loaded_model *model;
    void (*release_model)(struct loaded_model *model);
};

static inline struct registration *registration_in_session(struct vaccel_list_entry *entry)
{
    return (struct registration *)((char *)entry - offsetof(struct registration, in_session));
}

static inline struct registration *registration_in_resource(struct vaccel_list_entry *entry)
{
    return (struct registration *)((char *)entry - offsetof(struct registration, in_resource));
}

/* The one of both, or NULL. Under the registry's lock. */
struct registration *registration_find(struct session_core *session,
                                       const struct vaccel_resource *res);

/* Undo all registrations of a session, or of a resource, that is being released. */
void registration_drop_session(struct vaccel_session *sess);
void registration_drop_resource(struct vaccel_resource *res);

#endif
