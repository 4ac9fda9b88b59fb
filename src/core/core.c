/* SPDX-License-Identifier: Apache-2.0 */
#include "core/core.h"
#include "core/error_text.h"
#include "core/log.h"
#include "core/marks.h"
#include "core/plugins.h"
#include "core/prof.h"
#include "core/registry.h"
#include "core/resource.h"
#include "core/session.h"
#include "platform/text.h"
#include "vaccel.h"

/* The library's life: initialised, then cleaned up, any number of times. */

enum { RUNDIR_MAX = 3072 }; /* leaves room in sess->rundir for what comes below it */

/* While it ends nothing new begins, but what lives can be released, also by a plugin's hook. */
enum life { OVER, RUNNING, ENDING };

static struct {
    enum life state; /* changed under the registry's lock */
    bool rundir_made;
    unsigned int generation;
    struct platform_mutex life; /* one thread at a time begins or ends it */
    struct platform_mutex rundir_lock;
    struct vaccel_config config;
    char rundir[RUNDIR_MAX];
} core;

static struct platform_mutex registry;

void registry_lock(void)
{
    platform_lock(&registry);
}

void registry_unlock(void)
{
    platform_unlock(&registry);
}

bool core_is_initialized(void)
{
    return __atomic_load_n(&core.state, __ATOMIC_ACQUIRE) == RUNNING;
}

bool core_is_over(void)
{
    return __atomic_load_n(&core.state, __ATOMIC_ACQUIRE) == OVER;
}

static void set_state(enum life state)
{
    registry_lock();
    __atomic_store_n(&core.state, state, __ATOMIC_RELEASE);
    registry_unlock();
}

int core_not_initialized(int error)
{
    vaccel_error("vAccel is not initialised: call vaccel_bootstrap(), or see above why it failed");
    return error;
}

int core_enter(void)
{
    int ret = marks_enter(&core, NULL);

    if (ret != VACCEL_OK || core_is_initialized())
        return ret;
    marks_leave();
    return core_not_initialized(VACCEL_EPERM);
}

void core_leave(void)
{
    marks_leave();
}

/* A name of its own for the run directory, which is made only when something needs it. */
static void name_rundir(void)
{
    char base[RUNDIR_MAX - 32];
    unsigned long long random;

    core.rundir_made = false;
    core.rundir[0] = '\0';
    if (platform_run_base(base, sizeof(base)) != VACCEL_OK)
        return;
    platform_random(&random, sizeof(random));
    text_format(core.rundir, sizeof(core.rundir), "%s/%llx", base, random);
}

unsigned int core_generation(void)
{
    return core.generation;
}

void core_forked(void)
{
    core.generation++;
    core.rundir_lock = (struct platform_mutex){0};
    if (core.rundir[0])
        name_rundir();
    if (marks_mine(&core, NULL))
        return;
    core.life = (struct platform_mutex){0};
    if (core.state == ENDING)
        core.state = OVER;
}

const char *core_rundir_path(void)
{
    return core.rundir;
}

static int make_rundir(void)
{
    char *slash = core.rundir;
    char *c;
    int ret;

    for (c = core.rundir; *c; c++)
        if (*c == '/')
            slash = c;
    *slash = '\0';
    ret = platform_directory_make(core.rundir, true);
    *slash = '/';
    if (ret == VACCEL_OK || ret == VACCEL_EEXIST)
        ret = platform_directory_make(core.rundir, false);
    return ret;
}

int core_make_rundir(void)
{
    int ret = VACCEL_OK;

    platform_lock(&core.rundir_lock);
    if (!core.rundir[0])
        ret = VACCEL_ENOENT;
    else if (!core.rundir_made)
        ret = make_rundir();
    core.rundir_made = core.rundir_made || ret == VACCEL_OK;
    platform_unlock(&core.rundir_lock);
    if (ret != VACCEL_OK)
        vaccel_error("the run directory '%s' cannot be made (%s): set XDG_RUNTIME_DIR to a "
                     "directory that can be written",
                     core.rundir, error_text(ret));
    return ret;
}

