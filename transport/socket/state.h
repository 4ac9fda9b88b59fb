/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SOCKET_STATE_H
#define SOCKET_STATE_H

#include "socket/connection.h"
#include "socket/slots.h"
#include "stream/stream.h"

/* What a connection is made of; for the files that implement it. */

struct connection {
    struct stream stream;
    struct connection_settings settings;
    uint64_t message_max;
    bool welcomed; /* the agent answered the hello */
    struct slots slots;
    atomic_bool reading;               /* a thread is */
    atomic_int broken;                 /* not OK: why nothing goes any more, as a code */
    pthread_mutex_t lock;              /* of what follows */
    char reason[WIRE_MESSAGE_MAX + 1]; /* stays once it is broken */
    unsigned int users;
    unsigned int generation; /* fork_generation of who opened it */
    /* Of who reads: the last sign of life, and the body of the message that is being read. */
    uint64_t moved;
    uint64_t moved_at;
    unsigned char *body;
    char address[];
};

/* Give up the connection and wake all who wait; the first reason stays. */
void connection_break(struct connection *connection, int status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * Read one message, or nothing in time. By the one thread that reads.
 * @deadline  on the monotonic clock, in ns; 0: none
 */
void connection_read(struct connection *connection, uint64_t deadline);

uint64_t connection_clock(void);

/* Counts the forks on the way to this process: what has another number is the parent's. */
extern unsigned int fork_generation;

static inline bool connection_foreign(const struct connection *connection)
{
    return connection->generation != fork_generation;
}

#endif
