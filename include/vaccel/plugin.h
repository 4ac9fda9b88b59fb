/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VACCEL_PLUGIN_H
#define VACCEL_PLUGIN_H

#include "list.h"
#include "op.h"
#include "output.h"
#include "resource.h"
#include "session.h"
#include "utils/enum.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a plugin runs on, and the hint of a session. Bits; they may be joined with |. */
#define VACCEL_PLUGIN_TYPE_ENUM_LIST(ITEM) \
    ITEM(CPU, 0x0001, VACCEL_PLUGIN) \
    ITEM(GPU, 0x0002, VACCEL_PLUGIN) \
    ITEM(FPGA, 0x0004, VACCEL_PLUGIN) \
    ITEM(SOFTWARE, 0x0008, VACCEL_PLUGIN) \
    ITEM(TENSORFLOW, 0x0010, VACCEL_PLUGIN) \
    ITEM(TORCH, 0x0020, VACCEL_PLUGIN) \
    ITEM(JETSON, 0x0040, VACCEL_PLUGIN) \
    ITEM(GENERIC, 0x0080, VACCEL_PLUGIN) \
    ITEM(DEBUG, 0x0100, VACCEL_PLUGIN) \
    ITEM(REMOTE, 0x4000, VACCEL_PLUGIN) \
    ITEM(ALL, 0xffff, VACCEL_PLUGIN)

VACCEL_ENUM_DEF_WITH_STR_FUNCS(vaccel_plugin_type, VACCEL_PLUGIN, VACCEL_PLUGIN_TYPE_ENUM_LIST)

/* One operation on its way to a transport plugin: its arguments in the order of vaccel_genop(). */
struct vaccel_op_call {
    int64_t op;                       /* a vaccel_op_type_t, or -1: known by its name alone */
    const char *name;                 /* lower case */
    struct vaccel_resource *resource; /* the one that the call uses, or NULL */
    struct vaccel_arg *read;
    size_t nr_read;
    struct vaccel_arg *write;
    size_t nr_write;
    /* What the library knows of the arguments, for transports that are built with it; NULL: by name. */
    const void *description;
};

/*
 * A plugin is trusted code in the same process. The sizes that it returns are checked; but memory
 * that it frees twice, or an output tensor that is one of the inputs, is its own undoing.
 */

/*
 * What a plugin tells of itself. The library calls the functions; they may run in several threads
 * at once, for different sessions and resources. They return 0 or a VACCEL_E code: what begins (a
 * plugin, a session, a registration) then fails with it, what ends does so all the same. Optional
 * ones may be NULL.
 */
struct vaccel_plugin_info {
    const char *name;           /* required; unique among the loaded plugins */
    const char *version;        /* required; the plugin's own */
    const char *vaccel_version; /* the VACCEL_VERSION it was compiled with */
    int (*init)(void);          /* required; registers the operations */
    int (*fini)(void);          /* required; before the plugin is unloaded */
    bool is_virtio;             /* a transport: forwards sessions elsewhere */
    vaccel_plugin_type_t type;
    /* A session begins (@flags: its hint) or ends. Of a transport: sets sess->remote_id. */
    int (*session_init)(struct vaccel_session *sess, uint32_t flags);
    int (*session_release)(struct vaccel_session *sess);
    int (*session_update)(struct vaccel_session *sess, uint32_t flags);
    /* A resource joins or leaves a session, its blobs are filled. Of a transport: sets remote_id.
     */
    int (*resource_register)(struct vaccel_resource *res, struct vaccel_session *sess);
    int (*resource_unregister)(struct vaccel_resource *res, struct vaccel_session *sess);
    int (*resource_sync)(struct vaccel_resource *res, struct vaccel_session *sess);
    /* Of a transport: any operation that it has not registered a function of its own for. */
    int (*call)(struct vaccel_session *sess, struct vaccel_op_call *call);
    /* Of a transport: vaccel_output_fetch() and _drop() of what the other side holds. */
    int (*output_fetch)(struct vaccel_session *sess, struct vaccel_output *out);
    int (*output_drop)(struct vaccel_session *sess, struct vaccel_output *out);
};

/* A plugin. VACCEL_PLUGIN() makes it; the library fills the rest. */
struct vaccel_plugin {
    void *dl_handle;
    struct vaccel_list_entry entry;
    struct vaccel_op *ops[VACCEL_OP_MAX];
    struct vaccel_plugin_info *info;
    void *core; /* the library's own */
};

/*
 * Register the implementations of operations; for a plugin's init().
 * @ops     @nr_ops elements, which must stay where they are while the plugin is loaded
 * Returns EINVAL (NULL, none, too many, an unknown type, or without func or owner).
 */
int vaccel_plugin_register_ops(struct vaccel_op *ops, size_t nr_ops);

/* The same for one. */
static inline int vaccel_plugin_register_op(struct vaccel_op *op)
{
    return vaccel_plugin_register_ops(op, 1);
}

