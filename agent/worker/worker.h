/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WORKER_WORKER_H
#define WORKER_WORKER_H

#include "agent/control.h"
#include "agent/settings.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* What all connections of a worker share. */
struct worker {
    struct settings settings;
    struct ledger *ledger;
    atomic_bool draining; /* nothing new is begun */
};

extern struct worker worker;

/* Tell the broker that the connection in @slot is no more. */
void worker_tell_closed(unsigned int slot);

uint64_t monotonic_ns(void);
uint64_t monotonic_ms(void);

/* Begin a thread that nobody waits for. False: none can be had. */
bool thread_start(void *(*run)(void *context), void *context);

#endif
