/* SPDX-License-Identifier: Apache-2.0 */
#include "virtio/device.h"

#include "platform/platform.h"
#include "platform/text.h"
#include "vaccel/error.h"
#include "vaccel/log.h"
#include "virtio/accelerator.h"

enum { SIZE_MOST = 256, SEGMENT_MOST = 1 << 30 };

static const uint64_t reset_patience = 2000000000; /* nanoseconds */

static struct virtio_device *device_of(struct virtio_port *port)
{
    return (struct virtio_device *)(void *)port;
}

static void add_status(struct virtio_device *device, enum virtio_status bit)
{
    device->bus->set_status(device, (uint8_t)(device->bus->status(device) | bit));
}

/* All ones are what is read of a device that was pulled out. */
static bool uses_memory(uint8_t status)
{
    return status && status != UINT8_MAX;
}

/* False: it does not do what it is told. */
static bool reset_device(struct virtio_device *device)
{
    uint64_t deadline = platform_clock() + reset_patience;
    unsigned int attempt = 0;

    if (!device->bus->status(device))
        return true;
    device->bus->set_status(device, 0);
    while (uses_memory(device->bus->status(device))) {
        if (platform_clock() > deadline)
            return false;
        platform_pause(attempt++);
    }
    return true;
}

static int negotiate(struct virtio_device *device, bool *event_idx)
{
    uint64_t offered = device->bus->features(device);
    uint64_t wanted = VIRTIO_BIT(VIRTIO_F_VERSION_1) | VIRTIO_BIT(VIRTIO_F_RING_EVENT_IDX);

    if (!(offered & VIRTIO_BIT(VIRTIO_F_VERSION_1))) {
        vaccel_error("%s is a legacy device: start the virtual machine with virtio 1",
                     device->name);
        return VACCEL_ENODEV;
    }
    device->bus->set_features(device, offered & wanted);
    add_status(device, VIRTIO_STATUS_FEATURES_OK);
    if (!(device->bus->status(device) & VIRTIO_STATUS_FEATURES_OK)) {
        vaccel_error("%s refuses the features 0x%llx", device->name,
                     (unsigned long long)(offered & wanted));
        return VACCEL_ENODEV;
    }
    *event_idx = offered & VIRTIO_BIT(VIRTIO_F_RING_EVENT_IDX);
    return VACCEL_OK;
}

static void end_queue(struct virtio_device *device, unsigned int index)
{
    if (!device->rings[index])
        return;
    virtqueue_end(&device->queues[index]);
    platform_free_shared(device->rings[index]);
    device->rings[index] = NULL;
}

static void end_queues(struct virtio_device *device)
{
    unsigned int i;

    for (i = 0; i < VIRTIO_QUEUES_MOST; i++)
        end_queue(device, i);
}

static int make_queue(struct virtio_device *device, unsigned int index, bool event_idx)
{
    size_t most = device->bus->queue_size_most(device, index);
    size_t size = 1;
    void *ring;

    while (size * 2 <= most && size * 2 <= SIZE_MOST)
        size *= 2;
    if (!most) {
        vaccel_error("%s has no queue", device->name);
        return VACCEL_ENODEV;
    }
    ring = platform_alloc_shared(virtqueue_bytes(size));
    if (!ring)
        return VACCEL_ENOMEM;
    memset(ring, 0, virtqueue_bytes(size));
    if (!virtqueue_begin(&device->queues[index], size, ring, event_idx)) {
        platform_free_shared(ring);
        return VACCEL_ENOMEM;
    }
    device->rings[index] = ring;
    device->bus->set_queue(device, index, &device->queues[index]);
    return VACCEL_OK;
}

static int bring_up(struct virtio_device *device, unsigned int count)
{
    unsigned int i;
    bool event_idx = false;
    int ret;

    add_status(device, VIRTIO_STATUS_ACKNOWLEDGE);
    add_status(device, VIRTIO_STATUS_DRIVER);
    ret = negotiate(device, &event_idx);
    for (i = 0; i < count && ret == VACCEL_OK; i++)
        ret = make_queue(device, i, event_idx);
    add_status(device, ret == VACCEL_OK ? VIRTIO_STATUS_DRIVER_OK : VIRTIO_STATUS_FAILED);
    return ret;
}

