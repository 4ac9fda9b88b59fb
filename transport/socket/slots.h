/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SOCKET_SLOTS_H
#define SOCKET_SLOTS_H

#include "client/exchange.h"
#include "stream/condition.h"

#include <stdatomic.h>
#include <stdbool.h>

/*
 * The requests of a connection that have no answer yet. No lock: whose turn it is to change a slot
 * follows from its state, and each change of hands is a change of state.
 */
enum slot_state {
    SLOT_FREE,
    SLOT_TAKEN,     /* its thread fills it */
    SLOT_WAITING,   /* for an answer */
    SLOT_RECEIVING, /* who reads has it, and the memory of who waits */
    SLOT_DONE,      /* its thread has it */
    SLOT_ABANDONED, /* nobody waits any more; the answer is still to come, for who reads */
};

struct slot {
    _Atomic int state;         /* enum slot_state */
    atomic_uint_fast64_t id;   /* of the request */
    struct exchange *exchange; /* NULL: nobody waits for the answer */
    enum wire_type type;
    uint64_t left;      /* bytes of the answer's payload that are to come */
    int status;         /* once it is done */
    atomic_bool sleeps; /* its thread waits to be woken */
    _Atomic uint32_t woken;
};

struct slots {
    struct slot *list;
    size_t count; /* the last one is for pings */
    atomic_uint_fast64_t next_number;
    atomic_uint sleepers;
    atomic_uint wanting; /* threads that wait for a free slot */
    atomic_bool closed;  /* nobody is to wait for anything any more */
    struct platform_mutex lock;
    struct condition freed;
};

/* For @calls requests at once, and a ping. False: no memory. */
bool slots_begin(struct slots *slots, size_t calls);
void slots_end(struct slots *slots);

/* A slot for @exchange, that waits for an answer; NULL: none is free. */
struct slot *slots_take(struct slots *slots, struct exchange *exchange, enum wire_type type);
/* One for a ping, whose answer nobody waits for; NULL: one is under way. */
struct slot *slots_take_ping(struct slots *slots);
void slots_give_back(struct slots *slots, struct slot *slot);

/*
 * The slot of the request with that id, to receive its answer: SLOT_RECEIVING, or SLOT_ABANDONED still.
 * NULL: no answer is due to it. By who reads.
 */
struct slot *slots_claim(struct slots *slots, uint64_t id);

/*
 * To sleep: say so, look once more whether there is reason to, and sleep until slots_wake(), or until
 * @deadline of platform_clock(); 0: none.
 */
void slots_fall_asleep(struct slots *slots, struct slot *slot);
void slots_sleep(struct slot *slot, uint64_t deadline);
void slots_rise(struct slots *slots, struct slot *slot);
void slots_wake(struct slot *slot);
/* Wake one that sleeps and has no answer yet, if there is one. */
void slots_wake_any(struct slots *slots);
void slots_wake_all(struct slots *slots); /* now and for ever */

/* Whether none is free, and none has a thread that reads; only answers free them. */
bool slots_all_abandoned(const struct slots *slots);

/*
 * Wait until one may be free, or all are abandoned and nobody reads (@reading is false), or until
 * @deadline.
 */
void slots_wait_for_free(struct slots *slots, const atomic_bool *reading, uint64_t deadline);
/* Let those who wait for that look again. */
void slots_wake_wanting(struct slots *slots);

#endif
