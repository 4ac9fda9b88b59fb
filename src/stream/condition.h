/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STREAM_CONDITION_H
#define STREAM_CONDITION_H

#include "platform/platform.h"

/*
 * A condition variable over what platform.h has: who waits longest is woken first. Zero-initialised is
 * ready for use. All is done under the same mutex.
 */
struct condition_waiter;
struct condition {
    struct condition_waiter *first;
    struct condition_waiter *last;
};

/* Let go of @mutex while waiting to be woken, or until @deadline of platform_clock(); 0: none. */
void condition_wait(struct condition *condition, struct platform_mutex *mutex, uint64_t deadline);
void condition_signal(struct condition *condition);
void condition_broadcast(struct condition *condition);

#endif