bool virtio_device_reset(struct virtio_device *device)
{
    if (!reset_device(device))
        return false;
    end_queues(device);
    return true;
}

int virtio_device_open(struct virtio_device *device, unsigned int count)
{
    int ret;

    if (!virtio_device_reset(device)) {
        vaccel_error("%s cannot be reset: start the virtual machine anew", device->name);
        return VACCEL_ENODEV;
    }
    ret = bring_up(device, count);
    if (ret == VACCEL_ENOMEM)
        vaccel_error("%s: no memory for its queues", device->name);
    return ret;
}

void virtio_device_notify(struct virtio_device *device, unsigned int index)
{
    if (virtqueue_must_notify(&device->queues[index]))
        device->bus->notify(device, index);
}

/* A status of 0: it was reset behind our back. */
static bool is_there(struct virtio_device *device)
{
    uint8_t status = device->bus->status(device);

    return uses_memory(status) && !(status & VIRTIO_STATUS_NEEDS_RESET);
}

bool virtio_device_wait(struct virtio_device *device, uint64_t deadline)
{
    if (device->bus->acknowledge(device))
        return true;
    return device->machine->sleep(deadline) || is_there(device);
}

/* From here on the first queue as a port. */

/*
 * A device that cannot be reset (Firecracker's) still has what was posted, and may write to it: that
 * has to come back first.
 */
static void drain(struct virtio_device *device)
{
    unsigned int attempt = 0;
    uint32_t written;

    vaccel_warn("%s cannot be reset: waiting for the %u requests that it has", device->name,
                device->queues[0].nr_posted);
    while (device->queues[0].nr_posted)
        if (!virtqueue_take(&device->queues[0], &written))
            platform_pause(attempt++);
}

static void device_reset(struct virtio_port *port)
{
    struct virtio_device *device = device_of(port);

    /* If not, the ring stays: the device may look at it for ever. */
    if (device->rings[0] && !virtio_device_reset(device))
        drain(device);
}

static int device_open(struct virtio_port *port)
{
    struct virtio_device *device = device_of(port);
    int ret = virtio_device_open(device, 1);

    port->queue_size = device->queues[0].size;
    return ret;
}

static size_t device_map(struct virtio_port *port, const void *data, size_t size,
                         struct virtio_segment *segments, size_t room)
{
    uint64_t address = (uintptr_t)data;
    size_t count = 0;

    (void)port;
    while (size && count < room) {
        uint32_t part = size < SEGMENT_MOST ? (uint32_t)size : SEGMENT_MOST;

        segments[count++] = (struct virtio_segment){address, part};
        address += part;
        size -= part;
    }
    return size ? 0 : count;
}

static bool device_post(struct virtio_port *port, const struct virtio_segment *segments,
                        size_t nr_readable, size_t nr_writable, void *token)
{
    return virtqueue_post(&device_of(port)->queues[0], segments, nr_readable, nr_writable, token);
}

static void device_notify(struct virtio_port *port)
{
    virtio_device_notify(device_of(port), ACCEL_QUEUE);
}

static void *device_take(struct virtio_port *port, uint32_t *written)
{
    return virtqueue_take(&device_of(port)->queues[0], written);
}

static bool device_arm(struct virtio_port *port)
{
    return virtqueue_arm(&device_of(port)->queues[0]);
}

static bool device_wait(struct virtio_port *port, uint64_t deadline)
{
    struct virtio_device *device = device_of(port);

    return !device->queues[0].broken && virtio_device_wait(device, deadline);
}

static const struct virtio_port_ops port_ops = {
    .open = device_open,
    .reset = device_reset,
    .map = device_map,
    .post = device_post,
    .notify = device_notify,
    .take = device_take,
    .arm = device_arm,
    .wait = device_wait,
};

void virtio_device_begin(struct virtio_device *device)
{
    device->port = (struct virtio_port){.ops = &port_ops, .name = device->name};
}

bool virtio_device_is_accelerator(struct virtio_device *device, unsigned int id, size_t config_size)
{
    size_t offset = accelerator_config_at(id);
    struct accel_config config;

    if (config_size < offset + sizeof(config))
        return false;
    device->bus->read_config(device, offset, (uint8_t *)&config, sizeof(config));
    return accelerator_is_ours(device->name, &config);
}
