/* SPDX-License-Identifier: Apache-2.0 */
#include "kit.h"

const struct transport *transport;
struct vaccel_session local, remote;

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
    return kit_bootstrap() || vaccel_session_init(&local, 0) || remote_begin(&remote, 0);
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

static int run_groups(const struct group *groups, size_t count)
{
    int failed = 0;

    for (size_t i = 0; i < count; i++) {
        if (groups[i].why_not)
            printf("# left out: %s: %s\n", groups[i].name, groups[i].why_not);
        else
            failed += groups[i].run();
    }
    return failed;
}

int kit_run(const struct group *groups, size_t count)
{
    static const struct group everywhere[] = {
        {"operations", operation_cases, NULL},
        {"arguments", argument_cases, NULL},
        {"outputs", output_cases, NULL},
        {"errors", error_cases, NULL},
        {"resources", resource_cases, NULL},
        {"sessions", session_cases, NULL},
        {"life", life_cases, NULL},
        {"models", model_cases, NULL},
    };

    return run_groups(everywhere, sizeof(everywhere) / sizeof(everywhere[0])) +
           run_groups(groups, count);
}
