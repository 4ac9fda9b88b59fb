/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_EXCHANGE_H
#define CLIENT_EXCHANGE_H

#include "wire/pieces.h"
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
    size_t answer_size;         /* the longest header and body that an answer has */
    /*
     * Where the answer's payload may go: room for all that may come. Of a call one piece for each
     * argument that is returned, in their order, also for an empty one; @take cuts each to what came.
     */
    struct pieces in;
    /*
     * What the answer says, called once, maybe by another thread: keep what is needed of it, and cut @in
     * to the bytes that its payload has. Returns false if the answer is not one to this request: the
     * other side cannot be believed any more. NULL: nothing is expected.
     */
    bool (*take)(struct exchange *exchange, const struct wire_answer *answer);
    void *context; /* for take */
    struct piece
        *places; /* as many elements as @out and @in have together, for the transport's use */
};

/* Begin the request's body in @buf, @room bytes at a multiple of 8. */
void exchange_begin(struct exchange *exchange, enum wire_type type, void *buf, size_t room);

enum {
    /* Large enough for all requests but calls and chunks. */
    EXCHANGE_ROOM = 128,
    /* What an answer has beside its lists: header, fixed struct, two texts in fields. */
    EXCHANGE_ANSWER = WIRE_HEADER_SIZE + sizeof(struct wire_welcome) +
                      2 * (sizeof(struct wire_field) + WIRE_MESSAGE_MAX),
};

/*
 * Send the request, wait for the answer. What went wrong is logged, be it here or on the other side.
 * Returns the answer's status, or EREMOTEIO (connection lost, or nobody answers in time) or EAGAIN.
 */
int connection_exchange(struct connection *connection, struct exchange *exchange);

/*
 * For transports: hand an answer that makes sense in itself to its exchange, and log a refusal.
 * Returns NULL, or what does not fit.
 */
const char *exchange_take(struct exchange *exchange, const struct connection *connection,
                          const struct wire_answer *answer);

#endif
