/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SOCKET_STATE_H
#define SOCKET_STATE_H

#include "socket/connection.h"
#include "socket/slots.h"
#include "stream/stream.h"

/* What a connection is made of; for the files that implement it. */

struct socket_connection {
    struct connection base;
    struct stream stream;
    struct slots slots;
    atomic_bool reading; /* a thread is */
    /* Of who reads: the last sign of life, and the body of the message that is being read. */
    uint64_t moved;
    uint64_t moved_at;
    unsigned int looks; /* for one since then, in vain */
    unsigned char *body;
    char address[];
};

/* One whose stream the caller sets next. NULL: no memory. */
struct socket_connection *socket_connection_new(const struct connection_settings *settings);

/* One that has no stream yet. */
void socket_connection_free(struct socket_connection *connection);

/* Once its stream is connected: say hello. Returns as socket_connection_open(). */
int socket_connection_begin(struct socket_connection *made, struct connection **connection);

int socket_exchange(struct connection *base, struct exchange *exchange);

/*
 * Read one message, or nothing in time. By the one thread that reads.
 * @deadline  of platform_clock(); 0: none
 */
void socket_read(struct socket_connection *connection, uint64_t deadline);

#endif
