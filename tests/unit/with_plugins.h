/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_WITH_PLUGINS_H
#define TESTS_WITH_PLUGINS_H

/* The library with plugins made for tests; see tests/plugins/counter.h. */

#include "../plugins/counter.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline const char *plugin_path(const char *name)
{
    static char paths[8][512];
    static unsigned int next;
    char *path = paths[next++ % 8];

    snprintf(path, sizeof(paths[0]), "%s/libvaccel-%s.so", TEST_PLUGIN_DIR, name);
    return path;
}

/* The state of a counter, as new. It stays when the library unloads the plugin. */
static inline struct counter *counter_open(const char *name)
{
    void *handle = dlopen(plugin_path(name), RTLD_NOW);
    struct counter *found = handle ? dlsym(handle, "counter") : NULL;
    struct vaccel_plugin *plugin = found ? found->plugin : NULL;

    if (!plugin)
        abort();
    *found = (struct counter){.plugin = plugin};
    plugin->info->name = name;
    plugin->info->vaccel_version = VACCEL_VERSION;
    plugin->info->type = VACCEL_PLUGIN_CPU;
    plugin->info->is_virtio = false;
    return found;
}

static inline unsigned int counter_calls(const struct counter *of, enum counter_hook hook)
{
    return __atomic_load_n(&of->calls[hook], __ATOMIC_RELAXED);
}

/* Bootstrap with these plugins, separated by ' '; noop is the library's own. */
static inline int library_begin(const char *names)
{
    struct vaccel_config config = {.log_level = VACCEL_LOG_ERROR};
    char list[4096] = "";
    char copy[256];
    char *rest = copy;
    char *name;

    snprintf(copy, sizeof(copy), "%s", names);
    while ((name = strsep(&rest, " "))) {
        strcat(list, !strcmp(name, "noop") || !*name ? name : plugin_path(name));
        strcat(list, ":");
    }
    config.plugins = list;
    return vaccel_bootstrap_with_config(&config);
}

#endif
