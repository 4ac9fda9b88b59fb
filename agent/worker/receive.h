/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WORKER_RECEIVE_H
#define WORKER_RECEIVE_H

#include "agent/worker/connection.h"
#include "agent/worker/incoming.h"

/* A request that comes over a socket. */
struct received {
    struct incoming incoming; /* points into @body */
    struct received *next_partial;
    uint64_t left; /* bytes of payload to come; nowhere if it is refused */
    _Alignas(8) unsigned char body[];
};

/*
 * Read until a request is complete: *@complete, whose answer is then due. Messages that need no more
 * than an answer are dealt with on the way. NULL: the connection is being closed, and why is logged and
 * the client told; or the reader may not wait for more (readers.h). By who reads.
 */
void receive_request(struct connection *connection, struct received **complete);

/* Done with it. */
void received_free(struct connection *connection, struct received *received);

#endif
