/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WORKER_WORKER_H
#define WORKER_WORKER_H

#include "agent/control.h"
#include "agent/settings.h"

#include <pthread.h>
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

/* Tell the broker that the worker is about to end: it gets no more clients. */
void worker_tell_fault(void);

uint64_t monotonic_ns(void);
uint64_t monotonic_ms(void);

/* A condition to be waited for by wait_until(), to a moment on the monotonic clock in ms; 0: for ever. */
void monotonic_condition(pthread_cond_t *condition);
/* False: it is later than @until. */
bool wait_until(pthread_cond_t *condition, pthread_mutex_t *lock, uint64_t until);

/* Begin a thread that nobody waits for. False: none can be had. */
bool thread_start(void *(*run)(void *context), void *context);

#endif
