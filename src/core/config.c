/* SPDX-License-Identifier: Apache-2.0 */
#include "vaccel/config.h"
#include "platform/platform.h"
#include "platform/text.h"
#include "vaccel/error.h"
#include "vaccel/log.h"

static const struct vaccel_config defaults = {NULL, VACCEL_LOG_ERROR, NULL, false, false};

static int no_config(void)
{
    vaccel_error("no configuration given: pass the address of one, not NULL");
    return VACCEL_EINVAL;
}

static int out_of_memory(void)
{
    vaccel_error("no memory for a configuration");
    return VACCEL_ENOMEM;
}

/* A struct that is zero but for what its author cared about shall work. */
static int check_level(vaccel_log_level_t *level)
{
    if ((int)*level == 0)
        *level = VACCEL_LOG_ERROR;
    if ((int)*level >= VACCEL_LOG_ERROR && *level < VACCEL_LOG_MAX)
        return VACCEL_OK;
    vaccel_error("log level %d does not exist: it must be 1 (error) to 4 (debug)", (int)*level);
    return VACCEL_EINVAL;
}

static void free_strings(struct vaccel_config *config)
{
    platform_free(config->plugins);
    platform_free(config->log_file);
}

static int copy_strings(struct vaccel_config *config, const char *plugins, const char *log_file)
{
    if (plugins)
        config->plugins = text_copy(plugins);
    if (log_file)
        config->log_file = text_copy(log_file);
    if ((!plugins || config->plugins) && (!log_file || config->log_file))
        return VACCEL_OK;
    free_strings(config);
    return out_of_memory();
}

int vaccel_config_init(struct vaccel_config *config, const char *plugins,
                       vaccel_log_level_t log_level, const char *log_file, bool profiling_enabled,
                       bool version_ignore)
{
    struct vaccel_config made = {NULL, log_level, NULL, profiling_enabled, version_ignore};
    int error;

    if (!config)
        return no_config();
    error = check_level(&made.log_level);
    if (!error)
        error = copy_strings(&made, plugins, log_file);
    if (!error)
        *config = made;
    return error;
}

int vaccel_config_init_from(struct vaccel_config *config, struct vaccel_config *config_src)
{
    if (!config_src)
        return no_config();
    return vaccel_config_init(config, config_src->plugins, config_src->log_level,
                              config_src->log_file, config_src->profiling_enabled,
                              config_src->version_ignore);
}

int vaccel_config_release(struct vaccel_config *config)
{
    if (!config)
        return no_config();
    free_strings(config);
    *config = defaults;
    return VACCEL_OK;
}

int vaccel_config_new(struct vaccel_config **config, const char *plugins,
                      vaccel_log_level_t log_level, const char *log_file, bool profiling_enabled,
                      bool version_ignore)
{
    struct vaccel_config *made;
    int error;

    if (!config)
        return no_config();
    made = platform_alloc(sizeof(*made));
    if (!made)
        return out_of_memory();
    error =
        vaccel_config_init(made, plugins, log_level, log_file, profiling_enabled, version_ignore);
    if (error)
        platform_free(made);
    else
        *config = made;
    return error;
}

int vaccel_config_from(struct vaccel_config **config, struct vaccel_config *config_src)
{
    if (!config_src)
        return no_config();
    return vaccel_config_new(config, config_src->plugins, config_src->log_level,
                             config_src->log_file, config_src->profiling_enabled,
                             config_src->version_ignore);
}

int vaccel_config_delete(struct vaccel_config *config)
{
    int error = vaccel_config_release(config);

    platform_free(config);
    return error;
}

void vaccel_config_print_debug(struct vaccel_config *config)
{
    if (!config)
        return;
    vaccel_debug("Configuration:");
    vaccel_debug("  plugins = %s", config->plugins ? config->plugins : "(none)");
    vaccel_debug("  log_level = %s", vaccel_log_level_to_base_str(config->log_level));
    vaccel_debug("  log_file = %s", config->log_file ? config->log_file : "(none)");
    vaccel_debug("  profiling_enabled = %s", config->profiling_enabled ? "true" : "false");
    vaccel_debug("  version_ignore = %s", config->version_ignore ? "true" : "false");
}
