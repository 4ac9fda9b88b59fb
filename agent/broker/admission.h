/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BROKER_ADMISSION_H
#define BROKER_ADMISSION_H

#include "agent/broker/connections.h"
#include "agent/broker/moment.h"
#include "agent/broker/worker_process.h"

/* Who may connect, and when. */
struct admission {
    bool limit_is_told;  /* that it is reached, since there was last a free slot */
    bool worker_is_busy; /* its socket is full; connections wait until it is not */
    moment not_before;   /* descriptors or memory ran out: wait a little */
};

/*
 * Accept one connection of the listening socket, and hand it to the worker or refuse it.
 * @machine  from which it then comes; NULL: its other end tells
 */
void admission_accept(struct admission *admission, int listening, const char *machine,
                      struct connections *connections, const struct worker *worker);

#endif
