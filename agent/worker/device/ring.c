/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/worker/device/ring.h"
#include "agent/worker/device/log.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* What the guest may write at any moment is read and written by these. */
static uint16_t load(const uint16_t *from)
{
    return __atomic_load_n(from, __ATOMIC_ACQUIRE);
}

static void store(uint16_t *to, uint16_t value)
{
    __atomic_store_n(to, value, __ATOMIC_RELEASE);
}

void ring_begin(struct ring *ring, struct ring_ledger *ledger)
{
    memset(ring, 0, sizeof(*ring));
    ring->ledger = ledger;
    ring->call = -1;
    pthread_mutex_init(&ring->lock, NULL);
}

void ring_end(struct ring *ring)
{
    ring_leave(ring);
    pthread_mutex_destroy(&ring->lock);
}

void ring_leave(struct ring *ring)
{
    pthread_mutex_lock(&ring->lock);
    if (ring->call >= 0)
        close(ring->call);
    ring->call = -1;
    ring->size = 0;
    ring->memory = NULL;
    pthread_mutex_unlock(&ring->lock);
}

static void *find(const struct guest_memory *memory, uint64_t address, size_t size, size_t align,
                  const char *what)
{
    void *found = guest_memory_front(memory, address, size);

    if (found && (uintptr_t)found % align == 0)
        return found;
    device_log("the ring's %s at 0x%llx do not lie in memory, or not at a multiple of %zu", what,
               (unsigned long long)address, align);
    return NULL;
}

static bool find_parts(struct ring *ring, const struct device_ring *told,
                       const struct guest_memory *memory)
{
    uint32_t size = told->size;

    if (!size || size > DEVICE_QUEUE_MOST || size & (size - 1)) {
        device_log("a queue of %u cannot be served: its size is a power of two, at most %d", size,
                   DEVICE_QUEUE_MOST);
        return false;
    }
    ring->desc = find(memory, told->desc, virtq_desc_bytes(size), VIRTQ_DESC_ALIGN, "descriptors");
    ring->avail =
        find(memory, told->avail, virtq_avail_bytes(size), VIRTQ_AVAIL_ALIGN, "available entries");
    ring->used = find(memory, told->used, virtq_used_bytes(size), VIRTQ_USED_ALIGN, "used entries");
    return ring->desc && ring->avail && ring->used;
}

bool ring_place(struct ring *ring, const struct device_ring *told, uint64_t features,
                struct guest_memory *memory, int call)
{
    bool found;

    ring_leave(ring);
    pthread_mutex_lock(&ring->lock);
    found = find_parts(ring, told, memory);
    ring->call = call;
    if (found) {
        ring->size = told->size;
        ring->memory = memory;
        ring->event_idx = features & VIRTIO_BIT(VIRTIO_F_RING_EVENT_IDX);
        ring->indirect = features & VIRTIO_BIT(VIRTIO_F_RING_INDIRECT_DESC);
    }
    pthread_mutex_unlock(&ring->lock);
    return found;
}

void ring_start(struct ring *ring, uint16_t base)
{
    uint32_t i;

    for (i = 0; i < DEVICE_QUEUE_MOST; i++)
        atomic_store(&ring->ledger->in_flight[i].state, IN_FLIGHT_NONE);
    ring->next_avail = base;
    ring->next_used = load(&ring->used->idx);
    ring->broken = false;
    atomic_store(&ring->ledger->skew, (uint16_t)(base - ring->next_used));
    atomic_store(&ring->ledger->published, ring->next_used);
    atomic_store(&ring->ledger->is_begun, 1);
}

bool ring_ready(const struct ring *ring)
{
    return !ring->broken && load(&ring->avail->idx) != ring->next_avail;
}

/* Under way through the descriptors of one chain. */
struct walk {
    struct ring *ring;
    struct chain *chain;
    unsigned int left; /* descriptors that it may still have */
    const char *why;   /* it cannot be used */
    uint64_t value;
};

static bool refuse(struct walk *walk, const char *why, uint64_t value)
{
    walk->why = why;
    walk->value = value;
    return false;
}

