/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VIRTIO_STATE_H
#define VIRTIO_STATE_H

#include "virtio/accel.h"
#include "virtio/connection.h"

/*
 * What a connection over a virtqueue is made of; for the files that implement it.
 *
 * Each request takes a *chain*, of which there are as many as the agent takes requests at once. Its thread
 * posts it and waits until it comes back. Of those that wait one *reaps*: it takes what comes back, for
 * all; the others sleep at the state of their chain. Who leaves that role wakes one of them to take it.
 * Memory of a chain is the device's until the chain is back, or the device was reset: no time-out changes
 * that, and no thread leaves before.
 */

enum {
    CHAIN_FREE,
    CHAIN_TAKEN,  /* its thread fills it */
    CHAIN_POSTED, /* the device has it */
    CHAIN_ASLEEP, /* the same, and its thread sleeps */
    CHAIN_BACK,
    CHAIN_LOST, /* it will not come back */
};

enum {
    NAME_SIZE = 160,
    STAGE_SIZE = 4096,
    STAGE_REQUEST = 64, /* where a request begins; before it there is room for the head of a part */
    CHAINS_MOST = 256,  /* requests at once */
    SEGMENTS_MOST = 1024,  /* of one chain */
    SEGMENTS_LEAST = 8,    /* that a queue must have for a chain */
    SEGMENTS_RESERVED = 8, /* of the queue, for a ping and a cancel */
};

struct chain {
    uint32_t state;   /* atomic */
    uint32_t written; /* once it is back */
    uint64_t id;      /* of the request */
    uint64_t posted_at;
    size_t nr_segments; /* that count against the room of calls */
    struct virtio_segment *segments;
    unsigned char *stage; /* STAGE_SIZE bytes of shared memory, with what cannot lie elsewhere */
};

struct virtio_connection {
    struct connection base;
    struct virtio_port *port; /* NULL: it was given up */
    char name[NAME_SIZE];     /* the port's, which may go before the connection */
    size_t segments_most;     /* of one chain */
    uint64_t spin_ns;
    struct chain *chains;
    size_t nr_chains; /* for calls; behind them stand one for pings, one for cancels */

    atomic_bool locked; /* for a few instructions, never while a thread sleeps; of what follows */
    size_t room;        /* segments that calls may still post */
    size_t in_flight;
    uint64_t moved_at;  /* when something last came back, or was posted to an idle device */
    uint64_t pinged_at; /* since then; 0: not */

    atomic_bool reaping;       /* a thread is */
    atomic_bool hopeless;      /* who reaps is to reset the device */
    bool stopped;              /* that was done. Of who reaps */
    atomic_uint sleepers;      /* at their chains */
    atomic_uint wanting;       /* threads that wait for room or for a chain */
    uint32_t returned;         /* atomic; at which those sleep */
    _Atomic uint64_t usual_ns; /* from posting to return, of late */
};

/* queue.c: chains on their way. */

/* A free chain with all that it needs, or NULL; waits until @deadline, 0: for ever. *@error says why. */
struct chain *chain_take(struct virtio_connection *connection, uint64_t deadline, int *error);
void chain_give_back(struct virtio_connection *connection, struct chain *chain);

/*
 * Post chain->segments, and wait until it is back. After @deadline the request is cancelled, and waited for
 * all the same. Returns OK; else, logged: it is lost and the connection broken, or it was not posted.
 */
int chain_run(struct virtio_connection *connection, struct chain *chain, size_t nr_readable,
              size_t nr_writable, uint64_t deadline);

/* What the ping and the cancel need. False: no memory. */
bool chain_prepare(struct virtio_connection *connection, struct chain *chain);

/* Reset the device; what is in flight is lost. The connection must be broken. */
void queue_give_up(struct virtio_connection *connection);

/* reap.c: what comes back. */

/* Take the role of who reaps. False: another thread has it. */
static inline bool reap_begin(struct virtio_connection *connection)
{
    return !atomic_exchange(&connection->reaping, true);
}
/* Give it to one that sleeps. */
void reap_end(struct virtio_connection *connection);

/* Until @chain is back or lost, or until @deadline; NULL: until something came back. */
void reap(struct virtio_connection *connection, const struct chain *chain, uint64_t deadline);
/* Reset the device. */
void reap_none(struct virtio_connection *connection);
void queue_lock(struct virtio_connection *connection);
void queue_unlock(struct virtio_connection *connection);
/* Let those look again who want a chain or room. */
void queue_tell_wanting(struct virtio_connection *connection);

/* ping.c: requests of the connection's own. */

void ping_send(struct virtio_connection *connection);
/* False: one is under way; later, then. */
bool cancel_send(struct virtio_connection *connection, uint64_t id);

/* answer.c */

/* Where an answer is, and what it may be. */
struct answer_place {
    const unsigned char *data; /* shared memory */
    size_t size;               /* of header and body at most */
    uint32_t written;
    uint64_t id;
};

/*
 * Copy an answer, judge the copy and hand it to @exchange; NULL: it is to a ping. Returns its status. False
 * in *@believed: it is no answer to that, and the connection is broken; if the other side cannot be
 * trusted any more it is hopeless, too.
 */
int answer_take(struct virtio_connection *connection, const struct answer_place *place,
                struct exchange *exchange, bool *believed);

/* The other side broke the protocol: the connection is broken and hopeless. Returns EREMOTEIO. */
int answer_distrust(struct virtio_connection *connection, const char *what, uint64_t value);

/* exchange.c */
int virtio_exchange(struct connection *base, struct exchange *exchange);

/* An id that no chain has, nor had before. */
static inline uint64_t chain_next_id(const struct virtio_connection *connection,
                                     const struct chain *chain)
{
    enum { PLACE_BITS = 16 };

    return ((chain->id >> PLACE_BITS) + 1) << PLACE_BITS | (uint64_t)(chain - connection->chains);
}

static inline uint32_t chain_state(const struct chain *chain)
{
    return __atomic_load_n(&chain->state, __ATOMIC_SEQ_CST);
}

static inline bool chain_is_over(const struct chain *chain)
{
    return __atomic_load_n(&chain->state, __ATOMIC_ACQUIRE) >= CHAIN_BACK;
}

#endif
