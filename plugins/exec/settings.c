/* SPDX-License-Identifier: Apache-2.0 */
#include "settings.h"

#include "vaccel.h"

#include <dlfcn.h>

static const char *dlclose_setting(void)
{
    const char *value = getenv("VACCEL_EXEC_DLCLOSE_ENABLED");

    if (value)
        return value;
    value = getenv("VACCEL_EXEC_DLCLOSE");
    if (value)
        vaccel_warn("[exec] VACCEL_EXEC_DLCLOSE is an old name: set VACCEL_EXEC_DLCLOSE_ENABLED");
    return value;
}

static void read_dlclose(struct settings *settings)
{
    const char *value = dlclose_setting();

    settings->unload_after_exec = false;
    settings->unload_resources = true;
    if (!value)
        return;
    if (!strcmp(value, "1") || !strcmp(value, "true"))
        settings->unload_after_exec = true;
    else if (!strcmp(value, "0") || !strcmp(value, "false"))
        settings->unload_resources = false;
    else
        vaccel_warn("[exec] VACCEL_EXEC_DLCLOSE_ENABLED is \"%s\", which is neither 0 nor 1: "
                    "ignored",
                    value);
}

static void read_dlopen_mode(struct settings *settings)
{
    const char *value = getenv("VACCEL_EXEC_DLOPEN_MODE");

    settings->dlopen_mode = RTLD_NOW;
    if (value && !strcmp(value, "lazy"))
        settings->dlopen_mode = RTLD_LAZY;
    else if (value && strcmp(value, "now") != 0)
        vaccel_warn("[exec] VACCEL_EXEC_DLOPEN_MODE is \"%s\", which is neither now nor lazy: "
                    "ignored",
                    value);
}

void settings_read(struct settings *settings)
{
    read_dlclose(settings);
    read_dlopen_mode(settings);
}
