/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WORKER_DEVICE_DEVICE_H
#define WORKER_DEVICE_DEVICE_H

#include "agent/worker/client.h"
#include "agent/worker/device/virtio_device.h"
#include "agent/worker/readers.h"

struct device_request;

/* The accelerator that a worker is for one front end: one ring, and the client behind it. */
struct device {
    struct client client;
    struct virtio_device virtio;
    struct readers readers;
    atomic_uint_fast64_t gathered; /* bytes of numbers that were scattered, and had to be copied */
    int looks;          /* the control thread's: how often it has found nothing that is overdue */
    uint64_t looked_at; /* when it did so last */
    atomic_uint connection; /* counts them; requests of one that is over get goodbyes */
    atomic_bool greeted;    /* hello was said, and answered */
    atomic_bool watched;    /* the control thread looks for calls that are overdue */

    pthread_mutex_t lock; /* of what follows; held for a few instructions */
    bool stopping;        /* the control thread waits until there are no requests */
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

static inline struct ring *device_ring(struct device *device)
{
    return &device->virtio.rings[0].ring;
}

/* Take chains and serve them until device_close(); the calling thread is the first, others may be begun. */
void device_serve(struct device *device);
void device_close(struct device *device);

/* The connection is over, but for requests that run. */
void device_end_connection(struct device *device);

/* Somebody does not wait for ever, or not any more: there is something to look after from now on. */
void device_have_watched(struct device *device);

extern const struct virtio_device_kind device_kind;

#endif
