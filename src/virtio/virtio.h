/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VIRTIO_VIRTIO_H
#define VIRTIO_VIRTIO_H

#include <stddef.h>
#include <stdint.h>

/*
 * The part of virtio 1.2 that a driver and a device of one split virtqueue share: numbers and the
 * layout in memory. Names are the standard's, in lower case where they are types.
 */

enum {
    VIRTIO_F_RING_INDIRECT_DESC = 28, /* bits of the features */
    VIRTIO_F_RING_EVENT_IDX = 29,
    VIRTIO_F_VERSION_1 = 32,
};

#define VIRTIO_BIT(bit) (UINT64_C(1) << (bit))

enum virtio_status {
    VIRTIO_STATUS_ACKNOWLEDGE = 1,
    VIRTIO_STATUS_DRIVER = 2,
    VIRTIO_STATUS_DRIVER_OK = 4,
    VIRTIO_STATUS_FEATURES_OK = 8,
    VIRTIO_STATUS_NEEDS_RESET = 64,
    VIRTIO_STATUS_FAILED = 128,
};

enum { VIRTIO_ID_BLOCK = 2, VIRTIO_ID_VSOCK = 19, VIRTQ_SIZE_MOST = 32768 };

enum virtq_desc_flags {
    VIRTQ_DESC_F_NEXT = 1,
    VIRTQ_DESC_F_WRITE = 2, /* for the device to write; else to read */
    VIRTQ_DESC_F_INDIRECT = 4,
};

struct virtq_desc {
    uint64_t addr; /* guest-physical */
    uint32_t len;
    uint16_t flags;
    uint16_t next;
};

enum { VIRTQ_AVAIL_F_NO_INTERRUPT = 1, VIRTQ_USED_F_NO_NOTIFY = 1 };

/* Behind @ring stands used_event, 2 bytes: the driver wants to hear when used.idx passes it. */
struct virtq_avail {
    uint16_t flags;
    uint16_t idx;
    uint16_t ring[];
};

struct virtq_used_elem {
    uint32_t id;  /* head of the chain */
    uint32_t len; /* bytes that the device wrote */
};

/* Behind @ring stands avail_event, 2 bytes: the device wants to hear when avail.idx passes it. */
struct virtq_used {
    uint16_t flags;
    uint16_t idx;
    struct virtq_used_elem ring[];
};

enum { VIRTQ_DESC_ALIGN = 16, VIRTQ_AVAIL_ALIGN = 2, VIRTQ_USED_ALIGN = 4 };

/* Bytes of each part for a queue of @size, with the event index behind it. */
static inline size_t virtq_desc_bytes(size_t size)
{
    return size * sizeof(struct virtq_desc);
}

static inline size_t virtq_avail_bytes(size_t size)
{
    return sizeof(struct virtq_avail) + (size + 1) * sizeof(uint16_t);
}

static inline size_t virtq_used_bytes(size_t size)
{
    return sizeof(struct virtq_used) + size * sizeof(struct virtq_used_elem) + sizeof(uint16_t);
}

static inline uint16_t *virtq_used_event(struct virtq_avail *avail, size_t size)
{
    return &avail->ring[size];
}

static inline uint16_t *virtq_avail_event(struct virtq_used *used, size_t size)
{
    return (uint16_t *)(void *)&used->ring[size];
}

/* Whether an index that went from @old to @now has passed what the other side wants to hear of. */
static inline int virtq_need_event(uint16_t event, uint16_t now, uint16_t old)
{
    return (uint16_t)(now - event - 1) < (uint16_t)(now - old);
}

#endif
