/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WORKER_HANDLERS_H
#define WORKER_HANDLERS_H

#include "agent/worker/incoming.h"
#include "wire/write.h"

/*
 * What is done for each type of request. A handler returns the answer's status; what it logs as
 * an error goes to the client as the answer's sentence.
 */

/* Header, a sentence, and a field's own bytes: what an answer needs beside its lists. */
enum { ANSWER_ROOM = WIRE_HEADER_SIZE + WIRE_MESSAGE_MAX + 32 };

/* The answer on its way: its body is composed behind the header. */
struct answer {
    struct wire_writer writer;
    struct pieces payload;
    void *room; /* for a body larger than @small, freed after sending */
    void *data; /* that the payload is sent from, freed after sending */
    struct piece piece;
    unsigned char small[ANSWER_ROOM + 64] __attribute__((aligned(WIRE_ALIGN)));
};

typedef int (*handler)(struct connection *connection, struct incoming *incoming,
                       struct answer *answer);

/* Begin the answer anew in @room, @size bytes, which is freed after sending. */
void answer_enlarge(struct answer *answer, void *room, size_t size);

int hello_handle(struct connection *connection, struct incoming *incoming, struct answer *answer);

int session_begin(struct connection *connection, struct incoming *incoming, struct answer *answer);
int session_update(struct connection *connection, struct incoming *incoming, struct answer *answer);
int session_end(struct connection *connection, struct incoming *incoming, struct answer *answer);
int session_profile(struct connection *connection, struct incoming *incoming,
                    struct answer *answer);

int resource_new(struct connection *connection, struct incoming *incoming, struct answer *answer);
int resource_chunk(struct connection *connection, struct incoming *incoming, struct answer *answer);
int resource_register(struct connection *connection, struct incoming *incoming,
                      struct answer *answer);
int resource_unregister(struct connection *connection, struct incoming *incoming,
                        struct answer *answer);
int resource_sync(struct connection *connection, struct incoming *incoming, struct answer *answer);
int resource_end(struct connection *connection, struct incoming *incoming, struct answer *answer);

int call_handle(struct connection *connection, struct incoming *incoming, struct answer *answer);
int output_fetch(struct connection *connection, struct incoming *incoming, struct answer *answer);
int output_drop(struct connection *connection, struct incoming *incoming, struct answer *answer);

/* Before the payload comes: make room for it. Returns OK, or why the request is refused. */
int call_prepare(struct connection *connection, struct incoming *incoming);
int chunk_prepare(struct connection *connection, struct incoming *incoming);

/* What a client left when it went. */
void sessions_free(struct connection *connection);
void resources_free(struct connection *connection);

#endif
