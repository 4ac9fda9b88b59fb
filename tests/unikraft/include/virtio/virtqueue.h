/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STAND_IN_VIRTQUEUE_H
#define STAND_IN_VIRTQUEUE_H

#include <uk/alloc.h>
#include <uk/arch/types.h>
#include <uk/list.h>
#include <uk/sglist.h>
#include <virtio/virtio_config.h>

struct virtio_dev;
struct virtqueue;

typedef int (*virtqueue_callback_t)(struct virtqueue *ring, void *context);
typedef int (*virtqueue_notify_host_t)(struct virtio_dev *device, __u16 queue);

struct virtqueue {
    struct virtio_dev *vdev;
    __u16 queue_id;
    virtqueue_notify_host_t vq_notify_host;
    virtqueue_callback_t vq_callback;
    UK_TAILQ_ENTRY(struct virtqueue) next;
    __u8 uses_event_idx;
    void *priv;
};

/* The pointer is an error, if there is no memory. */
struct virtqueue *virtqueue_create(__u16 queue, __u16 size, __u16 align,
                                   virtqueue_callback_t interrupt, virtqueue_notify_host_t notify,
                                   struct virtio_dev *device, struct uk_alloc *allocator);
void virtqueue_destroy(struct virtqueue *ring, struct uk_alloc *allocator);

/* Both return below 0 if they could not, else how many descriptors are free, or in use. */
int virtqueue_buffer_enqueue(struct virtqueue *ring, void *cookie, struct uk_sglist *list,
                             __u16 nr_readable, __u16 nr_writable);
int virtqueue_buffer_dequeue(struct virtqueue *ring, void **cookie, __u32 *written);

/* Whether the device wants to hear of the chain that was made available last, as of one alone. */
int virtqueue_notify_enabled(struct virtqueue *ring);
void virtqueue_intr_disable(struct virtqueue *ring);
/* 1: there is something to take, and interrupts are off. */
int virtqueue_intr_enable(struct virtqueue *ring);
int virtqueue_hasdata(struct virtqueue *ring);
unsigned int virtqueue_vring_get_num(struct virtqueue *ring);

/* Where the device has its three parts. */
__paddr_t virtqueue_physaddr(struct virtqueue *ring);
__paddr_t virtqueue_get_avail_addr(struct virtqueue *ring);
__paddr_t virtqueue_get_used_addr(struct virtqueue *ring);

#endif
