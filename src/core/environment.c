/* SPDX-License-Identifier: Apache-2.0 */
#include "platform/platform.h"
#include "platform/text.h"
#include "vaccel/config.h"
#include "vaccel/error.h"
#include "vaccel/log.h"

/* Said at any level: nothing was configured yet when this is read. */
static void warn_of_old_name(const char *old_name, const char *name)
{
    char line[128];

    text_format(line, sizeof(line), "%s is an old name: use %s", old_name, name);
    platform_log(VACCEL_LOG_WARN, line);
}

static const char *read_variable(const char *name, const char *old_name)
{
    const char *value = platform_environment(name);

    if (!value && old_name) {
        value = platform_environment(old_name);
        if (value)
            warn_of_old_name(old_name, name);
    }
    return value && value[0] ? value : NULL;
}

/* The number that @text begins with, in *@rest what follows it; false if there is no digit. */
static bool read_number(const char *text, unsigned long *number, const char **rest)
{
    const char *digit = text;

    for (*number = 0; *digit >= '0' && *digit <= '9'; digit++)
        if (__builtin_mul_overflow(*number, 10, number) ||
            __builtin_add_overflow(*number, (unsigned long)(*digit - '0'), number))
            *number = ~0ul;
    *rest = digit;
    return digit != text;
}

static bool read_bool(const char *name, const char *old_name)
{
    const char *value = read_variable(name, old_name);
    unsigned long number;
    const char *rest;

    if (!value)
        return false;
    if (!read_number(value, &number, &rest))
        vaccel_error("%s is '%s', which is no number: it must be 0 or 1; 0 is used", name, value);
    return number != 0;
}

static vaccel_log_level_t read_level(const char *name, const char *old_name)
{
    const char *value = read_variable(name, old_name);
    unsigned long level;
    const char *rest;

    if (!value)
        return VACCEL_LOG_ERROR;
    if (read_number(value, &level, &rest) && !*rest && level < VACCEL_LOG_MAX)
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
