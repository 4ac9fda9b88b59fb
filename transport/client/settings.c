/* SPDX-License-Identifier: Apache-2.0 */
#include "client/settings.h"
#include "vaccel.h"

enum {
    LONGEST_MS = 24 * 60 * 60 * 1000,
    LONGEST_SPIN_US = 1000000,
};

struct setting {
    const char *variable;
    const char *unit;
    unsigned int least;
    unsigned int most;
    unsigned int otherwise;
};

/* Digits alone. False: it is no such number, or above @most. */
static bool parse(const char *text, unsigned int most, unsigned int *value)
{
    unsigned long long sum = 0;

    if (!*text)
        return false;
    for (; *text >= '0' && *text <= '9' && sum <= most; text++)
        sum = sum * 10 + (unsigned int)(*text - '0');
    *value = (unsigned int)sum;
    return !*text && sum <= most;
}

static int read(const struct setting *setting, unsigned int *value)
{
    const char *text = platform_environment(setting->variable);

    *value = setting->otherwise;
    if (!text || (parse(text, setting->most, value) && *value >= setting->least))
        return VACCEL_OK;
    vaccel_error("%s is '%s': it must be a number of %s from %u to %u", setting->variable, text,
                 setting->unit, setting->least, setting->most);
    return VACCEL_EINVAL;
}

int settings_read(struct connection_settings *settings)
{
    static const struct setting list[] = {
        {"VACCEL_RPC_CONNECT_TIMEOUT", "milliseconds", 1, LONGEST_MS, 5000},
        {"VACCEL_RPC_TIMEOUT", "milliseconds", 0, LONGEST_MS, 0},
        {"VACCEL_RPC_KEEPALIVE", "milliseconds", 3, LONGEST_MS, 15000},
        {"VACCEL_RPC_SPIN", "microseconds", 0, LONGEST_SPIN_US, 50},
    };
    unsigned int *const values[] = {&settings->connect_ms, &settings->call_ms,
                                    &settings->keepalive_ms, &settings->spin_us};
    int ret = VACCEL_OK;
    size_t i;

    for (i = 0; i < sizeof(list) / sizeof(list[0]) && ret == VACCEL_OK; i++)
        ret = read(&list[i], values[i]);
    return ret;
}
