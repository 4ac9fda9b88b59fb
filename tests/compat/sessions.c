/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions, configuration, log and profiling. */
#include "expect.h"
#include "vaccel.h"

#include <unistd.h>

static void on_the_stack(void)
{
    struct vaccel_session sess;
    struct vaccel_session *found;

    memset(&sess, 0xa5, sizeof(sess)); /* as a stack may be */
    sess.hint = VACCEL_PLUGIN_CPU | VACCEL_PLUGIN_GPU;
    EXPECT(vaccel_session_init(&sess, sess.hint) == VACCEL_OK);
    EXPECT(sess.id > 0 && !sess.is_virtio && sess.hint == 3);
    EXPECT(strcmp(sess.plugin->info->name, "noop") == 0);
    EXPECT(vaccel_session_get_by_id(&found, sess.id) == VACCEL_OK && found == &sess);
    EXPECT(vaccel_noop(&sess) == VACCEL_OK);
    EXPECT(vaccel_session_release(&sess) == VACCEL_OK);
    EXPECT(sess.id == 0 && !sess.plugin && !sess.priv);
    EXPECT(vaccel_session_release(&sess) == VACCEL_EINVAL);
    EXPECT(vaccel_session_get_by_id(&found, 1) == VACCEL_ENOENT);
    EXPECT(vaccel_session_init(&sess, VACCEL_PLUGIN_REMOTE) == VACCEL_ENOTSUP);
    EXPECT(vaccel_session_init(NULL, 0) == VACCEL_EINVAL);
}

static void ids_begin_at_one(void)
{
    struct vaccel_session *sess[3];
    int i;

    for (i = 0; i < 3; i++)
        EXPECT(vaccel_session_new(&sess[i], 0) == VACCEL_OK && sess[i]->id == i + 1);
    for (i = 0; i < 3; i++)
        EXPECT(vaccel_session_delete(sess[i]) == VACCEL_OK);
}

static void by_old_names(void)
{
    struct vaccel_session sess;
    struct vaccel_resource res;
    int number = 1;

    EXPECT(vaccel_sess_init(&sess, 0) == VACCEL_OK);
    EXPECT(vaccel_resource_init_from_buf(&res, &number, sizeof(number), VACCEL_RESOURCE_DATA, NULL,
                                         true) == VACCEL_OK);
    EXPECT(vaccel_sess_update(&sess, VACCEL_PLUGIN_DEBUG) == VACCEL_OK);
    EXPECT(vaccel_session_update(&sess, VACCEL_PLUGIN_GPU) == VACCEL_OK);
    EXPECT(sess.hint == VACCEL_PLUGIN_GPU);
    EXPECT(!vaccel_sess_has_resource(&sess, &res));
    EXPECT(vaccel_resource_register(&res, &sess) == VACCEL_OK);
    EXPECT(vaccel_sess_has_resource(&sess, &res));
    EXPECT(vaccel_sess_update(&sess, VACCEL_PLUGIN_DEBUG) == VACCEL_ENOTSUP);
    EXPECT(vaccel_sess_free(&sess) == VACCEL_OK);
    EXPECT(vaccel_resource_release(&res) == VACCEL_OK);
}

static void configured(void)
{
    struct vaccel_config *config;
    struct vaccel_config copy;

    EXPECT(vaccel_config_new(&config, "libvaccel-noop.so", VACCEL_LOG_WARN, NULL, true, true) ==
           VACCEL_OK);
    EXPECT(vaccel_config_init_from(&copy, config) == VACCEL_OK);
    EXPECT(copy.plugins != config->plugins && strcmp(copy.plugins, config->plugins) == 0);
    EXPECT(vaccel_bootstrap_with_config(config) == VACCEL_OK && vaccel_is_initialized());
    EXPECT(vaccel_config() != config && vaccel_config()->log_level == VACCEL_LOG_WARN);
    EXPECT(vaccel_prof_enabled());
    EXPECT(vaccel_config_delete(config) == VACCEL_OK);
    EXPECT(vaccel_config_release(&copy) == VACCEL_OK);
    EXPECT(!copy.plugins && !copy.profiling_enabled && copy.log_level == VACCEL_LOG_ERROR);
    EXPECT(vaccel_bootstrap_with_config(NULL) == VACCEL_EINVAL);
}

static void profiled(void)
{
    struct vaccel_prof_region region = VACCEL_PROF_REGION_INIT("[app] work");
    struct vaccel_prof_region regions[2];
    char *text = NULL;
    int length;

    EXPECT(vaccel_prof_region_start(&region) == VACCEL_OK);
    EXPECT(vaccel_prof_region_stop(&region) == VACCEL_OK);
    EXPECT(vaccel_prof_region_print(&region) == VACCEL_OK && region.nr_entries == 1);
    EXPECT(vaccel_prof_region_release(&region) == VACCEL_OK);
    EXPECT(vaccel_prof_regions_init(regions, 2) == VACCEL_OK);
    EXPECT(vaccel_prof_regions_start_by_name(regions, 2, "load") == VACCEL_OK);
    EXPECT(vaccel_prof_regions_stop_by_name(regions, 2, "load") == VACCEL_OK);
    length = vaccel_prof_regions_print_all_to_buf(NULL, 0, regions, 2);
    text = malloc((size_t)length);
    EXPECT(vaccel_prof_regions_print_all_to_buf(&text, (size_t)length, regions, 2) == length);
    EXPECT(strncmp(text, "[prof] load: total_time: ", 25) == 0);
    free(text);
    EXPECT(vaccel_prof_regions_release(regions, 2) == VACCEL_OK);
}

#define app_warn(fmt, ...) vaccel_warn("[app] " fmt, ##__VA_ARGS__)

static void logged(void)
{
    app_warn("no argument");
    app_warn("%d argument", 1);
    vaccel_info("not shown"), vaccel_debug("nor %s", "this"), vaccel_trace("nor that");
}

static void cleaned_up(void)
{
    struct vaccel_session sess;

    EXPECT(vaccel_cleanup() == VACCEL_OK && vaccel_cleanup() == VACCEL_OK);
    EXPECT(!vaccel_is_initialized() && !vaccel_rundir() && !vaccel_config());
    EXPECT(vaccel_session_init(&sess, 0) == VACCEL_ESESS);
    EXPECT(vaccel_bootstrap() == VACCEL_OK);
    EXPECT(vaccel_rundir() && access(vaccel_rundir(), W_OK) == 0);
}

void sessions(void)
{
    on_the_stack();
    ids_begin_at_one();
    by_old_names();
    configured();
    profiled();
    logged();
    cleaned_up();
}
