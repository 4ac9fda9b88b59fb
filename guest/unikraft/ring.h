/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GUEST_UNIKRAFT_RING_H
#define GUEST_UNIKRAFT_RING_H

#include <virtio/virtio_bus.h>
#include <virtio/virtqueue.h>

/* Unikraft's ring of a device, which is made anew after each reset. */

/* The device's queue number @queue with all its @size descriptors; NULL: no memory. */
struct virtqueue *ring_make(struct virtio_dev *device, uint16_t queue, uint16_t size,
                            virtqueue_callback_t interrupt);

/* Only after the device's reset: it does not look at it any more. */
void ring_free(struct virtqueue *ring);

#endif
