/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_DISPATCH_H
#define CORE_DISPATCH_H

#include "core/plugins.h"

/* A function of whatever type. */
typedef void (*any_function)(void);

/*
 * Which plugin serves which operation, for the sessions whose hint chose the same plugin. Made
 * once, never changed, freed at cleanup.
 */
struct dispatch {
    struct dispatch *next;
    struct vaccel_plugin *chosen;
    bool remote; /* @chosen is a transport and serves everything */
    any_function func[VACCEL_OP_MAX];
    struct vaccel_plugin *owner[VACCEL_OP_MAX];
    struct vaccel_plugin *plugins[PLUGINS_MAX]; /* all of the session's, @chosen first */
    size_t nr_plugins;
    const struct vaccel_named_op **named_ops; /* sorted by name */
    size_t nr_named_ops;
};

/*
 * An operation that the library itself can do by means of another one, or of an engine for models. The
 * operations' layer defines the table; it ends with a func of NULL. A program that has the library linked in, and no
 * plugin beside a transport, does without it and so without the operations in it: hence weak.
 */
struct dispatch_fallback {
    vaccel_op_type_t type;
    vaccel_op_type_t by; /* VACCEL_OP_MAX: an engine */
    any_function func;
    const char *const
        *formats; /* that the engine must serve one of, NULL behind the last; NULL: any */
};
extern const struct dispatch_fallback dispatch_fallbacks[] __attribute__((weak));

/*
 * The dispatch for a session with this hint; under the registry's lock. *@error is ENOTSUP or
 * ENOMEM if NULL is returned.
 */
const struct dispatch *dispatch_for(uint32_t hint, int *error);
/* The set of plugins or their operations changed; under the registry's lock. */
void dispatch_plugins_changed(void);
/* Free all; no session is alive. */
void dispatch_clear(void);

const struct vaccel_named_op *dispatch_named_op(const struct dispatch *dispatch, const char *name);

#endif
