/* SPDX-License-Identifier: Apache-2.0 */
#include "virtio/virtio.h"

#include "device.h"

#include <string.h>

/* What is behind the ring: chains are read from it, and answered by fake_device.c. */

enum { SEGMENTS_MOST = 4096 };

uint64_t fake_clock(void)
{
    return machine_now();
}

void fake_complain(struct fake *fake, const char *what)
{
    fprintf(stderr, "the device: %s\n", what);
    fake->complaint = what;
}

/* Of the ring, which lies in one piece. */
static void *part(uint64_t physical, size_t size)
{
    size_t room = size;
    void *data = memory_at(physical, &room);

    must(data && room == size);
    return data;
}

static struct virtq_desc *desc_of(const struct device *device)
{
    return part(device->desc, virtq_desc_bytes(device->queue_size));
}

static struct virtq_avail *avail_of(const struct device *device)
{
    return part(device->avail, virtq_avail_bytes(device->queue_size));
}

static struct virtq_used *used_of(const struct device *device)
{
    return part(device->used, virtq_used_bytes(device->queue_size));
}

static bool has_event_idx(const struct device *device)
{
    return device->chosen >> VIRTIO_F_RING_EVENT_IDX & 1;
}

/* As the process has it, in as many pieces as that takes. */
static size_t translate(const struct virtq_desc *desc, struct virtio_segment *segments)
{
    uint64_t address = desc->addr;
    uint32_t left = desc->len;
    size_t count = 0;
    size_t size;

    must(left);
    for (; left; left -= (uint32_t)size, address += size) {
        size = left;
        segments[count].address = (uintptr_t)memory_at(address, &size);
        must(segments[count].address && size);
        segments[count++].size = (uint32_t)size;
        must(count < SEGMENTS_MOST);
    }
    return count;
}

static struct fake_chain *read_chain(const struct device *device, uint16_t head)
{
    static struct virtio_segment segments[RING_SIZE + SEGMENTS_MOST];
    struct fake_chain *chain = calloc(1, sizeof(*chain));
    const struct virtq_desc *desc = desc_of(device);
    size_t count = 0;
    size_t added;
    uint16_t i = head;

    for (;; i = desc[i].next) {
        must(i < device->queue_size && count < RING_SIZE);
        added = translate(&desc[i], segments + count);
        count += added;
        if (desc[i].flags & VIRTQ_DESC_F_WRITE)
            chain->nr_writable += added;
        else
            chain->nr_readable += added;
        must(desc[i].flags & VIRTQ_DESC_F_WRITE || !chain->nr_writable);
        if (!(desc[i].flags & VIRTQ_DESC_F_NEXT))
            break;
    }
    chain->token = (void *)(uintptr_t)head;
    chain->segments = malloc(count * sizeof(*segments));
    memcpy(chain->segments, segments, count * sizeof(*segments));
    return chain;
}

static void free_chain(struct fake_chain *chain)
{
    free(chain->segments);
    free(chain);
}

static uint32_t room_of(const struct fake_chain *chain)
{
    uint32_t room = 0;
    size_t i;

    for (i = 0; i < chain->nr_writable; i++)
        room += chain->segments[chain->nr_readable + i].size;
    return room;
}

static void put_used(struct device *device, uint32_t id, uint32_t written)
{
    struct virtq_used *used = used_of(device);
    struct virtq_avail *avail = avail_of(device);
    bool wants;

    used->ring[device->returned % device->queue_size] = (struct virtq_used_elem){id, written};
    __atomic_store_n(&used->idx, ++device->returned, __ATOMIC_SEQ_CST);
    wants = has_event_idx(device) ? virtq_need_event(*virtq_used_event(avail, device->queue_size),
                                                     device->returned, device->returned - 1)
                                  : !(avail->flags & VIRTQ_AVAIL_F_NO_INTERRUPT);
    if (!wants || device->loses_interrupts)
        return;
    device->interrupts++;
    machine_interrupt();
    if (device->pace != BY_ITSELF)
        machine_step();
}

/* The last one that it had, if there was any. */
static uint32_t not_posted(const struct device *device)
{
    uint32_t id = device->had;

    while (device->has[id])
        id = (id + 1) % device->queue_size;
    return id;
}

