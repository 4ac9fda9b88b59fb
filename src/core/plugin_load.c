/* SPDX-License-Identifier: Apache-2.0 */
#include "core/core.h"
#include "core/plugins.h"
#include "platform/platform.h"
#include "platform/text.h"
#include "vaccel.h"

/* From the name of a plugin to one that sessions may use, and back. */

enum { NAME_SIZE = 4096 };

static int start(struct vaccel_plugin *plugin, void *handle, bool ignore_version)
{
    int ret = plugins_add(plugin, ignore_version);

    if (ret != VACCEL_OK)
        return ret;
    plugin->dl_handle = handle;
    ret = plugin->info->init();
    if (ret == VACCEL_OK) {
        plugins_set_ready(plugin);
        return VACCEL_OK;
    }
    vaccel_error("plugin %s failed to initialise: error %d", plugin->info->name, ret);
    plugins_remove(plugin);
    return ret;
}

static int load(const char *lib, bool ignore_version)
{
    struct vaccel_plugin *plugin;
    void *handle;
    int ret = platform_plugin_open(lib, &plugin, &handle);

    if (ret != VACCEL_OK)
        return ret;
    ret = start(plugin, handle, ignore_version);
    if (ret != VACCEL_OK)
        platform_plugin_close(handle);
    return ret;
}

static int load_first_of_list(const char *list, size_t length, bool ignore_version)
{
    char name[NAME_SIZE];

    if (length >= sizeof(name)) {
        vaccel_error("the name of a plugin has %zu bytes: at most %zu fit", length,
                     sizeof(name) - 1);
        return VACCEL_ENAMETOOLONG;
    }
    memcpy(name, list, length);
    name[length] = '\0';
    return load(name, ignore_version);
}

int plugin_load_list(const char *list, bool ignore_version)
{
    int ret = VACCEL_OK;
    size_t length;

    while (*list && ret == VACCEL_OK) {
        for (length = 0; list[length] && list[length] != ':'; length++)
            continue;
        if (length)
            ret = load_first_of_list(list, length, ignore_version);
        list += length + (list[length] == ':');
    }
    return ret;
}

void plugin_unload(struct vaccel_plugin *plugin)
{
    void *handle = plugin->dl_handle;

    plugins_remove(plugin);
    platform_plugin_close(handle);
}

int vaccel_plugin_parse_and_load(const char *lib_str)
{
    int ret;

    if (!lib_str || !*lib_str) {
        vaccel_error("no plugin to load: %s", lib_str ? "the list is empty" : "NULL");
        return VACCEL_EINVAL;
    }
    ret = core_enter();
    if (ret != VACCEL_OK)
        return ret;
    ret = plugin_load_list(lib_str, core_config()->version_ignore);
    core_leave();
    return ret;
}

int vaccel_plugin_load(const char *lib)
{
    int ret;

    if (!lib || !*lib) {
        vaccel_error("no plugin to load: %s", lib ? "its name is empty" : "NULL");
        return VACCEL_EINVAL;
    }
    ret = core_enter();
    if (ret != VACCEL_OK)
        return ret;
    ret = load(lib, core_config()->version_ignore);
    core_leave();
    return ret;
}