int core_make_subdirectory(const char *path)
{
    int ret = core_make_rundir();

    if (ret != VACCEL_OK)
        return ret;
    ret = platform_directory_make(path, false);
    if (ret == VACCEL_EEXIST)
        ret = VACCEL_OK;
    if (ret != VACCEL_OK)
        vaccel_error("the directory %s cannot be made: %s", path, error_text(ret));
    return ret;
}

const char *vaccel_rundir(void)
{
    const char *path = NULL;

    if (core_enter() != VACCEL_OK)
        return NULL;
    if (core_make_rundir() == VACCEL_OK)
        path = core.rundir;
    core_leave();
    return path;
}

bool vaccel_is_initialized(void)
{
    return core_is_initialized();
}

const struct vaccel_config *core_config(void)
{
    return &core.config;
}

const struct vaccel_config *vaccel_config(void)
{
    return core_is_initialized() ? &core.config : NULL;
}

/* Those that another thread is ending are waited for. */
static void end_all(bool (*end_any)(bool *left))
{
    unsigned int attempt = 0;
    bool left = true;

    while (left)
        if (!end_any(&left) && left)
            platform_pause(attempt++);
}

static void unload_plugins(void)
{
    struct vaccel_plugin *plugin;

    while ((plugin = plugins_last()))
        plugin_unload(plugin);
    dispatch_clear();
}

/* What is left when neither session nor resource is alive. */
static void tear_down(void)
{
    prof_print_operations();
    unload_plugins();
    sessions_forget();
    resources_forget();
    if (core.rundir_made)
        platform_directory_remove(core.rundir);
    core.rundir_made = false;
    core.rundir[0] = '\0';
    vaccel_config_release(&core.config);
    prof_set_enabled(false);
    vaccel_log_shutdown();
}

/* The calling thread has the life's lock. */
static void end(void)
{
    if (core_is_over())
        return;
    set_state(ENDING);
    marks_wait(&core, NULL);
    end_all(session_end_any);
    end_all(resource_end_any);
    set_state(OVER);
    tear_down();
}

/* The calling thread has the life's lock. @config is now the library's. */
static int begin(void)
{
    int ret;

    ret = log_start((int)core.config.log_level, core.config.log_file);
    vaccel_config_print_debug(&core.config);
    prof_set_enabled(core.config.profiling_enabled);
    name_rundir();
    if (ret == VACCEL_OK && core.config.plugins)
        ret = plugin_load_list(core.config.plugins, core.config.version_ignore);
    if (ret != VACCEL_OK) {
        tear_down();
        return ret;
    }
    set_state(RUNNING);
    return VACCEL_OK;
}

/* End what there is and begin with @config, which is taken over; NULL: do not begin. */
static int restart(struct vaccel_config *config)
{
    int ret;

    if (marks_mine(NULL, NULL)) {
        vaccel_error("the library cannot be cleaned up from within an operation or a plugin's "
                     "hook");
        return VACCEL_EBUSY;
    }
    platform_lock(&core.life);
    ret = marks_enter(&core, NULL);
    if (ret == VACCEL_OK) {
        end();
        if (config) {
            core.config = *config;
            *config = (struct vaccel_config){0};
            ret = begin();
        }
        marks_leave();
    }
    platform_unlock(&core.life);
    return ret;
}

int vaccel_bootstrap_with_config(struct vaccel_config *config)
{
    struct vaccel_config copy;
    int ret = vaccel_config_init_from(&copy, config);

    if (ret != VACCEL_OK)
        return ret;
    ret = restart(&copy);
    vaccel_config_release(&copy);
    return ret;
}

int vaccel_bootstrap(void)
{
    struct vaccel_config config;
    int ret = vaccel_config_init_from_env(&config);

    if (ret != VACCEL_OK)
        return ret;
    ret = vaccel_bootstrap_with_config(&config);
    vaccel_config_release(&config);
    return ret;
}

int vaccel_cleanup(void)
{
    return restart(NULL);
}

/*
 * A session that its owner never released may lie on a stack that is gone, and a thread in a call
 * may never come back: then the plugins are left alone, and only the files go.
 */
void core_end_of_process(void)
{
    if (!core_is_initialized())
        return;
    if (!sessions_alive() && !resources_alive() && !marks_any()) {
        vaccel_cleanup();
        return;
    }
    set_state(OVER);
    prof_print_operations();
    if (core.rundir_made)
        platform_directory_remove(core.rundir);
}
