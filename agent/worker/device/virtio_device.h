/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WORKER_DEVICE_VIRTIO_DEVICE_H
#define WORKER_DEVICE_VIRTIO_DEVICE_H

#include "agent/worker/device/doorbell.h"
#include "agent/worker/device/ring.h"

struct virtio_device;

/* What a device is beside its rings: the accelerator (device.h), or a vsock (vsock/vsock.h). */
struct virtio_device_kind {
    /*
     * What it is called in log lines, from now on. Before anything is taken from its rings. NULL: it does
     * not matter.
     */
    void (*rename)(struct virtio_device *device, const char *name);
    /* The plugins are loaded. Returns when the device is closed. */
    void (*serve)(struct virtio_device *device);
    /* Nothing more is taken from the rings: end what is under way. */
    void (*stop)(struct virtio_device *device);
    /* Whether all that was taken has ended; if not, virtio_device_tell() says when. */
    bool (*is_idle)(struct virtio_device *device);
    /* It is idle, and has no rings: nothing is kept. NULL: nothing was. */
    void (*forget)(struct virtio_device *device);
    /* Requests without an answer. */
    unsigned int (*running)(struct virtio_device *device);
    /* End what is overdue. Returns in how many ms to look again; -1: when told. */
    int (*watch)(struct virtio_device *device);
    /* The worker ends: say so to who can hear it. NULL: nobody can. */
    void (*say_goodbye)(struct virtio_device *device);
};

/* A ring, and what it takes to wait at it. */
struct served_ring {
    struct ring ring;
    struct doorbell doorbell;
    pthread_mutex_t turn; /* of taking from it; of all rings: of changing what follows below */
};

/* What a front end has set up, one in a worker's life, and what changes it while others serve it. */
struct virtio_device {
    const struct virtio_device_kind *kind;
    const struct device_ledger *ledger;
    int tell;           /* an eventfd: the control thread has something to look at */
    atomic_bool loaded; /* plugins are there, and calls can be run */
    size_t nr_rings;
    struct served_ring rings[DEVICE_RINGS_MOST];

    /* Who changes what a ring's reader uses first takes the gate, so that the reader lets it have the turn. */
    atomic_bool changing;
    pthread_mutex_t gate;

    struct guest_memory *memory;
    int front;
    uint32_t heard; /* of the ledger's told */
    bool started;   /* the rings were, and did not stop since */
    bool serving;
};

/* False: no memory or descriptors. virtio_device_end() must follow in either case. */
bool virtio_device_begin(struct virtio_device *device, const struct virtio_device_kind *kind,
                         size_t nr_rings, struct device_ledger *ledger);
/* Nobody uses it. */
void virtio_device_end(struct virtio_device *device);

/* Have the control thread look at what has changed. */
void virtio_device_tell(struct virtio_device *device);

/* The turn at a ring, but first that of who wants to change something. */
void served_ring_enter(struct virtio_device *device, struct served_ring *served);
void served_ring_leave(struct served_ring *served);
/* Whether somebody waits to change something: whoever has the turn should give it up. */
bool served_ring_is_wanted(const struct virtio_device *device);

/* Under the turn: the ring is there and is to be served. */
bool served_ring_is_open(const struct virtio_device *device, const struct served_ring *served);

/*
 * Under the turn. The driver may rely on what the front end was told is done, new memory for one: before the
 * worker has heard of it nothing may be taken.
 */
bool virtio_device_has_heard(const struct virtio_device *device);

/*
 * By the control thread. The front end's device is now like this. @fds are those of @state in their order,
 * -1 for one that did not come; they are taken over.
 */
void virtio_device_set(struct virtio_device *device, const struct device_state *state,
                       const int *fds);
/* Take nothing more. */
void virtio_device_stop(struct virtio_device *device);
/* After that, when it is idle: use neither rings nor memory any more. */
void virtio_device_leave(struct virtio_device *device);

#endif
