/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/broker/config_space.h"
#include "stream/address.h"
#include "vhost/vhost.h"
#include "virtio/accel.h"
#include "virtio/virtio.h"
#include "virtio/vsock.h"

#include <string.h>

/* Of virtio-blk. None of the features that give bytes from ACCEL_CONFIG_AT_CARRIER on a meaning. */
enum { BLK_F_RO = 5 };

/* The beginning of virtio-blk's configuration space: an empty disk. */
struct blk_config {
    uint64_t capacity;
    uint32_t size_max;
    uint32_t seg_max;
    uint8_t geometry[4];
    uint32_t blk_size;
    uint8_t topology[8];
    uint8_t writeback;
    uint8_t unused;
    uint16_t num_queues;
};

enum { SEGMENTS = 126, BLOCK_SIZE = 512, FRONT_END_OFFSET = 0x100 };

union config_space {
    uint8_t bytes[VHOST_CONFIG_MOST];
    struct blk_config blk;
    struct vsock_config vsock;
};

_Static_assert(offsetof(struct blk_config, num_queues) + sizeof(uint16_t) ==
                   ACCEL_CONFIG_AT_CARRIER,
               "a carrier's own fields end where struct accel_config begins");

uint32_t config_space_queues(uint32_t device)
{
    return device == VIRTIO_ID_VSOCK ? VSOCK_QUEUES : 1;
}

uint32_t config_space_served(uint32_t device)
{
    return device == VIRTIO_ID_VSOCK ? VSOCK_QUEUE_EVENT : 1;
}

uint64_t config_space_features(uint32_t device)
{
    uint64_t features = VIRTIO_BIT(VIRTIO_F_VERSION_1) | VIRTIO_BIT(VIRTIO_F_RING_INDIRECT_DESC) |
                        VIRTIO_BIT(VIRTIO_F_RING_EVENT_IDX) |
                        VIRTIO_BIT(VHOST_USER_F_PROTOCOL_FEATURES);

    return device == VIRTIO_ID_BLOCK ? features | VIRTIO_BIT(BLK_F_RO) : features;
}

/* "vm0" for vhost-user:///run/vm0.sock?id=63; cut to the room that there is. */
static void fill_name(uint8_t *name, size_t room, const char *address)
{
    const char *file = strrchr(address, '/') + 1;
    size_t length = strcspn(file, ".?");

    memcpy(name, file, length < room ? length : room);
}

static void fill_accelerator(union config_space *space, uint32_t device, const char *address)
{
    struct accel_config accel = {.magic = WIRE_MAGIC, .version = ACCEL_CONFIG_VERSION};
    bool is_carrier = device == VIRTIO_ID_BLOCK;

    if (is_carrier)
        space->blk =
            (struct blk_config){.seg_max = SEGMENTS, .blk_size = BLOCK_SIZE, .num_queues = 1};
    fill_name(accel.name, sizeof(accel.name), address);
    memcpy(space->bytes + (is_carrier ? ACCEL_CONFIG_AT_CARRIER : ACCEL_CONFIG_AT_OWN), &accel,
           sizeof(accel));
}

static void fill(union config_space *space, uint32_t device, const char *address)
{
    struct address_vsock vsock;

    memset(space, 0, sizeof(*space));
    if (address_vsock(address, &vsock))
        space->vsock.guest_cid = vsock.cid;
    else
        fill_accelerator(space, device, address);
}

/* Some front ends count from the beginning of a device's registers on virtio-mmio. */
void config_space_read(uint32_t device, const char *address, uint32_t offset, uint8_t *bytes,
                       uint32_t size)
{
    union config_space space;
    uint32_t i;

    fill(&space, device, address);
    if (offset >= FRONT_END_OFFSET)
        offset -= FRONT_END_OFFSET;
    for (i = 0; i < size; i++)
        bytes[i] =
            offset < sizeof(space) && i < sizeof(space) - offset ? space.bytes[offset + i] : 0;
}
