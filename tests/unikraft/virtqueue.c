/* SPDX-License-Identifier: Apache-2.0 */
#include "virtio/virtio.h"

#include "device.h"

#include <uk/plat/io.h>

#include <string.h>

/*
 * Unikraft's ring: in memory that the device sees, and believing what it reads there. An id that is no
 * descriptor's would be read far away, which the device of the tests does not try.
 */

enum { FAR = 5040 * RING_SIZE }; /* a multiple of what a structure may have as its size */

struct chain {
    void *cookie;
    uint16_t count;
};

struct ring {
    struct virtqueue base;
    void *memory;
    uint16_t size;
    struct virtq_desc *desc;
    struct virtq_avail *avail;
    struct virtq_used *used;
    uint16_t free; /* the first descriptor */
    uint16_t nr_free;
    uint16_t taken;
    struct chain chains[];
};

/* What the heap's memory has of a ring before, each chain's last cookie, or of others: it is not cleared. */
static void *left[RING_SIZE];
static void *of_others;

static struct ring *of(struct virtqueue *base)
{
    return (struct ring *)(void *)base;
}

static size_t used_at(size_t size, size_t align)
{
    return (virtq_desc_bytes(size) + virtq_avail_bytes(size) + align - 1) & ~(align - 1);
}

static void begin(struct ring *ring, uint16_t size, uint16_t align)
{
    unsigned char *memory = ring->memory;
    uint16_t i;

    memset(memory, 0, used_at(size, align) + virtq_used_bytes(size));
    ring->size = ring->nr_free = size;
    ring->desc = (void *)memory;
    ring->avail = (void *)(memory + virtq_desc_bytes(size));
    ring->used = (void *)(memory + used_at(size, align));
    for (i = 0; i < size; i++)
        ring->chains[i] = (struct chain){left[i % RING_SIZE] ? left[i % RING_SIZE] : of_others, 1};
    for (i = 0; i < size; i++)
        ring->desc[i].next = i + 1u < size ? (uint16_t)(i + 1) : VIRTQ_SIZE_MOST;
}

struct virtqueue *virtqueue_create(__u16 queue, __u16 size, __u16 align,
                                   virtqueue_callback_t interrupt, virtqueue_notify_host_t notify,
                                   struct virtio_dev *device, struct uk_alloc *allocator)
{
    struct ring *ring = uk_malloc(allocator, sizeof(*ring) + size * sizeof(struct chain));

    if (!ring)
        return ERR2PTR(-ENOMEM);
    memset(ring, 0, sizeof(*ring) + size * sizeof(struct chain));
    ring->memory = memory_of_ring(allocator, used_at(size, align) + virtq_used_bytes(size));
    if (!ring->memory) {
        uk_free(allocator, ring);
        return ERR2PTR(-ENOMEM);
    }
    begin(ring, size, align);
    ring->base.queue_id = queue;
    ring->base.vdev = device;
    ring->base.vq_callback = interrupt;
    ring->base.vq_notify_host = notify;
    ring->base.uses_event_idx = device->features >> VIRTIO_F_EVENT_IDX & 1;
    return &ring->base;
}

/* Both parts by the allocator, though it may not have made both. */
void virtqueue_destroy(struct virtqueue *base, struct uk_alloc *allocator)
{
    must(!((struct device *)(void *)base->vdev)->has_ring);
    uk_free(allocator, of(base)->memory);
    uk_free(allocator, base);
}

__paddr_t virtqueue_physaddr(struct virtqueue *base)
{
    return ukplat_virt_to_phys(of(base)->memory);
}

__paddr_t virtqueue_get_avail_addr(struct virtqueue *base)
{
    return virtqueue_physaddr(base) + virtq_desc_bytes(of(base)->size);
}

__paddr_t virtqueue_get_used_addr(struct virtqueue *base)
{
    return virtqueue_physaddr(base) +
           (size_t)((unsigned char *)of(base)->used - (unsigned char *)of(base)->memory);
}

unsigned int virtqueue_vring_get_num(struct virtqueue *base)
{
    return of(base)->size;
}

