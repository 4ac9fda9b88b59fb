/* SPDX-License-Identifier: Apache-2.0 */
#include "core/core.h"
#include "core/plugins.h"
#include "platform/platform.h"
#include "platform/text.h"
#include "vaccel.h"

#include <dlfcn.h>
#include <unistd.h>

/* Plugins as shared libraries. */

/* noop, but not libvaccel-noop.so or ./noop */
static bool is_short_name(const char *lib)
{
    return !strchr(lib, '/') && !strstr(lib, ".so");
}

/* The directory that this library was loaded from; false if nobody knows. */
static bool own_directory(char *directory, size_t size)
{
    Dl_info info;
    const char *slash;

    if (!dladdr((void *)own_directory, &info) || !info.dli_fname)
        return false;
    slash = strrchr(info.dli_fname, '/');
    if (!slash || (size_t)(slash - info.dli_fname) >= size)
        return false;
    memcpy(directory, info.dli_fname, (size_t)(slash - info.dli_fname));
    directory[slash - info.dli_fname] = '\0';
    return true;
}

static bool readable(char *path, size_t size, const char *format, const char *directory,
                     const char *name)
{
    int length = snprintf(path, size, format, directory, name, name);

    return length > 0 && (size_t)length < size && access(path, R_OK) == 0;
}

/* Beside this library (as installed), in the tree of a build, in the directory for plugins. */
static void resolve(const char *lib, char *path, size_t size)
{
    char directory[PATH_MAX];
    bool known = own_directory(directory, sizeof(directory));

    if (!is_short_name(lib)) {
        snprintf(path, size, "%s", lib);
        return;
    }
    if (known && readable(path, size, "%s/libvaccel-%s.so", directory, lib))
        return;
    if (known && readable(path, size, "%s/../plugins/%s/libvaccel-%s.so", directory, lib))
        return;
    if (readable(path, size, "%s/libvaccel-%s.so", VACCEL_PLUGIN_DIR, lib))
        return;
    snprintf(path, size, "libvaccel-%s.so", lib);
}

static int start(struct vaccel_plugin *plugin, void *handle)
{
    int ret;

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

static int add_and_start(void *handle, const char *path, bool ignore_version)
{
    struct vaccel_plugin **symbol = dlsym(handle, "vaccel_plugin");
    int ret;

    if (!symbol || !*symbol) {
        vaccel_error("%s is no vAccel plugin: it has no symbol vaccel_plugin", path);
        return VACCEL_ELIBBAD;
    }
    ret = plugins_add(*symbol, ignore_version);
    return ret == VACCEL_OK ? start(*symbol, handle) : ret;
}

static int load(const char *lib, bool ignore_version)
{
    char path[PATH_MAX];
    void *handle;
    int ret;

    resolve(lib, path, sizeof(path));
    handle = dlopen(path, RTLD_LAZY);
    if (!handle) {
        vaccel_error("plugin %s cannot be loaded: %s", lib, dlerror());
        return VACCEL_ENOENT;
    }
    ret = add_and_start(handle, path, ignore_version);
    if (ret != VACCEL_OK)
        dlclose(handle);
    return ret;
}

int plugin_loader_load_list(const char *list, bool ignore_version)
{
    char name[PATH_MAX];
    int ret = VACCEL_OK;
    size_t length;

    while (*list && ret == VACCEL_OK) {
        length = strcspn(list, ":");
        if (length >= sizeof(name)) {
            vaccel_error("the name of a plugin has %zu bytes: at most %zu fit", length,
                         sizeof(name) - 1);
            return VACCEL_ENAMETOOLONG;
        }
        memcpy(name, list, length);
        name[length] = '\0';
        if (length)
            ret = load(name, ignore_version);
        list += length + (list[length] == ':');
    }
    return ret;
}

void plugin_loader_unload(struct vaccel_plugin *plugin)
{
    void *handle = plugin->dl_handle;

    plugins_remove(plugin);
    dlclose(handle);
}

int vaccel_plugin_parse_and_load(const char *lib_str)
{
    if (!lib_str || !*lib_str) {
        vaccel_error("no plugin to load: %s", lib_str ? "the list is empty" : "NULL");
        return VACCEL_EINVAL;
    }
    if (!core_is_initialized())
        return core_not_initialized(VACCEL_EPERM);
    return plugin_loader_load_list(lib_str, vaccel_config()->version_ignore);
}

int vaccel_plugin_load(const char *lib)
{
    if (!lib || !*lib) {
        vaccel_error("no plugin to load: %s", lib ? "its name is empty" : "NULL");
        return VACCEL_EINVAL;
    }
    if (!core_is_initialized())
        return core_not_initialized(VACCEL_EPERM);
    return load(lib, vaccel_config()->version_ignore);
}
