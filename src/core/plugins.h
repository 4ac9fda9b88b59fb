/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_PLUGINS_H
#define CORE_PLUGINS_H

#include "vaccel/engine.h"
#include "vaccel/plugin.h"

/* The plugins that are loaded, in the order of loading. */

enum { PLUGINS_MAX = 64 };

enum { FAULT_SIZE = 256 };

struct plugin_record {
    struct vaccel_plugin *plugin;
    unsigned int index; /* its place in the arrays of per-plugin state */
    bool ready;         /* its init() succeeded: sessions may use it */
    const struct vaccel_named_op **named_ops;
    size_t nr_named_ops;
    const struct vaccel_model_engine *engine; /* NULL: it runs no models */
    bool is_faulty; /* why is said in @fault, which does not change then */
    char fault[FAULT_SIZE];
};

/*
 * Take a plugin in after checking what it tells of itself. @ignore_version: whatever version it was
 * made for. Returns EINVAL, EEXIST or ENOSPC.
 */
int plugins_add(struct vaccel_plugin *plugin, bool ignore_version);
/* Its init() succeeded. */
void plugins_set_ready(struct vaccel_plugin *plugin);
/* Forget it; calls its fini(). No session may be alive that uses it. */
void plugins_remove(struct vaccel_plugin *plugin);
/* The plugin loaded last; NULL: none. */
struct vaccel_plugin *plugins_last(void);

/* Under the registry's lock: the i-th plugin that is ready; NULL: no more. */
struct plugin_record *plugins_ready(size_t i);

/* "[v]X.Y.Z[anything]". False if it is none. */
bool plugins_parse_version(const char *text, unsigned int version[3]);

/* The operation whose lower-case name this is; VACCEL_OP_MAX: none. */
vaccel_op_type_t op_type_of_name(const char *name);

/* Whether an operation can have that name. */
bool op_name_valid(const char *name);

#endif
