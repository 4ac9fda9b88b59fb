/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/worker/policy.h"
#include "agent/worker/worker.h"
#include "core/session.h"
#include "vaccel.h"

#if WITH_CURL
#include <curl/curl.h>
#endif

/* Code for an accelerator is a kernel; code for this processor has all that the worker may do. */
static bool runs_kernels(const struct vaccel_plugin *plugin)
{
    return plugin && plugin->info->type & (VACCEL_PLUGIN_GPU | VACCEL_PLUGIN_FPGA);
}

static int allow(bool allowed, const char *what, const char *option)
{
    if (allowed)
        return VACCEL_OK;
    vaccel_error("%s is not allowed here: the agent's operator has to say %s", what, option);
    return VACCEL_EACCES;
}

int policy_check_operation(const struct vaccel_session *sess, int32_t op)
{
    const struct session_core *core = core_load(&sess->core);

    if (op == VACCEL_OP_EXEC)
        return allow(worker.settings.allow_exec, "exec", "--allow-exec");
    if (op != VACCEL_OP_EXEC_WITH_RESOURCE)
        return VACCEL_OK;
    if (runs_kernels(session_dispatch(core)->owner[op]))
        return allow(worker.settings.allow_kernels, "a kernel", "--allow-kernels");
    return allow(worker.settings.allow_exec, "exec_with_resource", "--allow-exec");
}

#if WITH_CURL

static bool host_listed(const char *host)
{
    size_t i;

    for (i = 0; i < worker.settings.nr_hosts; i++)
        if (!strcasecmp(worker.settings.hosts[i], host))
            return true;
    vaccel_error("the agent fetches nothing from %s: its operator would have to list it (setting "
                 "hosts)",
                 host);
    return false;
}

int policy_check_url(const char *url)
{
    CURLU *parsed = curl_url();
    char *host = NULL;
    int ret = VACCEL_EACCES;

    if (parsed && curl_url_set(parsed, CURLUPART_URL, url, 0) == CURLUE_OK &&
        curl_url_get(parsed, CURLUPART_HOST, &host, 0) == CURLUE_OK) {
        if (host_listed(host))
            ret = VACCEL_OK;
    } else {
        vaccel_error("'%s' is no URL", url);
    }
    curl_free(host);
    curl_url_cleanup(parsed);
    return ret;
}

#else

int policy_check_url(const char *url)
{
    vaccel_error("the agent fetches nothing: it was built without libcurl, and cannot have %s",
                 url);
    return VACCEL_EACCES;
}

#endif
