/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_CONNECTION_H
#define CLIENT_CONNECTION_H

#include "client/exchange.h"
#include "platform/platform.h"

#include <stdatomic.h>
#include <stdbool.h>

/*
 * A connection to an agent, of whatever kind. Any number of threads exchange requests and answers over
 * it at once.
 */

struct connection_settings {
    const char *address;
    const char *peer; /* what this program is called, for the other side's log */
    unsigned int connect_ms;
    unsigned int call_ms;      /* how long to wait for an answer; 0: for ever */
    unsigned int keepalive_ms; /* without a sign of life the other side counts as dead */
    unsigned int spin_us;      /* look for an answer so long before sleeping, where that can be */
};

/* How a kind of connection does it. */
struct transport {
    /* As connection_exchange(), of a request that fits into a message, and not in a child of a fork. */
    int (*exchange)(struct connection *connection, struct exchange *exchange);
    /* The connection has just been broken: let who waits see it. */
    void (*broken)(struct connection *connection);
    /* Of a broken one: give up its way to the agent, which another one needs. NULL: nobody does. */
    void (*retire)(struct connection *connection);
    /* In the child of a fork: let go of what is the parent's. */
    void (*disown)(struct connection *connection);
    /* The last call: free all. */
    void (*close)(struct connection *connection);
};

/* The first member of what implements it. */
struct connection {
    const struct transport *transport;
    const char *name; /* for messages */
    struct connection_settings settings;
    uint64_t message_max; /* bytes that the arguments of one call may have */
    bool welcomed;        /* the agent answered the hello */
    atomic_int status;    /* not OK: it is broken, and so */
    struct platform_mutex lock;
    char reason[WIRE_MESSAGE_MAX + 1]; /* stays once it is broken */
    atomic_uint users;
    unsigned int generation; /* of the process that opened it */
};

/* @name, @settings  copied, but not what they point to */
void connection_begin(struct connection *connection, const struct transport *transport,
                      const char *name, const struct connection_settings *settings);

/* Within the time for connecting. Returns the status of the answer, or what the exchange returned. */
int connection_say_hello(struct connection *connection, struct wire_welcome *welcome);

struct connection *connection_hold(struct connection *connection);
/* The last one closes it. In the child of a fork the parent's stay as they are: others may be in them. */
void connection_drop(struct connection *connection);

/* False: it was lost, and only a new one will do. */
bool connection_usable(const struct connection *connection);

/* Give up the connection and wake all who wait; the first reason stays. */
void connection_break(struct connection *connection, int status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The same, as the other side broke the protocol. Returns false. */
bool connection_distrust(struct connection *connection, const char *what, uint64_t value);

/* Log why it is broken. Returns its status. */
int connection_refuse_broken(const struct connection *connection);
/* Log that @what did not happen in time. Returns EREMOTEIO. */
int connection_refuse_late(const struct connection *connection, const char *what);

/* Counts the forks on the way to this process: what has another number is the parent's. */
extern unsigned int connection_generation;

static inline bool connection_foreign(const struct connection *connection)
{
    return connection->generation != connection_generation;
}

static inline bool connection_broken(const struct connection *connection)
{
    return atomic_load(&connection->status) != 0;
}

#endif
