/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_EXCHANGE_H
#define CLIENT_EXCHANGE_H

#include "stream/pieces.h"
#include "wire/read.h"
#include "wire/write.h"

struct connection;

/*
 * One request and its answer. The hooks of the plugin compose it, the connection carries it. It and
 * all that it points to stay until connection_exchange() returns.
 */
struct exchange {
    struct wire_writer request; /* header and body; see exchange_begin() */
    struct pieces out;          /* the request's payload */
    /*
     * What the answer says, called once, maybe by another thread: keep what is needed of it and say
     * where its payload goes (@in, of as many bytes as that). Returns false if the answer is not one to
     * this request: the other side cannot be believed any more. NULL: nothing is expected.
     */
    bool (*take)(struct exchange *exchange, const struct wire_answer *answer);
    void *context; /* for take */
    struct pieces in;
};

/* Begin the request's body in @buf, @room bytes at a multiple of 8. */
void exchange_begin(struct exchange *exchange, enum wire_type type, void *buf, size_t room);

/* Large enough for all requests but calls and chunks. */
enum { EXCHANGE_ROOM = 128 };

/*
 * Send the request, wait for the answer. What went wrong is logged, be it here or on the other side.
 * Returns the answer's status, or EREMOTEIO (connection lost, or nobody answers in time) or EAGAIN.
 */
int connection_exchange(struct connection *connection, struct exchange *exchange);

#endif
