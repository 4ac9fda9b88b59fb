/* SPDX-License-Identifier: Apache-2.0 */
#include "linked_plugins.h"

#include "platform/platform.h"
#include "platform/text.h"
#include "vaccel/error.h"
#include "vaccel/log.h"
#include "vaccel/plugin.h"

/* Where nothing can be loaded, a plugin is found by its name. */

/* Of the transport. */
extern const struct vaccel_plugin *vaccel_plugin;

static const struct vaccel_plugin *find_plugin(const char *name)
{
    const struct vaccel_plugin *const *const *plugin = linked_plugins;

    if (text_equal(name, vaccel_plugin->info->name))
        return vaccel_plugin;
    while (plugin && *plugin && !text_equal(name, (**plugin)->info->name))
        plugin++;
    return plugin && *plugin ? **plugin : NULL;
}

int platform_plugin_open(const char *lib, struct vaccel_plugin **plugin, void **handle)
{
    const struct vaccel_plugin *found = find_plugin(lib);

    if (!found) {
        vaccel_error("plugin %s cannot be loaded: it is not linked into this program", lib);
        return VACCEL_ENOTSUP;
    }
    *plugin = (struct vaccel_plugin *)found;
    *handle = NULL;
    return VACCEL_OK;
}

void platform_plugin_close(void *handle)
{
    (void)handle;
}
