/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WORKER_WORKER_H
#define WORKER_WORKER_H

#include "agent/control.h"
#include "agent/settings.h"

#include <stdatomic.h>

/* What all connections of a worker share. */
struct worker {
    struct settings settings;
    struct ledger *ledger;
    atomic_bool draining; /* nothing new is begun */
};

extern struct worker worker;

/* Tell the broker that the connection in @slot is no more. */
void worker_tell_closed(unsigned int slot);

#endif
