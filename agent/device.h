/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AGENT_DEVICE_H
#define AGENT_DEVICE_H

#include "agent/settings.h"
#include "vhost/vhost.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * A virtio device, between the broker and its worker. The broker speaks vhost-user with the VMM and
 * keeps all that a worker needs to serve the rings, so that another one can go on where a dead one
 * stopped. The worker alone touches the guest's memory.
 */

enum {
    DEVICE_QUEUE_MOST = 1024,
    DEVICE_RINGS_MOST = 2, /* that are served: one of the accelerator, two of a vsock */
    /*
     * Descriptors beside struct device_state: those of the regions in order, then kick and call of each
     * ring, and front.
     */
    DEVICE_FDS_MOST = VHOST_REGIONS_MOST + 2 * DEVICE_RINGS_MOST + 1,
};

struct device_ring {
    uint64_t desc; /* addresses, as the front end sees its memory */
    uint64_t avail;
    uint64_t used;
    uint32_t size; /* a power of two, at most DEVICE_QUEUE_MOST */
    uint32_t base; /* next avail index when the ring was started; not when a worker goes on */
    bool has_kick; /* an eventfd; without one the ring is polled */
    bool has_call; /* an eventfd; without one nobody wants to hear */
};

/* What a front end has set up. Descriptors come in the order of the fields that say whether they do. */
struct device_state {
    uint64_t features; /* that were negotiated, VIRTIO_F_ bits */
    uint32_t nr_regions;
    uint32_t nr_rings;
    struct vhost_region regions[VHOST_REGIONS_MOST];
    struct device_ring rings[DEVICE_RINGS_MOST];
    uint32_t told; /* what the ledger's was when all this was so */
    /* The rings are to be served. If not, nothing is taken from them, and what was taken goes on. */
    bool is_running;
    /*
     * The front end's socket comes along too. The worker does nothing with it but keep it open: so the
     * front end does not see the device go before nobody is left who could write to its memory.
     */
    bool has_front;
};

enum in_flight { IN_FLIGHT_NONE, IN_FLIGHT_TAKEN };

/*
 * What of a ring is in the hands of a worker, in memory that outlives it. Written by the worker that
 * serves the ring; the next one returns with a goodbye what it finds taken, each once. @state of an entry
 * is set last when a chain is taken, and cleared after used.idx has been raised: @published and @last tell
 * what a worker did that died between the two.
 */
struct ring_ledger {
    _Atomic uint32_t is_begun; /* the ring was served since it was started: base is of no use */
    _Atomic uint32_t skew; /* next avail index less used.idx less chains in flight, modulo 2^16 */
    _Atomic uint32_t published; /* what used.idx is, or is about to be */
    _Atomic uint32_t last;      /* head of the chain that raises it to that */
    struct device_in_flight {
        _Atomic uint32_t state; /* enum in_flight */
        uint32_t answer_size; /* bytes at the beginning of what is to write, for header and body */
    } in_flight[DEVICE_QUEUE_MOST]; /* by the head of the chain */
};

struct device_ledger {
    struct ring_ledger rings[DEVICE_RINGS_MOST];
    /* Of a vsock: the guest's ports that have a stream to the worker; the next one resets them. */
    _Atomic uint32_t ports[CONNECTIONS_MOST]; /* one more than the number; 0: none */
    /*
     * Raised by the broker with every change of the device, before the front end may rely on it: a worker
     * takes nothing more until it has heard of as many.
     */
    _Atomic uint32_t told;
};

/* A worker exits with this when a call had to be ended by force: see its log. */
enum { WORKER_OVERDUE = 3 };

#endif
