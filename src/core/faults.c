/* SPDX-License-Identifier: Apache-2.0 */
#include "core/faults.h"
#include "core/plugins.h"
#include "core/registry.h"
#include "platform/text.h"
#include "vaccel.h"

enum { SAID_SIZE = 2 * FAULT_SIZE };

bool faults_known;
static char said_first[SAID_SIZE]; /* written once, before faults_known is set */

static void note_first(const struct vaccel_plugin *plugin, const char *why)
{
    if (faults_known)
        return;
    text_format(said_first, sizeof(said_first), "plugin %s: %.*s", plugin->info->name,
                FAULT_SIZE - 1, why);
    __atomic_store_n(&faults_known, true, __ATOMIC_RELEASE);
}

static void note(const struct vaccel_plugin *plugin, struct plugin_record *record, const char *why)
{
    if (record->is_faulty)
        return;
    text_format(record->fault, sizeof(record->fault), "%s", why);
    __atomic_store_n(&record->is_faulty, true, __ATOMIC_RELEASE);
    note_first(plugin, why);
}

void vaccel_plugin_fault(const struct vaccel_plugin *plugin, const char *why)
{
    if (!plugin || !why)
        return;
    registry_lock();
    if (plugin->core)
        note(plugin, plugin->core, why);
    registry_unlock();
}

const char *vaccel_plugin_fault_said(void)
{
    return __atomic_load_n(&faults_known, __ATOMIC_ACQUIRE) ? said_first : NULL;
}

int fault_check(const struct vaccel_plugin *plugin)
{
    const struct plugin_record *record = plugin->core;

    if (!record || !__atomic_load_n(&record->is_faulty, __ATOMIC_ACQUIRE))
        return VACCEL_OK;
    vaccel_error("plugin %s can do nothing more in this process: %s; start the process anew",
                 plugin->info->name, record->fault);
    return VACCEL_EBACKEND;
}
