/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/worker/policy.h"
#include "agent/worker/worker.h"
#include "core/session.h"
#include "vaccel.h"

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
