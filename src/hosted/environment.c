/* SPDX-License-Identifier: Apache-2.0 */
#include "platform/platform.h"
#include "vaccel/config.h"
#include "vaccel/error.h"
#include "vaccel/log.h"

#include <stdio.h>
#include <stdlib.h>

/* Said at any level: nothing was configured yet when this is read. */
static void warn_of_old_name(const char *old_name, const char *name)
{
    char line[128];

    snprintf(line, sizeof(line), "%s is an old name: use %s", old_name, name);
    platform_log(VACCEL_LOG_WARN, line);
}

static const char *read_variable(const char *name, const char *old_name)
{
    const char *value = secure_getenv(name);

    if (!value && old_name) {
        value = secure_getenv(old_name);
        if (value)
            warn_of_old_name(old_name, name);
    }
    return value && value[0] ? value : NULL;
}

static bool read_bool(const char *name, const char *old_name)
{
    const char *value = read_variable(name, old_name);
    unsigned long number;
    char *end;

    if (!value)
        return false;
    number = strtoul(value, &end, 10);
    if (end == value)
        vaccel_error("%s is '%s', which is no number: 0 is used", name, value);
    return number != 0;
}

static vaccel_log_level_t read_level(const char *name, const char *old_name)
{
    const char *value = read_variable(name, old_name);
    unsigned long level;
    char *end;

    if (!value)
        return VACCEL_LOG_ERROR;
    level = strtoul(value, &end, 10);
    if (end != value && !*end && level < VACCEL_LOG_MAX)
        return level ? (vaccel_log_level_t)level : VACCEL_LOG_ERROR;
    vaccel_error("%s is '%s', which is no level: it must be 1 (error) to 4 (debug); 1 is used",
                 name, value);
    return VACCEL_LOG_ERROR;
}

int vaccel_config_init_from_env(struct vaccel_config *config)
{
    if (!config) {
        vaccel_error("no configuration given: pass the address of one, not NULL");
        return VACCEL_EINVAL;
    }
    return vaccel_config_init(config, read_variable("VACCEL_PLUGINS", "VACCEL_BACKENDS"),
                              read_level("VACCEL_LOG_LEVEL", "VACCEL_DEBUG_LEVEL"),
                              read_variable("VACCEL_LOG_FILE", NULL),
                              read_bool("VACCEL_PROFILING_ENABLED", NULL),
                              read_bool("VACCEL_VERSION_IGNORE", "VACCEL_IGNORE_VERSION"));
}

int vaccel_config_from_env(struct vaccel_config **config)
{
    struct vaccel_config read;
    int error;

    if (!config) {
        vaccel_error("nowhere to put the configuration: pass the address of a pointer");
        return VACCEL_EINVAL;
    }
    error = vaccel_config_init_from_env(&read);
    if (error)
        return error;
    error = vaccel_config_from(config, &read);
    vaccel_config_release(&read);
    return error;
}
