/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WORKER_INCOMING_H
#define WORKER_INCOMING_H

#include "agent/worker/connection.h"
#include "vaccel.h"

/* A request on its way from its first byte to its answer. */

enum { SENTENCE_SIZE = WIRE_MESSAGE_MAX + 1 };

struct incoming {
    struct incoming *next_unanswered;
    struct incoming *next_partial;
    struct wire_request request; /* points into @body */
    bool counted;                /* against the limit of calls */
    bool cancelled;              /* under the connection's lock */
    bool answering;              /* see incoming_settle() */
    int refused;                 /* not OK: it is not run, but answered with this */
    uint64_t deadline;           /* on the monotonic clock, in ms; 0: none */
    uint64_t left;               /* bytes of payload to come */
    struct pieces payload;       /* where they go; nowhere if it is refused */
    struct buffer buffer;
    uint64_t bytes; /* reserved of the connection's */
    struct call_memory *call;
    struct piece chunk;
    char sentence[SENTENCE_SIZE]; /* what was logged about it */
    _Alignas(8) unsigned char body[];
};

/*
 * Read until a request is complete: *@complete, whose answer is then due. Messages that need no more
 * than an answer are dealt with on the way. NULL: the connection is being closed; why is logged and
 * the client told. By who reads.
 */
void incoming_read(struct connection *connection, struct incoming **complete);

/*
 * Its answer is about to be sent: once the client has it, it may use the id again and make one request
 * more. Returns false if it was cancelled.
 */
bool incoming_settle(struct connection *connection, struct incoming *incoming);

/*
 * Count memory for it against the limit of the connection, until it is freed. What is alone fits:
 * calls have a limit each, and the rest is a copy of what was counted before. Otherwise answers that
 * are being sent are waited for; its own may not be one of them. Returns ENOSPC, logged.
 */
int incoming_reserve(struct connection *connection, struct incoming *incoming, uint64_t bytes);

/* Done with it. */
void incoming_free(struct connection *connection, struct incoming *incoming);

/* Run it and send the answer. */
void incoming_run(struct connection *connection, struct incoming *incoming);

#endif
