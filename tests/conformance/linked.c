/* SPDX-License-Identifier: Apache-2.0 */
/* Of programs that have the plugins for local sessions linked in, and the transport. */
#include "kit.h"

#include "linked_plugins.h"

extern const struct vaccel_plugin *vaccel_plugin_digest, *vaccel_plugin_mirror;

const struct vaccel_plugin *const *const linked_plugins[] = {
    (const struct vaccel_plugin *const *)&vaccel_plugin_digest,
    (const struct vaccel_plugin *const *)&vaccel_plugin_mirror,
    NULL,
};

int kit_bootstrap(void)
{
    char plugins[] = "digest:mirror:rpc";
    struct vaccel_config config = {.plugins = plugins, .log_level = VACCEL_LOG_ERROR};

    return vaccel_bootstrap_with_config(&config);
}