int virtqueue_hasdata(struct virtqueue *base)
{
    return of(base)->taken != __atomic_load_n(&of(base)->used->idx, __ATOMIC_ACQUIRE);
}

void virtqueue_intr_disable(struct virtqueue *base)
{
    struct ring *ring = of(base);

    if (base->uses_event_idx)
        *virtq_used_event(ring->avail, ring->size) = (uint16_t)(ring->taken - ring->size - 1);
    else
        ring->avail->flags |= VIRTQ_AVAIL_F_NO_INTERRUPT;
}

int virtqueue_intr_enable(struct virtqueue *base)
{
    struct ring *ring = of(base);

    machine_step();
    if (virtqueue_hasdata(base))
        return 1;
    if (base->uses_event_idx)
        *virtq_used_event(ring->avail, ring->size) = ring->taken;
    else
        ring->avail->flags &= (uint16_t)~VIRTQ_AVAIL_F_NO_INTERRUPT;
    machine_step();
    if (!virtqueue_hasdata(base))
        return 0;
    virtqueue_intr_disable(base);
    return 1;
}

int virtqueue_notify_enabled(struct virtqueue *base)
{
    struct ring *ring = of(base);
    uint16_t idx = ring->avail->idx;

    if (!base->uses_event_idx)
        return !(ring->used->flags & VIRTQ_USED_F_NO_NOTIFY);
    return virtq_need_event(*virtq_avail_event(ring->used, ring->size), idx, (uint16_t)(idx - 1));
}

static void make_available(struct ring *ring, uint16_t head)
{
    ring->avail->ring[ring->avail->idx & (ring->size - 1)] = head;
    __atomic_store_n(&ring->avail->idx, (uint16_t)(ring->avail->idx + 1), __ATOMIC_SEQ_CST);
    machine_step();
}

int virtqueue_buffer_enqueue(struct virtqueue *base, void *cookie, struct uk_sglist *list,
                             __u16 nr_readable, __u16 nr_writable)
{
    struct ring *ring = of(base);
    uint16_t count = (uint16_t)(nr_readable + nr_writable);
    uint16_t head = ring->free;
    uint16_t i;

    must(cookie && list->sg_nseg == count && count <= list->sg_maxseg);
    if (!count || count > ring->size)
        return -EINVAL;
    if (count > ring->nr_free)
        return -ENOSPC;
    for (i = 0; i < count; i++) {
        struct virtq_desc *desc = &ring->desc[ring->free];

        desc->addr = list->sg_segs[i].ss_paddr;
        desc->len = (uint32_t)list->sg_segs[i].ss_len;
        desc->flags = (uint16_t)((i < nr_readable ? 0 : VIRTQ_DESC_F_WRITE) |
                                 (i + 1 < count ? VIRTQ_DESC_F_NEXT : 0));
        ring->free = desc->next;
    }
    ring->chains[head] = (struct chain){cookie, count};
    left[head % RING_SIZE] = cookie;
    of_others = (unsigned char *)cookie + FAR;
    ring->nr_free -= count;
    make_available(ring, head);
    return ring->nr_free;
}

static void detach(struct ring *ring, uint16_t head)
{
    struct virtq_desc *last = &ring->desc[head];

    while (last->flags & VIRTQ_DESC_F_NEXT)
        last = &ring->desc[last->next];
    last->next = ring->free;
    ring->free = head;
    ring->nr_free += ring->chains[head].count;
    ring->chains[head] = (struct chain){NULL, 0};
}

int virtqueue_buffer_dequeue(struct virtqueue *base, void **cookie, __u32 *written)
{
    struct ring *ring = of(base);
    const struct virtq_used_elem *used;

    machine_step();
    if (!virtqueue_hasdata(base))
        return -ENOMSG;
    used = &ring->used->ring[ring->taken++ & (ring->size - 1)];
    must(used->id < ring->size);
    *cookie = ring->chains[used->id].cookie;
    *written = used->len;
    detach(ring, (uint16_t)used->id);
    return ring->size - ring->nr_free;
}
