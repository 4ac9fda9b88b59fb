/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VACCEL_CORE_H
#define VACCEL_CORE_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

struct vaccel_config;

/*
 * The library's life. When it is loaded it calls vaccel_bootstrap() itself unless
 * VACCEL_BOOTSTRAP_ENABLED is 0, and at the end of the process it cleans up unless
 * VACCEL_CLEANUP_ENABLED is 0. A bootstrap that fails there never ends the process: the log says
 * why, and the first call that needs the library returns an error.
 *
 * Environment: VACCEL_PLUGINS (what to load, separated by ':'), VACCEL_LOG_LEVEL (1 error to 4
 * debug), VACCEL_LOG_FILE, VACCEL_PROFILING_ENABLED (0 or 1), VACCEL_VERSION_IGNORE (0 or 1: load
 * plugins made for another major version). VACCEL_MODEL_ENGINES is read when a model is loaded
 * (ops/model.h).
 */

/*
 * Initialise from the environment, or anew if that was done before (which first cleans up).
 * Returns ENOMEM, the error of opening the log file, or that of the first plugin that could not be
 * loaded; the library is then not initialised. EBUSY from within an operation: nothing happens.
 */
int vaccel_bootstrap(void);

/* The same from @config, which is copied. Returns also EINVAL (NULL). */
int vaccel_bootstrap_with_config(struct vaccel_config *config);

/*
 * Release what still lives, sessions and resources included (their structs must still exist), wait
 * for the calls that run, unload the plugins, remove the run directory. Returns OK also if the
 * library is not initialised; EBUSY from within an operation.
 */
int vaccel_cleanup(void);

/* Whether a bootstrap succeeded and no cleanup has begun since. */
bool vaccel_is_initialized(void);

/*
 * The directory for this process's files, made by the first call. NULL if the library is not
 * initialised, the directory cannot be made, calls are nested too deeply, or there is no memory.
 * Valid until cleanup.
 */
const char *vaccel_rundir(void);

/* The configuration in force; NULL if the library is not initialised. Valid until cleanup. */
const struct vaccel_config *vaccel_config(void);

#ifdef __cplusplus
}
#endif

#endif
