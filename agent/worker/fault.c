/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/worker/fault.h"
#include "agent/log.h"
#include "agent/worker/worker.h"
#include "vaccel.h"

#include <unistd.h>

void fault_tell(void)
{
    static atomic_bool is_told;
    const char *said = vaccel_plugin_fault_said();

    if (!said || atomic_exchange(&is_told, true))
        return;
    agent_error("%s: it can do nothing more in this worker, which ends", said);
    worker_tell_fault();
}

/* Without a word to the plugin, as what it would end is broken. */
void fault_end(void)
{
    if (vaccel_plugin_fault_said())
        _exit(WORKER_FAULTY);
}
