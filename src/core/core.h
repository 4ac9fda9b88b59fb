/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_CORE_H
#define CORE_CORE_H

#include <stdbool.h>
#include <stddef.h>

struct vaccel_config;
struct vaccel_plugin;

/* Whether the library is initialised. Who adds to a list asks under the registry's lock. */
bool core_is_initialized(void);
/* Neither that nor being cleaned up: there is nothing that could be released. */
bool core_is_over(void);
/*
 * For a call that needs the library but no session: keep it from being cleaned up. On success
 * core_leave() must follow. Returns EPERM, or what marks_enter() returned.
 */
int core_enter(void);
void core_leave(void);
/* The settings, for a thread that has entered: they stay although another one begins to clean up. */
const struct vaccel_config *core_config(void);

/* Log that the library is not initialised, and return @error. */
int core_not_initialized(int error);

/* The path of the run directory, whether or not it exists yet; "" if not initialised. */
const char *core_rundir_path(void);
/* Make the run directory if that was not done yet. */
int core_make_rundir(void);
/* In a child process: name a run directory of its own, and free locks of threads that are gone. */
void core_forked(void);
/* Counts the forks on the way to this process: what has another number, an ancestor made. */
unsigned int core_generation(void);
/* Make @path, a directory within the run directory; that it exists is no error. */
int core_make_subdirectory(const char *path);

/*
 * At the end of the process: as vaccel_cleanup(), but never touch a struct that its owner left
 * behind.
 */
void core_end_of_process(void);

/* Load the plugins of a list, separated by ':'; also while the library is being initialised. */
int plugin_load_list(const char *list, bool ignore_version);
void plugin_unload(struct vaccel_plugin *plugin);

#endif
