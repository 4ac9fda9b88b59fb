/* SPDX-License-Identifier: Apache-2.0 */
#include "fake_vsock.h"

#include <string.h>

struct fake_vsock fake_vsock;
uint32_t fake_promised, fake_taken;

static void read_config(struct virtio_device *device, size_t offset, uint8_t *data, size_t size)
{
    const struct vsock_config config = {fake_vsock.cid};

    (void)device;
    memcpy(data, (const uint8_t *)&config + offset, size);
}

static uint8_t status(struct virtio_device *device)
{
    (void)device;
    return fake_vsock.status;
}

static void set_status(struct virtio_device *device, uint8_t value)
{
    (void)device;
    if (value || !fake_vsock.ignores_reset)
        fake_vsock.status = value;
    else
        fake_vsock_take();
}

static uint64_t features(struct virtio_device *device)
{
    (void)device;
    return VIRTIO_BIT(VIRTIO_F_VERSION_1) | VIRTIO_BIT(VIRTIO_F_RING_EVENT_IDX);
}

static void set_features(struct virtio_device *device, uint64_t value)
{
    (void)device;
    (void)value;
}

static size_t queue_size_most(struct virtio_device *device, unsigned int index)
{
    (void)device;
    (void)index;
    return fake_vsock.queue_size;
}

static void set_queue(struct virtio_device *device, unsigned int index,
                      const struct virtqueue *queue)
{
    (void)device;
    fake_vsock.queues[index] = queue;
    fake_vsock.taken[index] = fake_vsock.returned[index] = 0;
}

/* The head of the next chain, which is taken; NULL: there is none. */
static const struct virtq_desc *next_chain(unsigned int queue, uint16_t *head)
{
    const struct virtqueue *q = fake_vsock.queues[queue];

    if (!q || !q->avail || fake_vsock.taken[queue] == q->avail->idx)
        return NULL;
    *head = q->avail->ring[fake_vsock.taken[queue]++ & (q->size - 1)];
    return &q->desc[*head];
}

static void give_back(unsigned int queue, uint16_t head, uint32_t written)
{
    const struct virtqueue *q = fake_vsock.queues[queue];

    q->used->ring[fake_vsock.returned[queue]++ & (q->size - 1)] =
        (struct virtq_used_elem){head, written};
    q->used->idx = fake_vsock.returned[queue];
    *virtq_avail_event(q->used, q->size) = fake_vsock.taken[queue];
}

static const struct virtq_desc *next_of(unsigned int queue, const struct virtq_desc *desc)
{
    return desc->flags & VIRTQ_DESC_F_NEXT ? &fake_vsock.queues[queue]->desc[desc->next] : NULL;
}

/* When there are too many, the last counts, and bytes are not kept. */
static void note_packet(const struct virtq_desc *desc)
{
    struct fake_packet *packet;

    if (fake_vsock.nr_packets < FAKE_PACKETS_MOST)
        fake_vsock.nr_packets++;
    packet = &fake_vsock.packets[fake_vsock.nr_packets - 1];
    *packet = (struct fake_packet){.at = fake_vsock.nr_bytes, .nr_segments = 1};
    memcpy(&packet->header, (const void *)(uintptr_t)desc->addr, VSOCK_HEADER_SIZE);
    while ((desc = next_of(VSOCK_QUEUE_TX, desc))) {
        packet->nr_segments++;
        packet->data = (const void *)(uintptr_t)desc->addr;
        if (desc->len > FAKE_DATA_MOST - fake_vsock.nr_bytes)
            continue;
        memcpy(fake_vsock.data + fake_vsock.nr_bytes, packet->data, desc->len);
        fake_vsock.nr_bytes += desc->len;
    }
}

void fake_vsock_take(void)
{
    const struct virtq_desc *desc;
    uint16_t head;

    while ((desc = next_chain(VSOCK_QUEUE_TX, &head))) {
        note_packet(desc);
        give_back(VSOCK_QUEUE_TX, head, 0);
    }
}

static void notify(struct virtio_device *device, unsigned int index)
{
    (void)device;
    if (index == VSOCK_QUEUE_TX && !fake_vsock.is_stuck)
        fake_vsock_take();
}

static bool acknowledge(struct virtio_device *device)
{
    (void)device;
    return false;
}

static const struct virtio_bus bus = {
    .read_config = read_config,
    .status = status,
    .set_status = set_status,
    .features = features,
    .set_features = set_features,
    .queue_size_most = queue_size_most,
    .set_queue = set_queue,
    .notify = notify,
    .acknowledge = acknowledge,
};

static bool sleep_until(uint64_t deadline)
{
    (void)deadline;
    fake_vsock.asleep++;
    if (fake_vsock.sleep)
        fake_vsock.sleep();
    return false;
}

static const struct virtio_machine machine = {.sleep = sleep_until};

void fake_vsock_begin(void)
{
    memset(&fake_vsock, 0, sizeof(fake_vsock));
    fake_vsock.queue_size = 64;
    fake_vsock.cid = FAKE_CID;
    fake_vsock.device =
        (struct virtio_device){.bus = &bus, .machine = &machine, .name = "virtio-test"};
    virtio_device_begin(&fake_vsock.device);
    fake_promised = 1 << 20;
    fake_taken = 0;
}

bool fake_vsock_write(unsigned int queue, const void *bytes, size_t size, uint32_t written)
{
    const unsigned char *from = bytes;
    uint16_t head;
    const struct virtq_desc *desc = next_chain(queue, &head);
    size_t part;

    if (!desc)
        return false;
    for (; desc && size; desc = next_of(queue, desc)) {
        part = size < desc->len ? size : desc->len;
        memcpy((void *)(uintptr_t)desc->addr, from, part);
        from += part;
        size -= part;
    }
    give_back(queue, head, written);
    return true;
}

struct vsock_header fake_vsock_header(uint16_t op)
{
    const struct vsock_header *last = &fake_vsock.packets[fake_vsock.nr_packets - 1].header;

    return (struct vsock_header){.src_cid = last->dst_cid,
                                 .dst_cid = last->src_cid,
                                 .src_port = last->dst_port,
                                 .dst_port = last->src_port,
                                 .type = VSOCK_TYPE_STREAM,
                                 .op = op,
                                 .buf_alloc = fake_promised,
                                 .fwd_cnt = fake_taken};
}

bool fake_vsock_say(uint16_t op, uint32_t flags, const void *data, size_t size)
{
    unsigned char packet[VSOCK_HEADER_SIZE + VSOCK_RX_DATA];
    struct vsock_header header = fake_vsock_header(op);

    header.flags = flags;
    header.len = (uint32_t)size;
    memcpy(packet, &header, VSOCK_HEADER_SIZE);
    if (size)
        memcpy(packet + VSOCK_HEADER_SIZE, data, size);
    return fake_vsock_write(VSOCK_QUEUE_RX, packet, VSOCK_HEADER_SIZE + size,
                            (uint32_t)(VSOCK_HEADER_SIZE + size));
}
