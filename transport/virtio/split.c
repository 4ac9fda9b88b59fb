/* SPDX-License-Identifier: Apache-2.0 */
#include "virtio/split.h"

#include "platform/platform.h"

/*
 * Order, as the device is another processor. A store-release publishes avail.idx, and a load-acquire
 * of used.idx comes before the entry is read. Where each side writes an index and then reads the
 * other's wish to hear of it, both need a full fence between the two, or both could miss the other.
 */

/* What of a chain the driver knows by itself: the device may write to the descriptors. */
struct virtqueue_chain {
    void *token;
    uint64_t room;  /* bytes to write */
    uint16_t count; /* descriptors; 0: no chain that is posted begins here */
    uint16_t next;  /* descriptor: in the chain, or in the list of free ones */
};

/* So that what the driver writes and what the device writes are in cache lines of their own. */
enum { USED_ALIGN = 64 };

static size_t used_offset(size_t size)
{
    size_t end = virtq_desc_bytes(size) + virtq_avail_bytes(size);

    return (end + USED_ALIGN - 1) / USED_ALIGN * USED_ALIGN;
}

size_t virtqueue_bytes(size_t size)
{
    return used_offset(size) + virtq_used_bytes(size);
}

static void lay_out(struct virtqueue *queue, void *memory)
{
    unsigned char *at = memory;

    queue->desc = memory;
    queue->avail = (void *)(at + virtq_desc_bytes(queue->size));
    queue->used = (void *)(at + used_offset(queue->size));
    /* The index before the first: no interrupt until virtqueue_arm() asks for one. */
    *virtq_used_event(queue->avail, queue->size) = UINT16_MAX;
}

bool virtqueue_begin(struct virtqueue *queue, size_t size, void *memory, bool event_idx)
{
    size_t i;

    *queue = (struct virtqueue){.size = size, .event_idx = event_idx, .nr_free = (uint16_t)size};
    queue->chains = platform_alloc(size * sizeof(*queue->chains));
    if (!queue->chains)
        return false;
    for (i = 0; i < size; i++)
        queue->chains[i] = (struct virtqueue_chain){.next = (uint16_t)(i + 1)};
    lay_out(queue, memory);
    return true;
}

void virtqueue_end(struct virtqueue *queue)
{
    platform_free(queue->chains);
    *queue = (struct virtqueue){.broken = true};
}

static uint16_t wrap(const struct virtqueue *queue, uint16_t idx)
{
    return (uint16_t)(idx & (queue->size - 1));
}

/* Where the list of free descriptors goes on behind those that were filled. */
static uint16_t fill(struct virtqueue *queue, const struct virtio_segment *segments,
                     size_t nr_readable, size_t count)
{
    uint16_t at = queue->free;
    uint16_t next;
    size_t i;

    for (i = 0; i < count; i++, at = next) {
        next = queue->chains[at].next;
        queue->desc[at] = (struct virtq_desc){
            .addr = segments[i].address,
            .len = segments[i].size,
            .flags = (uint16_t)((i < nr_readable ? 0 : VIRTQ_DESC_F_WRITE) |
                                (i + 1 < count ? VIRTQ_DESC_F_NEXT : 0)),
            .next = i + 1 < count ? next : 0,
        };
    }
    return at;
}

static uint64_t room_of(const struct virtio_segment *writable, size_t count)
{
    uint64_t room = 0;
    size_t i;

    for (i = 0; i < count; i++)
        room += writable[i].size;
    return room;
}

bool virtqueue_post(struct virtqueue *queue, const struct virtio_segment *segments,
                    size_t nr_readable, size_t nr_writable, void *token)
{
    size_t count = nr_readable + nr_writable;
    uint16_t head = queue->free;
    struct virtqueue_chain *chain;

    if (queue->broken || !count || count > queue->nr_free)
        return false;
    chain = &queue->chains[head];
    queue->free = fill(queue, segments, nr_readable, count);
    queue->nr_free -= (uint16_t)count;
    queue->nr_posted++;
    chain->token = token;
    chain->room = room_of(segments + nr_readable, nr_writable);
    chain->count = (uint16_t)count;
    queue->avail->ring[wrap(queue, queue->next_avail)] = head;
    queue->next_avail++;
    __atomic_store_n(&queue->avail->idx, queue->next_avail, __ATOMIC_RELEASE);
    return true;
}

bool virtqueue_must_notify(struct virtqueue *queue)
{
    uint16_t told = queue->told;
    const uint16_t *event = virtq_avail_event(queue->used, queue->size);

    if (told == queue->next_avail)
        return false;
    queue->told = queue->next_avail;
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    if (queue->event_idx)
        return virtq_need_event(__atomic_load_n(event, __ATOMIC_RELAXED), queue->next_avail, told);
    return !(__atomic_load_n(&queue->used->flags, __ATOMIC_RELAXED) & VIRTQ_USED_F_NO_NOTIFY);
}

/* The descriptors of a chain are free again. Returns its token. */
static void *release(struct virtqueue *queue, uint16_t head)
{
    struct virtqueue_chain *chain = &queue->chains[head];
    uint16_t last = head;
    uint16_t i;

    for (i = 1; i < chain->count; i++)
        last = queue->chains[last].next;
    queue->chains[last].next = queue->free;
    queue->free = head;
    queue->nr_free += chain->count;
    queue->nr_posted--;
    chain->count = 0;
    return chain->token;
}

static bool is_posted(const struct virtqueue *queue, uint32_t id, uint32_t written)
{
    return id < queue->size && queue->chains[id].count && written <= queue->chains[id].room;
}

static void *break_off(struct virtqueue *queue)
{
    __atomic_store_n(&queue->broken, true, __ATOMIC_RELAXED);
    return NULL;
}

void *virtqueue_take(struct virtqueue *queue, uint32_t *written)
{
    const struct virtq_used_elem *elem;
    uint16_t idx;
    uint32_t id;

    if (queue->broken)
        return NULL;
    idx = __atomic_load_n(&queue->used->idx, __ATOMIC_ACQUIRE);
    if (idx == queue->next_used)
        return NULL;
    elem = &queue->used->ring[wrap(queue, queue->next_used)];
    id = __atomic_load_n(&elem->id, __ATOMIC_RELAXED);
    *written = __atomic_load_n(&elem->len, __ATOMIC_RELAXED);
    if ((uint16_t)(idx - queue->next_used) > queue->nr_posted || !is_posted(queue, id, *written))
        return break_off(queue);
    queue->next_used++;
    return release(queue, (uint16_t)id);
}

bool virtqueue_arm(struct virtqueue *queue)
{
    if (queue->broken)
        return true;
    /* Without the event index interrupts are always on, as nothing is lost by one too many. */
    if (queue->event_idx)
        __atomic_store_n(virtq_used_event(queue->avail, queue->size), queue->next_used,
                         __ATOMIC_RELAXED);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    return __atomic_load_n(&queue->used->idx, __ATOMIC_RELAXED) == queue->next_used;
}
