/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/worker/fault.h"
#include "agent/log.h"
#include "agent/worker/worker.h"
#include "vaccel.h"

#include <time.h>
#include <unistd.h>

enum { GRACE_MS = 250 };

static atomic_uint running;

/* Without a word to the plugin, as what it would end is broken. */
_Noreturn static void leave(void)
{
    const struct timespec moment = {.tv_nsec = 1000000};
    int i;

    for (i = 0; i < GRACE_MS && atomic_load(&running); i++)
        nanosleep(&moment, NULL);
    _exit(WORKER_FAULTY);
}

/* What comes behind the fault has no answer from this worker; the broker tells who sent it. */
void fault_begin(void)
{
    if (vaccel_plugin_fault_said())
        leave();
    atomic_fetch_add(&running, 1);
}

void fault_tell(void)
{
    static atomic_bool is_told;
    const char *said = vaccel_plugin_fault_said();

    if (!said || atomic_exchange(&is_told, true))
        return;
    agent_error("%s: it can do nothing more in this worker, which ends", said);
    worker_tell_fault();
}

void fault_end(void)
{
    atomic_fetch_sub(&running, 1);
    if (vaccel_plugin_fault_said())
        leave();
}
