/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SOCKET_CONNECTION_H
#define SOCKET_CONNECTION_H

#include "client/exchange.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * A connection to an agent. Any number of threads exchange requests and answers over it at once. The
 * calling thread sends its request and reads the answer itself; of several that wait, one reads for
 * all, and hands that on when its own answer is there.
 */

struct connection_settings {
    const char *address;
    unsigned int connect_ms;
    unsigned int call_ms;      /* how long to wait for an answer; 0: for ever */
    unsigned int keepalive_ms; /* without a sign of life the other side counts as dead */
};

/*
 * Connect and say hello. Returns EINVAL (an address that is none), EREMOTEIO, ENOMEM, or the status
 * with which the agent refused; logged.
 */
int connection_open(const struct connection_settings *settings, struct connection **connection);

struct connection *connection_hold(struct connection *connection);
/* The last one closes it. In the child of a fork the parent's stay as they are: others may be in them. */
void connection_drop(struct connection *connection);

/* False: it was lost, and only a new one will do. */
bool connection_usable(const struct connection *connection);

/* Bytes that the arguments of one call may have. */
uint64_t connection_message_max(const struct connection *connection);

/* In the child of a fork: let go of the parent's socket. */
void connection_disown(struct connection *connection);

#endif
