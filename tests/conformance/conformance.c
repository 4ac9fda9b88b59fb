/* SPDX-License-Identifier: Apache-2.0 */
#include "agent.h"
#include "kit.h"

#include <unistd.h>

const struct transport *transport;
struct vaccel_session local, remote;

enum { SKIPPED = 77 };

/* A plugin of tests/plugins/ by its path, another by its name. */
static void add_plugin(char *list, size_t size, const char *name)
{
    size_t used = strlen(list);
    char path[512];

    snprintf(path, sizeof(path), "%s/libvaccel-%s.so", TEST_PLUGIN_DIR, name);
    snprintf(list + used, size - used, "%s%s", used ? ":" : "", access(path, R_OK) ? name : path);
}

static int bootstrap(void)
{
    char plugins[4096] = "";
    struct vaccel_config config = {.plugins = plugins, .log_level = VACCEL_LOG_ERROR};

    add_plugin(plugins, sizeof(plugins), "digest");
    add_plugin(plugins, sizeof(plugins), "mirror");
    if (transport->plugin)
        add_plugin(plugins, sizeof(plugins), transport->plugin);
    return vaccel_bootstrap_with_config(&config);
}

uint32_t remote_hint(uint32_t types)
{
    return types | (transport->plugin ? VACCEL_PLUGIN_REMOTE : 0);
}

int remote_begin(struct vaccel_session *sess, uint32_t types)
{
    return vaccel_session_init(sess, remote_hint(types));
}

int kit_begin(void **state)
{
    (void)state;
    return bootstrap() || vaccel_session_init(&local, 0) || remote_begin(&remote, 0);
}

int kit_end(void **state)
{
    (void)state;
    return vaccel_cleanup();
}

void fill(void *data, size_t size, unsigned int seed)
{
    unsigned char *bytes = data;

    for (size_t i = 0; i < size; i++)
        bytes[i] = (unsigned char)((i * 31 + (i >> 8) * 7 + (i >> 16)) ^ seed);
}

static int compare_backwards(const unsigned char *in, const unsigned char *out, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (out[i] != in[size - 1 - i])
            return -1;
    return 0;
}

int mirror(struct vaccel_session *sess, size_t size, unsigned int seed)
{
    unsigned char *in = malloc(size + 1);
    unsigned char *out = malloc(size + 1);
    struct vaccel_arg read = ARG(RAW, size ? in : NULL, size);
    struct vaccel_arg write = ARG(RAW, size ? out : NULL, size);
    int ret;

    if (!in || !out)
        abort();
    fill(in, size, seed);
    memset(out, 0x55, size + 1);
    ret = vaccel_call(sess, "mirror.copy", &read, 1, &write, 1);
    if (ret == VACCEL_OK)
        ret = compare_backwards(in, out, size);
    if (write.size != size || out[size] != 0x55)
        ret = -1;
    free(in);
    free(out);
    return ret;
}

struct count count_in(struct vaccel_session *sess)
{
    struct count count = {-1, -1};
    struct vaccel_arg write[] = {ARG(INT64, &count.sessions, sizeof(int64_t)),
                                 ARG(INT64, &count.registrations, sizeof(int64_t))};

    assert_int_equal(vaccel_call(sess, "mirror.count", NULL, 0, write, 2), 0);
    return count;
}

static int run_all(void)
{
    int failures = operation_cases() + argument_cases() + output_cases() + error_cases() +
                   resource_cases() + session_cases() + thread_cases() + life_cases();

    return failures ? EXIT_FAILURE : EXIT_SUCCESS;
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
