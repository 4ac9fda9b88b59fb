/* SPDX-License-Identifier: Apache-2.0 */
#include "platform/platform.h"
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

/* If the plugin is there, what is missing is a library that it needs, as of a framework. */
static void log_failure(const char *lib, const char *path)
{
    if (access(path, R_OK) == 0)
        vaccel_error("plugin %s cannot be loaded: %s: tell the dynamic linker where the libraries "
                     "are that it needs (ldconfig, LD_LIBRARY_PATH); the plugin's README says how",
                     lib, dlerror());
    else
        vaccel_error("plugin %s cannot be loaded: %s: give a path, or the short name of one in %s; "
                     "several are separated by ':'",
                     lib, dlerror(), VACCEL_PLUGIN_DIR);
}

int platform_plugin_open(const char *lib, struct vaccel_plugin **plugin, void **handle)
{
    struct vaccel_plugin **symbol;
    char path[PATH_MAX];

    resolve(lib, path, sizeof(path));
    *handle = dlopen(path, RTLD_LAZY);
    if (!*handle) {
        log_failure(lib, path);
        return VACCEL_ENOENT;
    }
    symbol = dlsym(*handle, "vaccel_plugin");
    if (!symbol || !*symbol) {
        vaccel_error("%s is no vAccel plugin: it has no symbol vaccel_plugin", path);
        dlclose(*handle);
        return VACCEL_ELIBBAD;
    }
    *plugin = *symbol;
    return VACCEL_OK;
}

void platform_plugin_close(void *handle)
{
    dlclose(handle);
}