static void give_back(struct device *device, struct fake_chain *chain)
{
    uint16_t head = (uint16_t)(uintptr_t)chain->token;
    enum ring_mischief mischief = device->mischief;

    device->mischief = RETURNS_WELL;
    if (mischief == RETURNS_STRANGE) {
        put_used(device, not_posted(device), 0);
    } else {
        device->has[head] = false;
        put_used(device, head, mischief == RETURNS_MUCH ? room_of(chain) + 1 : chain->written);
    }
    if (mischief == RETURNS_TWICE)
        put_used(device, head, chain->written);
    free_chain(chain);
}

static void echo(struct fake_chain *chain)
{
    const struct virtio_segment *in = chain->segments;
    const struct virtio_segment *out = chain->segments + chain->nr_readable;
    const struct virtio_segment *end = out + chain->nr_writable;
    size_t from = 0;
    size_t to = 0;

    while (in < chain->segments + chain->nr_readable && out < end) {
        ((unsigned char *)(uintptr_t)out->address)[to++] =
            (unsigned char)(((unsigned char *)(uintptr_t)in->address)[from++] + 1);
        chain->written++;
        if (from == in->size) {
            from = 0;
            in++;
        }
        if (to == out->size) {
            to = 0;
            out++;
        }
    }
}

/* Whether it has an answer. */
static bool answer(struct device *device, struct fake_chain *chain)
{
    if (!device->is_echo)
        return fake_serve(&device->fake, chain);
    echo(chain);
    return true;
}

static bool take_next(struct device *device)
{
    struct virtq_avail *avail = avail_of(device);
    struct fake_chain *chain;
    uint16_t head;

    if (__atomic_load_n(&avail->idx, __ATOMIC_SEQ_CST) == device->taken)
        return false;
    head = avail->ring[device->taken++ % device->queue_size];
    must(head < device->queue_size && !device->has[head]);
    device->has[head] = true;
    if (head)
        device->had = head;
    device->fake.counts.chains++;
    chain = read_chain(device, head);
    if (answer(device, chain)) {
        give_back(device, chain);
        return true;
    }
    *device->fake.held.last = chain;
    device->fake.held.last = &chain->next;
    return true;
}

static bool serve_held(struct device *device)
{
    struct fake_list *held = &device->fake.held;
    struct fake_chain **at = &held->first;
    struct fake_chain *chain;

    while (*at && !(*at)->cancelled && machine_now() < (*at)->not_before)
        at = &(*at)->next;
    chain = *at;
    if (!chain)
        return false;
    *at = chain->next;
    if (!chain->next)
        held->last = at;
    fake_serve_late(&device->fake, chain);
    give_back(device, chain);
    return true;
}

/* Whether it wants to hear of the next chain. */
static void ask_to_be_told(struct device *device)
{
    struct virtq_used *used = used_of(device);
    bool wants = device->pace != BY_ITSELF;

    used->flags = wants ? 0 : VIRTQ_USED_F_NO_NOTIFY;
    *virtq_avail_event(used, device->queue_size) =
        (uint16_t)(device->taken - (wants ? 0 : device->queue_size + 1u));
}

bool device_serve(struct device *device)
{
    bool any = false;

    if (device->backend || !(device->status & VIRTIO_STATUS_DRIVER_OK))
        return false;
    while (serve_held(device))
        any = true;
    if (!device->told && device->pace != BY_ITSELF)
        return any;
    device->told = false;
    while (take_next(device))
        any = true;
    ask_to_be_told(device);
    return any;
}

uint64_t device_next(const struct device *device)
{
    const struct fake_chain *chain;
    uint64_t next = UINT64_MAX;

    for (chain = device->fake.held.first; chain; chain = chain->next)
        if (chain->cancelled || chain->not_before < next)
            next = chain->cancelled ? 0 : chain->not_before;
    return next;
}

void device_forget(struct device *device)
{
    struct fake_list *held = &device->fake.held;
    struct fake_chain *chain;

    while ((chain = held->first)) {
        held->first = chain->next;
        free_chain(chain);
    }
    held->last = &held->first;
    fake_forget(&device->fake);
    memset(device->has, 0, sizeof(device->has));
    device->fake.calls_now = 0;
    device->fake.greeted = false;
}
