/* SPDX-License-Identifier: Apache-2.0 */
#include "agent.h"
#include "kit.h"

#include <unistd.h>

enum { SKIPPED = 77 };

/* A plugin of tests/plugins/ by its path, another by its name. */
static void add_plugin(char *list, size_t size, const char *name)
{
    size_t used = strlen(list);
    char path[512];

    snprintf(path, sizeof(path), "%s/libvaccel-%s.so", TEST_PLUGIN_DIR, name);
    snprintf(list + used, size - used, "%s%s", used ? ":" : "", access(path, R_OK) ? name : path);
}

int kit_bootstrap(void)
{
    char plugins[4096] = "";
    struct vaccel_config config = {.plugins = plugins, .log_level = VACCEL_LOG_ERROR};

    add_plugin(plugins, sizeof(plugins), "digest");
    add_plugin(plugins, sizeof(plugins), "mirror");
    if (transport->plugin)
        add_plugin(plugins, sizeof(plugins), transport->plugin);
    return vaccel_bootstrap_with_config(&config);
}

static int run_all(void)
{
    static const struct group groups[] = {
        {"written", written_cases, NULL},
        {"threads", thread_cases, NULL},
        {"children", children_cases, NULL},
    };

    return kit_run(groups, sizeof(groups) / sizeof(groups[0])) ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int run_with_agent(void)
{
    const char *plugins =
        TEST_PLUGIN_DIR "/libvaccel-digest.so:" TEST_PLUGIN_DIR "/libvaccel-mirror.so";
    const char *const options[] = {"--plugins", plugins, "--allow-exec", NULL};
    const char *missing = agent_cannot(transport->address);
    struct agent agent;
    int failed;

    if (missing) {
        printf("%s: %s\n", transport->address, missing);
        return SKIPPED;
    }
    if (agent_start(&agent, transport->address, options))
        return EXIT_FAILURE;
    setenv("VACCEL_RPC_ADDRESS", agent.address, 1);
    failed = run_all();
    return agent_stop(&agent) ? EXIT_FAILURE : failed;
}

int conformance(const struct transport *tested)
{
    transport = tested;
    return transport->address ? run_with_agent() : run_all();
}
