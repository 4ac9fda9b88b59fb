/* SPDX-License-Identifier: Apache-2.0 */
#include "device.h"
#include "virtio/accel.h"

#include <virtio/virtio_ids.h>

#include <string.h>

/* Unikraft's virtio bus, and the registers of the devices on it. */

enum { RING_ALIGN = 4096 };

static UK_TAILQ_HEAD(drivers, struct virtio_driver) drivers = UK_TAILQ_HEAD_INITIALIZER(drivers);

struct device *ring_owner;

void _virtio_bus_register_driver(struct virtio_driver *driver)
{
    UK_TAILQ_INSERT_TAIL(&drivers, driver, next);
}

static bool has_id(const struct virtio_driver *driver, uint16_t id)
{
    const struct virtio_dev_id *known = driver->dev_ids;

    while (known->virtio_device_id != VIRTIO_ID_INVALID && known->virtio_device_id != id)
        known++;
    return known->virtio_device_id != VIRTIO_ID_INVALID;
}

/* The first driver is asked, and no other one. */
int virtio_bus_register_device(struct virtio_dev *device)
{
    struct virtio_driver *driver;
    int ret;

    UK_TAILQ_FOREACH(driver, &drivers, next)
    if (has_id(driver, device->id.virtio_device_id))
        break;
    if (!driver)
        return -EFAULT;
    device->vdrv = driver;
    virtio_dev_reset(device);
    virtio_dev_status_update(device, VIRTIO_CONFIG_STATUS_ACK);
    virtio_dev_status_update(device, VIRTIO_CONFIG_STATUS_ACK | VIRTIO_CONFIG_STATUS_DRIVER);
    UK_TAILQ_INIT(&device->vqs);
    ret = driver->add_dev(device);
    if (ret)
        virtio_dev_status_update(device, VIRTIO_CONFIG_STATUS_FAIL);
    return ret;
}

static struct device *of(struct virtio_dev *device)
{
    return (struct device *)(void *)device;
}

static void reset(struct virtio_dev *virtio)
{
    struct device *device = of(virtio);

    device->resets++;
    if (device->ignores_reset && device->has_ring)
        return;
    if (device->backend && device->has_ring)
        device->backend->stop(device);
    device_forget(device);
    device->reset_until = machine_now() + device->resets_for;
    device->status = 0;
    device->chosen = 0;
    device->has_ring = false;
    device->told = false;
    if (ring_owner == device)
        ring_owner = NULL;
}

/* As the bus, which has it in pieces of a word at most that lie at their multiples. */
static int config_get(struct virtio_dev *virtio, uint16_t offset, void *data, uint32_t size,
                      uint8_t type_size)
{
    struct device *device = of(virtio);

    must(size == type_size && size <= 4 && offset % size == 0 && offset + size <= CONFIG_BYTES);
    if (device->is_mute)
        return -EFAULT;
    memcpy(data, device->config + offset, size);
    return 0;
}

static uint64_t features_get(struct virtio_dev *virtio)
{
    return of(virtio)->offered;
}

static void features_set(struct virtio_dev *virtio)
{
    struct device *device = of(virtio);

    must(device->status == (VIRTIO_CONFIG_STATUS_ACK | VIRTIO_CONFIG_STATUS_DRIVER));
    must(!(virtio->features & ~device->offered));
    device->chosen = virtio->features;
}

static uint8_t status_get(struct virtio_dev *virtio)
{
    struct device *device = of(virtio);

    machine_step();
    if (device->stuck_status)
        return device->stuck_status;
    return machine_now() < device->reset_until ? VIRTIO_CONFIG_STATUS_DRIVER : device->status;
}

/* To write 0 would be a reset, for which the bus has another function. */
static void status_set(struct virtio_dev *virtio, uint8_t status)
{
    struct device *device = of(virtio);

    must(status);
    device->status_writes++;
    if (status & VIRTIO_CONFIG_STATUS_DRIVER_OK &&
        !(device->status & VIRTIO_CONFIG_STATUS_DRIVER_OK))
        must(device->has_ring && device->status & VIRTIO_CONFIG_STATUS_DRIVER);
    device->status = status;
    if (status & VIRTIO_CONFIG_STATUS_DRIVER_OK)
        ring_owner = device;
    if (status & VIRTIO_CONFIG_STATUS_DRIVER_OK && device->backend)
        device->backend->start(device);
}

static int vqs_find(struct virtio_dev *virtio, uint16_t count, uint16_t *sizes)
{
    struct device *device = of(virtio);

    must(count == 1);
    device->lines++;
    if (device->has_no_line)
        return -ENOSPC;
    *sizes = device->queue_size;
    return device->queue_size ? 1 : -ENOENT;
}

static int notify(struct virtio_dev *virtio, uint16_t queue)
{
    struct device *device = of(virtio);

    must(queue == ACCEL_QUEUE && device->status & VIRTIO_CONFIG_STATUS_DRIVER_OK);
    device->notifications++;
    device->told = true;
    if (device->backend)
        device->backend->notify(device);
    else if (device->pace == WHEN_TOLD)
        device_serve(device);
    machine_step();
    return 1;
}

static struct virtqueue *vq_setup(struct virtio_dev *virtio, uint16_t queue, uint16_t size,
                                  virtqueue_callback_t interrupt, struct uk_alloc *allocator)
{
    struct device *device = of(virtio);
    struct virtqueue *ring =
        virtqueue_create(queue, size, RING_ALIGN, interrupt, notify, virtio, allocator);

    must(queue == ACCEL_QUEUE && !device->has_ring && size <= device->queue_size);
    must(device->status == (VIRTIO_CONFIG_STATUS_ACK | VIRTIO_CONFIG_STATUS_DRIVER));
    if (PTRISERR(ring))
        return ring;
    device->has_ring = true;
    device->desc = virtqueue_physaddr(ring);
    device->avail = virtqueue_get_avail_addr(ring);
    device->used = virtqueue_get_used_addr(ring);
    device->taken = device->returned = 0;
    UK_TAILQ_INSERT_TAIL(&virtio->vqs, ring, next);
    return ring;
}

static const struct virtio_config_ops operations = {
    .device_reset = reset,
    .config_get = config_get,
    .features_get = features_get,
    .features_set = features_set,
    .status_get = status_get,
    .status_set = status_set,
    .vqs_find = vqs_find,
    .vq_setup = vq_setup,
};

void device_begin(struct device *device, uint16_t id, bool magic)
{
    const struct accel_config config = {WIRE_MAGIC, ACCEL_CONFIG_VERSION, 0, "test"};
    size_t at = id == VIRTIO_ID_BLOCK ? ACCEL_CONFIG_AT_CARRIER : ACCEL_CONFIG_AT_OWN;

    *device = (struct device){.operations = operations,
                              .offered = UINT64_C(1) << VIRTIO_F_VERSION_1 |
                                         UINT64_C(1) << VIRTIO_F_EVENT_IDX | 0x0fffffff,
                              .queue_size = RING_SIZE};
    device->virtio.id.virtio_device_id = id;
    device->virtio.cops = &device->operations;
    if (magic)
        memcpy(device->config + at, &config, sizeof(config));
    device->fake.settings = (struct fake_settings){.queue_size = RING_SIZE, .calls_max = 4};
    device->fake.held.last = &device->fake.held.first;
}

void device_end(struct device *device)
{
    device_forget(device);
    if (ring_owner == device)
        ring_owner = NULL;
}
