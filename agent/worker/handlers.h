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
    struct pieces payload; /* of a call one piece for each argument that is returned, be it empty */
    void *room;            /* for a body larger than @small, freed after sending */
    void *data;            /* that the payload is sent from, freed after sending */
    struct piece piece;
    unsigned char small[ANSWER_ROOM + 64] __attribute__((aligned(WIRE_ALIGN)));
};

typedef int (*handler)(struct client *client, struct incoming *incoming, struct answer *answer);

/* Begin the answer anew in @room, @size bytes, which is freed after sending. */
void answer_enlarge(struct answer *answer, void *room, size_t size);

int hello_handle(struct client *client, struct incoming *incoming, struct answer *answer);

int session_begin(struct client *client, struct incoming *incoming, struct answer *answer);
int session_update(struct client *client, struct incoming *incoming, struct answer *answer);
int session_end(struct client *client, struct incoming *incoming, struct answer *answer);
int session_profile(struct client *client, struct incoming *incoming, struct answer *answer);

int resource_new(struct client *client, struct incoming *incoming, struct answer *answer);
int resource_chunk(struct client *client, struct incoming *incoming, struct answer *answer);
int resource_register(struct client *client, struct incoming *incoming, struct answer *answer);
int resource_unregister(struct client *client, struct incoming *incoming, struct answer *answer);
int resource_sync(struct client *client, struct incoming *incoming, struct answer *answer);
int resource_end(struct client *client, struct incoming *incoming, struct answer *answer);

int call_handle(struct client *client, struct incoming *incoming, struct answer *answer);
int output_fetch(struct client *client, struct incoming *incoming, struct answer *answer);
int output_drop(struct client *client, struct incoming *incoming, struct answer *answer);

/* Before a chunk's bytes come: make room for them. Returns OK or ENOMEM, logged. */
int chunk_place(struct client *client, struct incoming *incoming);

/* What a client left when it went. */
void sessions_free(struct client *client);
void resources_free(struct client *client);

#endif
