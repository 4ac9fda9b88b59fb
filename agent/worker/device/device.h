/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WORKER_DEVICE_DEVICE_H
#define WORKER_DEVICE_DEVICE_H

#include "agent/worker/client.h"
#include "agent/worker/device/doorbell.h"
#include "agent/worker/device/ring.h"
#include "agent/worker/readers.h"

struct device_request;

/* The virtio device that a worker serves: one front end, one ring, and the client behind it. */
struct device {
    struct client client;
    struct readers readers;
    atomic_uint_fast64_t gathered; /* bytes of numbers that were scattered, and had to be copied */
    struct doorbell doorbell;
    int tell;               /* an eventfd: the control thread has something to look at */
    int looks;              /* its own: how often it has found nothing that is overdue */
    atomic_uint connection; /* counts them; requests of one that is over get goodbyes */
    atomic_bool loaded;     /* plugins are there, and calls can be run */
    atomic_bool greeted;    /* hello was said, and answered */
    atomic_bool watched;    /* the control thread looks for calls that are overdue */

    /* Who changes what the reader uses first takes the gate, so that the reader lets it have the turn. */
    atomic_bool changing;
    pthread_mutex_t gate;
    pthread_mutex_t turn; /* of what follows, and of taking from the ring */
    struct guest_memory *memory;
    struct ring ring;
    int front;
    uint32_t heard; /* of the ledger's told */
    bool started;   /* the ring was, and did not stop since */
    bool serving;

    bool stopping; /* the control thread waits until there are no requests; under the lock, too */
    pthread_mutex_t lock; /* of what follows; held for a few instructions */
    unsigned int threads;
    unsigned int nr_requests;       /* that use memory of the guest's */
    struct device_request *spare;   /* kept for the next ones */
    struct device_request *partial; /* whose payload is not all there */
    struct device_request *held;    /* answered, but for rooms that are still to come */
    unsigned int nr_held;
};

/* False: no memory or descriptors. */
bool device_begin(struct device *device, struct device_ledger *ledger, uint32_t generation,
                  const char *name);
/* Nobody uses it. */
void device_end(struct device *device);

/* Take chains and serve them until device_close(); the calling thread is the first, others may be begun. */
void device_serve(struct device *device);
void device_close(struct device *device);

/* Have the control thread look at what has changed. */
void device_tell(struct device *device);

/*
 * What the control thread asks for: set_up.c.
 *
 * The front end's device is now like this. @fds are those of @state in their order, -1 for one that did not
 * come; they are taken over.
 */
void device_set(struct device *device, const struct device_state *state, const int *fds);
/* Take nothing more. */
void device_stop(struct device *device);
/* Whether all that was taken has ended; if not, device_tell() says when. */
bool device_is_idle(struct device *device);
/* After that: use neither ring nor memory any more. Returns the next avail index. */
uint16_t device_leave(struct device *device);

/* The connection is over, but for requests that run. */
void device_end_connection(struct device *device);

/* The end of the connection that it had: nothing is kept. */
void device_forget(struct device *device);

/* Somebody does not wait for ever, or not any more: there is something to look after from now on. */
void device_have_watched(struct device *device);

/* End the worker if a call is overdue. Returns in how many ms to look again; -1: when told. */
int device_watch(struct device *device);

#endif
