/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WORKER_DEVICE_RING_H
#define WORKER_DEVICE_RING_H

#include "agent/device.h"
#include "agent/worker/device/chain.h"
#include "virtio/virtio.h"

#include <pthread.h>

/*
 * The device's side of a split virtqueue, in the memory of a guest that is not trusted: every index and
 * descriptor is read once, and judged afterwards.
 *
 * A chain that cannot be used (a loop, longer than the queue, memory that is not there, ...) is returned
 * with nothing written: its head is known, and nothing of it was touched. Indices that make no sense leave no
 * chain to return; the ring is then broken, and not served until it is set up anew.
 *
 * What is taken is noted in the ledger before anything is done with it, and the note is cleared when
 * it was returned, so that whoever comes after a worker that died knows which chains are to be
 * returned: ledger.c.
 */
struct ring {
    /* Where it lies. Who changes it, with the lock below, is the one who takes, or has the place of it. */
    struct guest_memory *memory;
    uint32_t size; /* 0: nowhere */
    bool event_idx;
    bool indirect;
    const struct virtq_desc *desc;
    struct virtq_avail *avail;
    struct virtq_used *used;
    /* Of who takes; one thread at a time. */
    struct ring_ledger *ledger;
    uint16_t next_avail;
    bool broken;
    struct virtq_desc table[DEVICE_QUEUE_MOST]; /* the copy of an indirect one */

    pthread_mutex_t lock; /* of what follows, and held to return a chain */
    uint16_t next_used;
    int call; /* an eventfd; -1: nobody wants to hear */
};

enum ring_outcome {
    RING_EMPTY,
    RING_TAKEN,
    RING_REFUSED, /* one that cannot be used, and was returned; logged */
    RING_BROKEN,  /* logged, once */
    RING_LATER,   /* none is to be taken at the moment */
};

void ring_begin(struct ring *ring, struct ring_ledger *ledger);
void ring_end(struct ring *ring);

/*
 * Find it in @memory, which must stay. Between this and ring_leave() it can be used. False: it is not
 * there, or not such that it can be; logged.
 * @call  taken over
 */
bool ring_place(struct ring *ring, const struct device_ring *told, uint64_t features,
                struct guest_memory *memory, int call);
void ring_leave(struct ring *ring);

/* Begin at next avail index @base, with nothing in flight. */
void ring_start(struct ring *ring, uint16_t base);

/* Whether something is there to take; it may be nonsense. */
bool ring_ready(const struct ring *ring);

/* The next chain. */
enum ring_outcome ring_take(struct ring *ring, struct chain *chain);

/* Take a chain apart whose head is known. False: it cannot be used; logged. */
bool ring_walk(struct ring *ring, uint16_t head, struct chain *chain);

/* Ask to be told of what comes. False: something is there already. */
bool ring_arm(struct ring *ring);
/* Whoever looks need not be told. */
void ring_disarm(struct ring *ring);

/* Return a chain, of which @written bytes were written, and tell the driver if it wants to hear. */
void ring_return(struct ring *ring, uint16_t head, uint32_t written);

/*
 * A worker before this one may have died with chains in its hands. Go on where it stopped: return each of
 * them once, with a goodbye of that sentence. Returns how many; ledger.c.
 */
unsigned int ring_recover(struct ring *ring, const char *sentence);

/* For ledger.c and ring.c: notes about a chain. */
bool ledger_take(struct ring_ledger *ledger, uint16_t head, uint32_t answer_size);
void ledger_return_begin(struct ring_ledger *ledger, uint16_t head, uint16_t next_used);
void ledger_return_end(struct ring_ledger *ledger, uint16_t head);

#endif
