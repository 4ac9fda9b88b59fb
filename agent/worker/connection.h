/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WORKER_CONNECTION_H
#define WORKER_CONNECTION_H

#include "agent/control.h"
#include "agent/worker/buffer.h"
#include "agent/worker/objects.h"
#include "agent/worker/readers.h"
#include "stream/stream.h"
#include "wire/read.h"

#include <stdint.h>

struct incoming;

/* A client, with threads of its own. There is always one more of them than calls may run. */
struct connection {
    struct connection *next; /* in the list of all */
    struct stream stream;
    struct readers readers;
    unsigned int slot; /* by which the broker knows it */
    char peer[PEER_NAME_SIZE];
    struct objects sessions;
    struct objects resources;
    struct buffer_cache buffers;
    uint64_t begun;           /* milliseconds, on the monotonic clock */
    atomic_bool greeted;      /* hello was said */
    struct incoming *partial; /* requests whose payload is not all there; who reads has it */
    unsigned char *body;      /* of the message that is being read; likewise */

    pthread_mutex_t lock; /* of what follows; held for a few instructions */
    struct incoming *unanswered;
    unsigned int nr_unanswered; /* that count against the limit */
    unsigned int nr_answering;  /* of which the answer is on its way */
    pthread_cond_t answered;    /* one of those was sent */
    uint64_t bytes;             /* of their arguments */
    uint64_t resource_bytes;    /* of the resources */
    unsigned int threads;
};

/* A line about a client, unless there were too many of late. */
void connection_log(const struct connection *connection, const char *text);

/* Serve a socket that the broker handed over. If that fails it is closed, and the broker told. */
void connection_begin(int fd, unsigned int slot, const char *peer);

/* Close it: what waits is woken, what runs is the last. @reason is logged; NULL: as usual. */
void connection_close(struct connection *connection, const char *reason);

/* Tell the client why, and close. */
void connection_say_goodbye(struct connection *connection, int status, const char *sentence);
/* The same, but without a word if an answer is being sent at this moment, or the client takes no bytes. */
void connection_try_goodbye(struct connection *connection, int status, const char *sentence);

/* Close those that did not say hello in time. Returns whether any has not yet. */
bool connections_expire(uint64_t now_ms, uint64_t patience_ms);

/* How many calls run, of all connections. */
unsigned int connections_running(void);

void connections_say_goodbye(int status, const char *sentence);
/* Wait a moment until all are gone. False: some are not, and use what they use. */
bool connections_wait(void);

uint64_t monotonic_ns(void);
uint64_t monotonic_ms(void);

/* For connection.c: release what the client left. */
void connection_free(struct connection *connection);

#endif