static bool add_memory(struct walk *walk, const struct virtq_desc *desc)
{
    bool write = desc->flags & VIRTQ_DESC_F_WRITE;
    uint64_t address = desc->addr;
    uint64_t left = desc->len;
    const struct guest_region *region;
    uint64_t part;

    if (!left)
        return refuse(walk, "a descriptor has no bytes", address);
    if (!write && walk->chain->write.count)
        return refuse(walk, "what is to read comes behind what is to write", address);
    if (address + left < address)
        return refuse(walk, "a descriptor's end is beyond all addresses", address);
    while (left) {
        region = guest_memory_at(walk->ring->memory, address);
        if (!region)
            return refuse(walk, "an address lies outside of the memory", address);
        part = region->size - (address - region->guest);
        part = part < left ? part : left;
        if (!chain_add(walk->chain, write, region, address, part))
            return refuse(walk, "it has too many pieces", CHAIN_SEGMENTS_MOST);
        address += part;
        left -= part;
    }
    return true;
}

/* One that was copied. A loop comes to an end when there are more than the queue has. */
static bool add(struct walk *walk, const struct virtq_desc *desc)
{
    if (!walk->left--)
        return refuse(walk, "it has more descriptors than the queue, or goes in circles",
                      walk->ring->size);
    if (desc->flags & ~(VIRTQ_DESC_F_NEXT | VIRTQ_DESC_F_WRITE))
        return refuse(walk, "a descriptor's flags are unknown, or not negotiated", desc->flags);
    return add_memory(walk, desc);
}

/* The guest's, copied field by field so that each is read once. */
static struct virtq_desc copy_of(const struct virtq_desc *from)
{
    const volatile struct virtq_desc *shared = from;

    return (struct virtq_desc){shared->addr, shared->len, shared->flags, shared->next};
}

static bool copy_table(struct walk *walk, const struct virtq_desc *desc)
{
    const struct ring *ring = walk->ring;
    unsigned char *to = (unsigned char *)walk->ring->table;
    uint64_t address = desc->addr;
    uint64_t left = desc->len;
    const struct guest_region *region;
    uint64_t part;

    while (left) {
        region = guest_memory_at(ring->memory, address);
        if (!region)
            return refuse(walk, "an address lies outside of the memory", address);
        part = region->size - (address - region->guest);
        part = part < left ? part : left;
        memcpy(to, region->host + (address - region->guest), part);
        to += part;
        address += part;
        left -= part;
    }
    return true;
}

static bool walk_table(struct walk *walk, const struct virtq_desc *desc)
{
    struct ring *ring = walk->ring;
    uint32_t count = desc->len / sizeof(struct virtq_desc);
    uint32_t i = 0;

    if (desc->flags & ~VIRTQ_DESC_F_INDIRECT)
        return refuse(walk, "an indirect descriptor has other flags", desc->flags);
    if (!count || desc->len % sizeof(struct virtq_desc) || count > ring->size)
        return refuse(walk, "an indirect table's size is none", desc->len);
    if (desc->addr + desc->len < desc->addr)
        return refuse(walk, "an indirect table's end is beyond all addresses", desc->addr);
    if (!copy_table(walk, desc))
        return false;
    for (;;) {
        if (i >= count)
            return refuse(walk, "the next descriptor is beyond the table", i);
        if (!add(walk, &ring->table[i]))
            return false;
        if (!(ring->table[i].flags & VIRTQ_DESC_F_NEXT))
            return true;
        i = ring->table[i].next;
    }
}

static bool walk_chain(struct walk *walk, uint16_t head)
{
    struct ring *ring = walk->ring;
    struct virtq_desc desc;
    uint16_t i = head;

    for (;;) {
        if (i >= ring->size)
            return refuse(walk, "the next descriptor is beyond the queue", i);
        desc = copy_of(&ring->desc[i]);
        if (ring->indirect && desc.flags & VIRTQ_DESC_F_INDIRECT)
            return walk_table(walk, &desc);
        if (!add(walk, &desc))
            return false;
        if (!(desc.flags & VIRTQ_DESC_F_NEXT))
            return true;
        i = desc.next;
    }
}

static bool walk(struct walk *walk, uint16_t head)
{
    struct chain *chain = walk->chain;

    walk->left = walk->ring->size;
    chain_begin(chain, head);
    if (!walk_chain(walk, head))
        return false;
    chain_copy_out(&chain->read, 0, &chain->accel, sizeof(chain->accel));
    return true;
}

