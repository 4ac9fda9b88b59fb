/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WORKER_CONNECTION_H
#define WORKER_CONNECTION_H

#include "agent/worker/client.h"
#include "agent/worker/readers.h"
#include "stream/stream.h"

#include <stdint.h>

struct received;

/* Of a connection that the broker does not know. */
enum { CONNECTION_NO_SLOT = CONNECTIONS_MOST };

/* A client behind a stream, with threads of its own. There is always one more of them than calls may run. */
struct connection {
    struct client client;
    struct connection *next; /* in the list of all */
    struct stream stream;
    struct readers readers;
    unsigned int slot;        /* by which the broker knows it */
    uint64_t begun;           /* milliseconds, on the monotonic clock */
    atomic_bool greeted;      /* hello was said */
    struct received *partial; /* requests whose payload is not all there; who reads has it */
    unsigned char *body;      /* of the message that is being read; likewise */
    unsigned int threads;     /* under the client's lock */
};

/* Serve a socket that the broker handed over. If that fails it is closed, and the broker told. */
void connection_begin(int fd, unsigned int slot, const char *peer);

/*
 * Serve what is no socket. False: no memory, and nothing was done. If it fails otherwise @carried is closed,
 * as at the end of every connection.
 */
bool connection_begin_carried(const struct stream_carrier *carrier, void *carried,
                              const char *peer);

/* One that cannot be served. */
void connection_log_refused(const char *peer, const char *why);

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

#endif
