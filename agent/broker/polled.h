/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BROKER_POLLED_H
#define BROKER_POLLED_H

#include "agent/settings.h"

#include <poll.h>

/* What the broker waits for: signals, listeners, machines, and the sockets of workers and of front ends. */
enum { POLLED_MOST = 2 + 2 * LISTEN_MOST + 2 * LISTEN_MOST * FRONT_ENDS_MOST + 1 + MACHINES_MOST };

struct polled {
    struct pollfd list[POLLED_MOST];
    size_t count;
};

/* Returns its place. A @fd of -1 is never heard of. */
static inline size_t polled_add(struct polled *polled, int fd, short events)
{
    polled->list[polled->count] = (struct pollfd){.fd = fd, .events = events};
    return polled->count++;
}

#endif
