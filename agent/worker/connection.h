/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WORKER_CONNECTION_H
#define WORKER_CONNECTION_H

#include "agent/control.h"
#include "agent/worker/buffer.h"
#include "agent/worker/objects.h"
#include "stream/stream.h"
#include "wire/read.h"

#include <stdint.h>

struct incoming;

/*
 * A client. Its threads take turns in reading: one that has read a request runs it and sends the
 * answer, while another one, if there are more, waits for the next. So a call of a client that makes
 * one after the other never changes threads. The first byte of something new wakes one of those that
 * wait (edge-triggered epoll). There is always one more thread than calls may run.
 */
struct connection {
    struct connection *next; /* in the list of all */
    struct stream stream;
    unsigned int slot; /* by which the broker knows it */
    char peer[PEER_NAME_SIZE];
    struct objects sessions;
    struct objects resources;
    struct buffer_cache buffers;
    int epoll;
    int kick;       /* eventfd: wakes one that waits, though the kernel has nothing new for it */
    uint64_t begun; /* milliseconds, on the monotonic clock */

    pthread_mutex_t reading;  /* who has it, reads; and has what follows */
    struct incoming *partial; /* requests whose payload is not all there, by the payload's parts */
    unsigned char *body;

    pthread_mutex_t lock; /* of what follows; held for a few instructions */
    struct incoming *unanswered;
    unsigned int nr_unanswered; /* that count against the limit */
    unsigned int nr_answering;  /* of which the answer is on its way */
    uint64_t bytes;             /* of their arguments */
    uint64_t resource_bytes;    /* of the resources */
    unsigned int threads;
    unsigned int waiting; /* of them, for a request */
    bool kicked;          /* one of those that wait will look though nothing came */
    bool unread;          /* there was more than the last one who read took */
    bool ended;           /* the client sends no more; the kernel says so only once */
    bool greeted;         /* hello was said */
    bool closing;
};

/* Serve a socket that the broker handed over. If that fails it is closed, and the broker told. */
void connection_begin(int fd, unsigned int slot, const char *peer);

/* Close it: what waits is woken, what runs is the last. @reason is logged; NULL: as usual. */
void connection_close(struct connection *connection, const char *reason);

/* Tell the client why, and close. */
void connection_say_goodbye(struct connection *connection, int status, const char *sentence);

/* Close those that did not say hello in time. Returns whether any has not yet. */
bool connections_expire(uint64_t now_ms, uint64_t patience_ms);

/* How many calls run, of all connections. */
unsigned int connections_running(void);

/* Say goodbye to all, and wait a moment until they are gone. */
void connections_end_all(int status, const char *sentence);

uint64_t monotonic_ms(void);

/* For connection.c: release what the client left. */
void connection_free(struct connection *connection);

#endif
