/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VACCEL_CONFIG_H
#define VACCEL_CONFIG_H

#include "log.h"

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * What bootstrap needs to know. The library copies it there; a change of the struct afterwards has
 * no effect. A struct that two threads change at once needs the application's own lock.
 */
struct vaccel_config {
    char *plugins;                /* names or paths of libraries, separated by ':'; NULL for none */
    vaccel_log_level_t log_level; /* ERROR unless set; 0 means ERROR as well */
    char *log_file;               /* see vaccel_config_init() */
    bool profiling_enabled;       /* measure the operations */
    bool version_ignore;          /* load plugins made for another major version */
};

/*
 * Make a configuration.
 * @config     struct to fill; what it held is not freed
 * @plugins    copied; may be NULL
 * @log_level  show this level and those above it
 * @log_file   copied. "name" sends the log to ./name-YYYY-MM-DD.log, a new file each day,
 *             and nothing to stderr; a path in front is kept. NULL, "", "/dev/stderr"
 *             and "/dev/stdout": the log goes to stderr
 * Returns EINVAL (@config NULL, no such level), ENOMEM; then @config is untouched.
 */
int vaccel_config_init(struct vaccel_config *config, const char *plugins,
                       vaccel_log_level_t log_level, const char *log_file, bool profiling_enabled,
                       bool version_ignore);

/*
 * Make a configuration from the environment. On a host only; of a program with the rights of
 * another user or group (set-user-ID) the environment is ignored.
 *   VACCEL_PLUGINS, VACCEL_LOG_LEVEL (1 error, 2 warn, 3 info, 4 debug), VACCEL_LOG_FILE,
 *   VACCEL_PROFILING_ENABLED, VACCEL_VERSION_IGNORE (a number; 0 is false)
 * An empty value means the default. What is no number, or no level, is reported and the default
 * used. The names VACCEL_BACKENDS, VACCEL_DEBUG_LEVEL and VACCEL_IGNORE_VERSION of older
 * releases are read, with a warning, where the new one is not set.
 * Returns EINVAL (NULL), ENOMEM; then @config is untouched.
 */
int vaccel_config_init_from_env(struct vaccel_config *config);

/*
 * Make a copy of @config_src. Returns EINVAL (NULL, no such level), ENOMEM; then @config is
 * untouched.
 */
int vaccel_config_init_from(struct vaccel_config *config, struct vaccel_config *config_src);

/* Free the strings and set the defaults: no plugins, ERROR, no file, false. EINVAL for NULL. */
int vaccel_config_release(struct vaccel_config *config);

/* The three inits, on a struct that the library allocates. *@config is left alone on error. */
int vaccel_config_new(struct vaccel_config **config, const char *plugins,
                      vaccel_log_level_t log_level, const char *log_file, bool profiling_enabled,
                      bool version_ignore);
int vaccel_config_from_env(struct vaccel_config **config);
int vaccel_config_from(struct vaccel_config **config, struct vaccel_config *config_src);

/* As vaccel_config_release(), and free the struct. Only for structs allocated here. */
int vaccel_config_delete(struct vaccel_config *config);

/* Write the configuration to the log, level DEBUG. Nothing for NULL. */
void vaccel_config_print_debug(struct vaccel_config *config);

#ifdef __cplusplus
}
#endif

#endif
