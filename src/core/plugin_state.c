/* SPDX-License-Identifier: Apache-2.0 */
#include "core/plugins.h"
#include "core/resource.h"
#include "core/session.h"
#include "vaccel.h"

/*
 * State of a plugin for one session or resource. Plugins ask while they run for these, or in a
 * hook: that keeps the cores alive without a lock.
 */

/*
 * The plugin's place in an array of states, or NULL if the plugin or the owner of the array is
 * gone.
 */
static void **place(const struct vaccel_plugin *plugin, void **states)
{
    const struct plugin_record *record = plugin->core;

    return record && states ? &states[record->index] : NULL;
}

static void **resource_place(const struct vaccel_plugin *plugin, const struct vaccel_resource *res)
{
    struct resource_core *core;

    if (!plugin || !res)
        return NULL;
    core = resource_core_of(res);
    return place(plugin, core ? core->states : NULL);
}

static void **session_place(const struct vaccel_plugin *plugin, const struct vaccel_session *sess)
{
    struct session_core *core;

    if (!plugin || !sess)
        return NULL;
    core = session_core_of(sess);
    return place(plugin, core ? core->states : NULL);
}

static int set(const struct vaccel_plugin *plugin, const void *owner, void **state, void *value)
{
    if (!plugin || !owner)
        return VACCEL_EINVAL;
    if (!plugin->core)
        return VACCEL_ENOENT;
    if (!state)
        return VACCEL_ESESS;
    __atomic_store_n(state, value, __ATOMIC_RELEASE);
    return VACCEL_OK;
}

static void *get(void **state)
{
    return state ? __atomic_load_n(state, __ATOMIC_ACQUIRE) : NULL;
}

int vaccel_plugin_set_resource_state(const struct vaccel_plugin *plugin,
                                     struct vaccel_resource *res, void *state)
{
    return set(plugin, res, resource_place(plugin, res), state);
}

void *vaccel_plugin_resource_state(const struct vaccel_plugin *plugin, struct vaccel_resource *res)
{
    return get(resource_place(plugin, res));
}

int vaccel_plugin_set_session_state(const struct vaccel_plugin *plugin, struct vaccel_session *sess,
                                    void *state)
{
    return set(plugin, sess, session_place(plugin, sess), state);
}

void *vaccel_plugin_session_state(const struct vaccel_plugin *plugin, struct vaccel_session *sess)
{
    return get(session_place(plugin, sess));
}
