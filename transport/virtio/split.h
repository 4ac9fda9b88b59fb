/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSPORT_VIRTIO_SPLIT_H
#define TRANSPORT_VIRTIO_SPLIT_H

#include "virtio/port.h"
#include "virtio/virtio.h"

/*
 * The driver's side of a split virtqueue. It believes the device nothing: what comes back must have been
 * posted, and its length must fit. One thread at a time.
 */
struct virtqueue {
    size_t size; /* descriptors, a power of two */
    bool event_idx;
    struct virtq_desc *desc;
    struct virtq_avail *avail;
    struct virtq_used *used;
    struct virtqueue_chain *chains; /* of the driver alone: what was posted, by its head */
    uint16_t free;                  /* head of the list of free descriptors */
    uint16_t nr_free;
    uint16_t nr_posted; /* chains that did not come back */
    uint16_t next_avail;
    uint16_t next_used;
    uint16_t told; /* next_avail when the device was last told */
    /*
     * The device returned what it did not have: nothing can be posted, and nothing comes back any more.
     * Another thread may read it, atomically.
     */
    bool broken;
};

/* Bytes for a queue of @size that the device must see. */
size_t virtqueue_bytes(size_t size);

/*
 * Begin with an empty ring in @memory, virtqueue_bytes(@size) zeroed bytes at a multiple of 64.
 * @event_idx  whether VIRTIO_F_RING_EVENT_IDX was negotiated
 * Returns false for want of memory; else virtqueue_end() must follow.
 */
bool virtqueue_begin(struct virtqueue *queue, size_t size, void *memory, bool event_idx);
/* It is broken from now on. */
void virtqueue_end(struct virtqueue *queue);

/* As virtio_port_ops.post, take and arm; the latter is true of a broken queue. @token  not NULL */
bool virtqueue_post(struct virtqueue *queue, const struct virtio_segment *segments,
                    size_t nr_readable, size_t nr_writable, void *token);
void *virtqueue_take(struct virtqueue *queue, uint32_t *written);
bool virtqueue_arm(struct virtqueue *queue);

/* Whether the device wants to be told of what was posted since the last time that this was asked. */
bool virtqueue_must_notify(struct virtqueue *queue);

#endif
