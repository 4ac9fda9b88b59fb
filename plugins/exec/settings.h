/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXEC_SETTINGS_H
#define EXEC_SETTINGS_H

#include <stdbool.h>

/* What the operator says in the environment; read once, when the plugin is loaded. */
struct settings {
    int dlopen_mode;
    bool unload_after_exec;
    bool unload_resources;
};

void settings_read(struct settings *settings);

#endif