/*
 * Register operations by name; for a plugin's init(). Applications reach them by vaccel_call().
 * @ops     @nr_ops elements, which must stay where they are while the plugin is loaded
 * Returns EINVAL (NULL, none, a bad name, a missing func or owner), EEXIST (the name is one of
 * vaccel_op_type_t's, or the plugin has it already), ENOENT (the owner is not loaded), ENOMEM.
 */
int vaccel_plugin_register_named_ops(const struct vaccel_named_op *ops, size_t nr_ops);

/*
 * Load a plugin. Sessions that exist already do not see it.
 * @lib  a short name (noop), looked for beside the library, in the tree of a build and where
 *       the library was to be installed; or a file name or path for dlopen() (libvaccel-noop.so)
 * Returns EINVAL (NULL, or its information is incomplete or of another major version), EPERM
 * (library not initialised), ENOENT (not found or not loadable; the log has dlopen's sentence),
 * ELIBBAD (no vAccel plugin), EEXIST (one of its name is loaded), ENOSPC (64 are), or what its
 * init() returned.
 */
int vaccel_plugin_load(const char *lib);

/* Load several, separated by ':'. Stops at the first error and returns it. */
int vaccel_plugin_parse_and_load(const char *lib_str);

/*
 * State that a plugin keeps for a resource or for a session, apart from every other plugin's.
 * Setting replaces the pointer; nothing is freed. To be called within operations and hooks of that
 * resource or session, by any number of threads.
 * @plugin  &vaccel_this_plugin
 * The set calls return EINVAL (NULL), ESESS (released), ENOENT (@plugin is not loaded); the others
 * return NULL then.
 */
int vaccel_plugin_set_resource_state(const struct vaccel_plugin *plugin,
                                     struct vaccel_resource *res, void *state);
void *vaccel_plugin_resource_state(const struct vaccel_plugin *plugin, struct vaccel_resource *res);
int vaccel_plugin_set_session_state(const struct vaccel_plugin *plugin, struct vaccel_session *sess,
                                    void *state);
void *vaccel_plugin_session_state(const struct vaccel_plugin *plugin, struct vaccel_session *sess);

/*
 * Make a session or a resource the plugin's own: for a plugin that calls operations itself, as one for
 * pictures runs networks. The application does not find it, by its id or its type, and its process ends
 * as if it were not there. The plugin releases it, or leaves that to the library, which does it before it
 * unloads plugins, when no session of the application is left. The struct must stay until the plugin's fini().
 * Returns EINVAL (NULL), ESESS (not initialised, or released).
 */
int vaccel_plugin_own_session(struct vaccel_session *sess);
int vaccel_plugin_own_resource(struct vaccel_resource *res);

/*
 * For a plugin: say that what it stands on is of no use any more in this process, as a GPU's context is after a
 * fault in a kernel. From then on its functions and its engine are not called for operations, which fail with
 * EBACKEND and the sentence; what ends models, resources and sessions is called as ever. There is no way back.
 * @plugin  &vaccel_this_plugin
 * @why     one line, copied, cut at 255 bytes; the first one stays. NULL: nothing happens
 * By any thread, any number of times, also within operations.
 */
void vaccel_plugin_fault(const struct vaccel_plugin *plugin, const char *why);

/*
 * For who runs plugins as a service, and can begin another process: what the first plugin said by
 * vaccel_plugin_fault(), with its name; valid until the process ends. NULL: none did, all is well. By any thread, at
 * any time; it costs as much as reading a variable.
 */
const char *vaccel_plugin_fault_said(void);

/* An element of the array for vaccel_plugin_register_ops(). The first parameter documents. */
#define VACCEL_OP_INIT(name, type, func) \
    { \
        (type), (void *)(func), (&vaccel_this_plugin) \
    }
#define VACCEL_NAMED_OP_INIT(name, func) \
    { \
        (name), (func), (&vaccel_this_plugin) \
    }

#ifdef __cplusplus
}
#endif

/*
 * Each plugin says once VACCEL_PLUGIN(.name = "...", .version = "...", ...). Only in C: a C++
 * plugin has one small C file for it.
 */
extern struct vaccel_plugin vaccel_this_plugin __attribute__((visibility("hidden")));

#define VACCEL_PLUGIN(...) \
    static struct vaccel_plugin_info vaccel_this_plugin_info = {__VA_ARGS__}; \
    struct vaccel_plugin vaccel_this_plugin = { \
        .dl_handle = NULL, \
        .entry = LIST_ENTRY_INIT(vaccel_this_plugin.entry), \
        .ops = {NULL}, \
        .info = &vaccel_this_plugin_info, \
    }; \
    __attribute__((visibility("default"))) const struct vaccel_plugin *vaccel_plugin = \
        &vaccel_this_plugin;

#endif