static void tell(const struct walk *walk)
{
    device_log("a descriptor chain cannot be used: %s (%llu)", walk->why,
               (unsigned long long)walk->value);
}

bool ring_walk(struct ring *ring, uint16_t head, struct chain *chain)
{
    struct walk under_way = {.ring = ring, .chain = chain};
    bool usable = walk(&under_way, head);

    if (!usable)
        tell(&under_way);
    return usable;
}

static enum ring_outcome break_ring(struct ring *ring, const char *why, uint32_t value)
{
    ring->broken = true;
    device_log("%s (%u): the ring is not served until it is set up anew", why, value);
    return RING_BROKEN;
}

/* The driver may use a head again as soon as it sees it returned, which is before the ledger has that. */
static bool note_taken(struct ring *ring, uint16_t head, uint32_t answer_size)
{
    if (ledger_take(ring->ledger, head, answer_size))
        return true;
    pthread_mutex_lock(&ring->lock);
    pthread_mutex_unlock(&ring->lock);
    return ledger_take(ring->ledger, head, answer_size);
}

enum ring_outcome ring_take(struct ring *ring, struct chain *chain)
{
    struct walk under_way = {.ring = ring, .chain = chain};
    uint16_t available = load(&ring->avail->idx) - ring->next_avail;
    uint32_t answer_size;
    uint16_t head;
    bool usable;

    if (ring->broken)
        return RING_BROKEN;
    if (!available)
        return RING_EMPTY;
    if (available > ring->size)
        return break_ring(ring, "more chains are available than there are descriptors", available);
    head = load(&ring->avail->ring[ring->next_avail & (ring->size - 1)]);
    if (head >= ring->size)
        return break_ring(ring, "a chain begins beyond the queue", head);
    usable = walk(&under_way, head);
    answer_size = chain->accel.magic == WIRE_MAGIC ? chain->accel.answer_size : 0;
    if (!note_taken(ring, head, usable ? answer_size : 0))
        return break_ring(ring, "a chain is available that was not returned yet", head);
    ring->next_avail++;
    if (usable)
        return RING_TAKEN;
    tell(&under_way);
    ring_return(ring, head, 0);
    return RING_REFUSED;
}

bool ring_arm(struct ring *ring)
{
    if (ring->event_idx)
        store(virtq_avail_event(ring->used, ring->size), ring->next_avail);
    else
        store(&ring->used->flags, 0);
    /* The driver looks at this after it has raised avail.idx; one of the two sees the other's. */
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    return !ring_ready(ring);
}

void ring_disarm(struct ring *ring)
{
    if (!ring->event_idx)
        store(&ring->used->flags, VIRTQ_USED_F_NO_NOTIFY);
}

/* Whether the driver wants to hear of used.idx having become @now. */
static bool wants_call(const struct ring *ring, uint16_t now)
{
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    if (ring->event_idx)
        return virtq_need_event(load(virtq_used_event(ring->avail, ring->size)), now,
                                (uint16_t)(now - 1));
    return !(load(&ring->avail->flags) & VIRTQ_AVAIL_F_NO_INTERRUPT);
}

/* Under the lock: between the notes in the ledger, in the order that device.h asks for. */
static void put(struct ring *ring, uint16_t head, uint32_t written)
{
    struct virtq_used_elem *entry = &ring->used->ring[ring->next_used & (ring->size - 1)];

    __atomic_store_n(&entry->id, head, __ATOMIC_RELAXED);
    __atomic_store_n(&entry->len, written, __ATOMIC_RELAXED);
    ring->next_used++;
    ledger_return_begin(ring->ledger, head, ring->next_used);
    store(&ring->used->idx, ring->next_used);
    ledger_return_end(ring->ledger, head);
}

void ring_return(struct ring *ring, uint16_t head, uint32_t written)
{
    const uint64_t one = 1;

    pthread_mutex_lock(&ring->lock);
    if (ring->size > head) {
        put(ring, head, written);
        if (ring->call >= 0 && wants_call(ring, ring->next_used))
            while (write(ring->call, &one, sizeof(one)) < 0 && errno == EINTR)
                continue;
    }
    pthread_mutex_unlock(&ring->lock);
}
