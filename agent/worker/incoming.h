/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WORKER_INCOMING_H
#define WORKER_INCOMING_H

#include "agent/worker/client.h"
#include "wire/pieces.h"
#include "vaccel.h"
#include "wire/read.h"

/* A request on its way from its first byte to its answer, whatever carries it. */

enum { SENTENCE_SIZE = WIRE_MESSAGE_MAX + 1 };

struct incoming {
    struct incoming *next_unanswered;
    struct wire_request request;
    bool counted;          /* against the limit of calls */
    bool cancelled;        /* under the client's lock */
    bool answering;        /* see incoming_settle() */
    bool ends_connection;  /* instead of an answer the client gets a goodbye */
    int refused;           /* not OK: it is not run, but answered with this */
    uint64_t deadline;     /* on the monotonic clock, in ms; 0: none */
    struct pieces payload; /* where its bytes go; of a chunk where they are */
    struct buffer buffer;
    uint64_t bytes; /* reserved of the client's */
    struct call_memory *call;
    uint64_t plugin_ns; /* what a call took; of others 0 */
    struct piece chunk;
    size_t answer_room;           /* for the answer's header and body; 0: any size */
    char sentence[SENTENCE_SIZE]; /* what was logged about it */
};

/* Empty. */
void incoming_begin(struct incoming *incoming);

/* List it as unanswered. False: its id is in use by another one; then it was not. */
bool incoming_enlist(struct client *client, struct incoming *incoming);

/* Decide whether it is run, and let the carrier prepare it. */
void incoming_admit(struct client *client, struct incoming *incoming);

/* Nobody waits for the request with that id any more. Returns whether there is one. */
bool incoming_cancel(struct client *client, uint64_t id);

/*
 * Its answer is about to be sent: once the client has it, it may use the id again and make one request
 * more. Returns false if it was cancelled.
 */
bool incoming_settle(struct client *client, struct incoming *incoming);

/*
 * Count memory for it against the limit of the client, until it is freed. What is alone fits:
 * calls have a limit each, and the rest is a copy of what was counted before. Otherwise answers that
 * are being sent are waited for; its own may not be one of them. Returns ENOSPC, logged.
 */
int incoming_reserve(struct client *client, struct incoming *incoming, uint64_t bytes);

/* Run it and answer. */
void incoming_run(struct client *client, struct incoming *incoming);

/* Done with it, but for the struct itself. */
void incoming_end(struct client *client, struct incoming *incoming);

#endif
