/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BROKER_CONNECTIONS_H
#define BROKER_CONNECTIONS_H

#include "agent/control.h"

#include <stddef.h>

/* The sockets that the worker serves, each in its slot of the ledger, which both see. */
struct connections {
    int sockets[CONNECTIONS_MOST]; /* -1: the slot is free */
    uint32_t most;
    uint32_t count;
    struct ledger *ledger;
    int ledger_fd;
};

/* @most  connections at once. False: no memory to share, with the reason logged. */
bool connections_init(struct connections *connections, uint32_t most);

/* Keep @socket in a free slot, of which there must be one. */
uint32_t connections_add(struct connections *connections, int socket);

/* The worker is done with it. A slot that is not in use is nobody's. */
void connections_drop(struct connections *connections, uint32_t slot);

/* The worker is gone: tell each client why, unless it waits for the rest of a message. */
void connections_end(struct connections *connections, const char *sentence);

/* Send a goodbye, as far as that goes without waiting, and end the connection for all who have it. */
void connection_end(int socket, uint32_t status, const char *sentence);

#endif
