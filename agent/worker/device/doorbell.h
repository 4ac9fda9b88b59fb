/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WORKER_DEVICE_DOORBELL_H
#define WORKER_DEVICE_DOORBELL_H

#include <stdatomic.h>
#include <stdbool.h>

/* What the reader sleeps at: the driver's kicks, and others of this process who have news for it. */
struct doorbell {
    int wake; /* an eventfd of this process's */
    int kick; /* always the same number, so that it can become another one while the reader sleeps */
    int poller;           /* an epoll of both */
    atomic_bool has_kick; /* else the ring has to be looked at from time to time */
    atomic_bool blocks;   /* reading from @kick sleeps: that costs less than the epoll */
};

/* False: no descriptors. doorbell_end() must follow in either case. */
bool doorbell_begin(struct doorbell *doorbell);
void doorbell_end(struct doorbell *doorbell);

/* What the driver kicks with from now on, taken over; -1: nothing. False: it cannot be slept at. */
bool doorbell_set_kick(struct doorbell *doorbell, int kick);

/* Have the reader look, now or when it goes to sleep. */
void doorbell_wake(struct doorbell *doorbell);

/*
 * Until one of the two, since when this was last left. By one thread at a time.
 * @has_ring  whether the driver could have something; else there is no need to look from time to time
 */
void doorbell_sleep(struct doorbell *doorbell, bool has_ring);

#endif
