/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SOCKET_SLOTS_H
#define SOCKET_SLOTS_H

#include "client/exchange.h"

#include <pthread.h>
#include <stdbool.h>

/* The requests of a connection that have no answer yet. Guarded by the connection's lock. */

enum slot_state {
    SLOT_FREE,
    SLOT_WAITING,   /* for an answer */
    SLOT_RECEIVING, /* its payload, into memory of who waits */
    SLOT_DONE,
    SLOT_ABANDONED, /* nobody waits any more; the answer is still to come */
};

struct slot {
    enum slot_state state;
    struct exchange *exchange;
    enum wire_type type;
    uint64_t id;   /* of the request */
    uint64_t left; /* bytes of the answer's payload that are to come */
    int status;    /* once it is done */
    bool sleeps;   /* its thread waits for @changed */
    pthread_cond_t changed;
};

struct slots {
    struct slot *list;
    size_t count;         /* the last one is for pings */
    uint64_t next_number; /* of a request */
    pthread_cond_t freed;
};

/* For @calls requests at once, and a ping. False: no memory; slots_end() is due all the same. */
bool slots_begin(struct slots *slots, size_t calls);
void slots_end(struct slots *slots);

/* A slot for @exchange, whose request gets its id; NULL: none is free. */
struct slot *slots_take(struct slots *slots, struct exchange *exchange, enum wire_type type);
void slots_give_back(struct slots *slots, struct slot *slot);

/* The slot with that id that waits for bytes from the other side; NULL: none. */
struct slot *slots_find(struct slots *slots, uint64_t id);

/* One for a ping, whose answer nobody waits for; NULL: one is under way. */
struct slot *slots_take_ping(struct slots *slots);

/* One whose thread sleeps and could read for the others; NULL: none. */
struct slot *slots_sleeping(struct slots *slots);

#endif
