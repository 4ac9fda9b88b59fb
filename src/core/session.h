/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_SESSION_H
#define CORE_SESSION_H

#include "core/dispatch.h"
#include "core/ids.h"
#include "core/pointer_set.h"
#include "vaccel/session.h"

/* What the library keeps of a live session, behind sess->core. */
struct session_core {
    const struct dispatch *dispatch;        /* read without a lock: session_dispatch() */
    size_t nr_told;                         /* of its plugins, those that know of the session */
    struct pointer_set resources;           /* registered ones; read without a lock */
    struct vaccel_list_entry registrations; /* under the registry's lock */
    struct ids outputs;                     /* held ones; under the registry's lock */
    size_t held_bytes;                      /* of them; under the registry's lock */
    size_t held_limit;                      /* that they may be */
    bool of_plugin;                         /* vaccel_plugin_own_session(); under the lock */
    bool rundir_made;
    unsigned int generation;   /* core_generation() when the run directory was named */
    void *states[PLUGINS_MAX]; /* of the plugins */
};

/*
 * The lowest bit of sess->core and res->core says that the owner is releasing it: calls are
 * refused, while the plugins' hooks may still look things up.
 */
enum { CORE_RELEASING = 1 };

static inline void *core_load(void *const *core)
{
    return __atomic_load_n(core, __ATOMIC_ACQUIRE);
}

static inline bool core_usable(const void *core)
{
    return core && !((uintptr_t)core & CORE_RELEASING);
}

/* Also of one that is being released. Under the registry's lock, or by who releases it. */
static inline void *core_untagged(void *core)
{
    return (void *)((uintptr_t)core & ~(uintptr_t)CORE_RELEASING);
}

/* Refuse calls from now on. False: was done before, or there is nothing. */
bool core_begin_release(void **core);

/* The core of a session that can be used or is just being released; under the registry's lock. */
struct session_core *session_core_of(const struct vaccel_session *sess);

static inline const struct dispatch *session_dispatch(const struct session_core *core)
{
    return __atomic_load_n(&core->dispatch, __ATOMIC_ACQUIRE);
}

/* Whether the application has any; those of plugins do not count. */
bool sessions_alive(void);

/* Release any one, those of plugins last. False: there is none (then *@left is false), or other threads release them. */
bool session_end_any(bool *left);

/* Forget all sessions without a look at their structs. */
void sessions_forget(void);

/* Whether the session is served by a transport that forwards what has no function of its own. */
static inline bool session_forwards(const struct dispatch *dispatch)
{
    return dispatch->remote && dispatch->chosen->info->call;
}

#endif
