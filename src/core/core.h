/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_CORE_H
#define CORE_CORE_H

#include <stdbool.h>
#include <stddef.h>

struct vaccel_plugin;

/* Whether the library is initialised. Who adds to a list asks under the registry's lock. */
bool core_is_initialized(void);

/* Log that the library is not initialised, and return @error. */
int core_not_initialized(int error);

/* The path of the run directory, whether or not it exists yet; "" if not initialised. */
const char *core_rundir_path(void);
/* Make the run directory if that was not done yet. */
int core_make_rundir(void);
/* Make @path, a directory within the run directory; that it exists is no error. */
int core_make_subdirectory(const char *path);

/* At the end of the process: as vaccel_cleanup(), but never touch a struct that its owner left behind. */
void core_end_of_process(void);

/*
 * Loading of plugins, which only a host can do (src/hosted). A guest has its plugins linked in.
 * plugin_loader_load() is vaccel_plugin_load() while the library is being initialised.
 */
int plugin_loader_load_list(const char *list, bool ignore_version);
void plugin_loader_unload(struct vaccel_plugin *plugin);

#endif
