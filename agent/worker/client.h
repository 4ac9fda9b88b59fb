/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WORKER_CLIENT_H
#define WORKER_CLIENT_H

#include "agent/control.h"
#include "agent/worker/buffer.h"
#include "agent/worker/objects.h"

#include <pthread.h>
#include <stdint.h>

struct incoming;
struct answer;
struct client;

/* What depends on what carries requests and answers. */
struct client_carrier {
    /* Before a request is run: find or make room for its payload. OK, or why it is refused; logged. */
    int (*prepare)(struct client *client, struct incoming *incoming);
    /* Send header and body, @size bytes, and the payload. Whatever goes wrong is dealt with. */
    void (*answer)(struct client *client, struct incoming *incoming, struct answer *answer,
                   size_t size);
    /* End the connection, and say why. */
    void (*say_goodbye)(struct client *client, struct incoming *incoming, int status,
                        const char *sentence);
};

/* Who makes requests: what it has, whatever carries them. */
struct client {
    const struct client_carrier *carrier;
    char peer[PEER_NAME_SIZE];
    struct objects sessions;
    struct objects resources;
    struct buffer_cache buffers;

    pthread_mutex_t lock; /* of what follows; held for a few instructions */
    struct incoming *unanswered;
    unsigned int nr_unanswered; /* that count against the limit */
    unsigned int nr_answering;  /* of which the answer is on its way */
    pthread_cond_t ended;       /* a request is done with */
    uint64_t bytes;             /* of their arguments */
    uint64_t resource_bytes;    /* of the resources */
};

/*
 * @generation  of its ids: those of another one mean nothing to it
 * False: no memory; client_end() must follow all the same.
 */
bool client_begin(struct client *client, const struct client_carrier *carrier, const char *peer,
                  uint32_t generation);
/* Release all that it left. */
void client_end(struct client *client);

/* A line about a client, unless there were too many of late. */
void client_log(const struct client *client, const char *text);

/* How many of its requests, that count against the limit, run or have an answer that is being sent. */
unsigned int client_running(struct client *client);
/* Without those whose answer is being sent. */
unsigned int client_unanswered(struct client *client);

#endif
