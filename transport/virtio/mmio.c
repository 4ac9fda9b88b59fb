/* SPDX-License-Identifier: Apache-2.0 */
#include "virtio/mmio.h"

#include "platform/platform.h"
#include "platform/text.h"
#include "vaccel/log.h"

/* virtio over memory-mapped registers, version 2. Numbers of registers are virtio 1.2's, section 4.2.2. */

enum mmio_register {
    MMIO_MAGIC = 0x000,
    MMIO_VERSION = 0x004,
    MMIO_DEVICE_ID = 0x008,
    MMIO_DEVICE_FEATURES = 0x010,
    MMIO_DEVICE_FEATURES_SELECT = 0x014,
    MMIO_DRIVER_FEATURES = 0x020,
    MMIO_DRIVER_FEATURES_SELECT = 0x024,
    MMIO_QUEUE_SELECT = 0x030,
    MMIO_QUEUE_SIZE_MOST = 0x034,
    MMIO_QUEUE_SIZE = 0x038,
    MMIO_QUEUE_READY = 0x044,
    MMIO_QUEUE_NOTIFY = 0x050,
    MMIO_INTERRUPT_STATUS = 0x060,
    MMIO_INTERRUPT_ACKNOWLEDGE = 0x064,
    MMIO_STATUS = 0x070,
    MMIO_QUEUE_DESC = 0x080,
    MMIO_QUEUE_DRIVER = 0x090,
    MMIO_QUEUE_DEVICE = 0x0a0,
    MMIO_CONFIG = 0x100,
};

enum { MMIO_IS_VIRTIO = 0x74726976, MMIO_LEGACY = 1, MMIO_MODERN = 2 };

struct mmio_device {
    struct virtio_device device;
    volatile uint8_t *registers;
};

static volatile uint32_t *at(struct virtio_device *device, enum mmio_register name)
{
    return (volatile uint32_t *)(volatile void *)(((struct mmio_device *)device)->registers + name);
}

static void read_config(struct virtio_device *device, size_t offset, uint8_t *data, size_t size)
{
    const volatile uint8_t *config = ((struct mmio_device *)device)->registers + MMIO_CONFIG;
    size_t i;

    for (i = 0; i < size; i++)
        data[i] = config[offset + i];
}

static uint8_t status(struct virtio_device *device)
{
    return (uint8_t)*at(device, MMIO_STATUS);
}

static void set_status(struct virtio_device *device, uint8_t value)
{
    *at(device, MMIO_STATUS) = value;
}

static uint64_t features(struct virtio_device *device)
{
    uint64_t high;

    *at(device, MMIO_DEVICE_FEATURES_SELECT) = 1;
    high = *at(device, MMIO_DEVICE_FEATURES);
    *at(device, MMIO_DEVICE_FEATURES_SELECT) = 0;
    return high << 32 | *at(device, MMIO_DEVICE_FEATURES);
}

static void set_features(struct virtio_device *device, uint64_t value)
{
    *at(device, MMIO_DRIVER_FEATURES_SELECT) = 1;
    *at(device, MMIO_DRIVER_FEATURES) = (uint32_t)(value >> 32);
    *at(device, MMIO_DRIVER_FEATURES_SELECT) = 0;
    *at(device, MMIO_DRIVER_FEATURES) = (uint32_t)value;
}

static size_t queue_size_most(struct virtio_device *device, unsigned int index)
{
    *at(device, MMIO_QUEUE_SELECT) = index;
    return *at(device, MMIO_QUEUE_SIZE_MOST);
}

static void set_address(struct virtio_device *device, enum mmio_register low, const void *data)
{
    uint64_t address = (uintptr_t)data;

    *at(device, low) = (uint32_t)address;
    *at(device, low + 4) = (uint32_t)(address >> 32);
}

static void set_queue(struct virtio_device *device, unsigned int index,
                      const struct virtqueue *queue)
{
    *at(device, MMIO_QUEUE_SELECT) = index;
    *at(device, MMIO_QUEUE_SIZE) = (uint32_t)queue->size;
    set_address(device, MMIO_QUEUE_DESC, queue->desc);
    set_address(device, MMIO_QUEUE_DRIVER, queue->avail);
    set_address(device, MMIO_QUEUE_DEVICE, queue->used);
    *at(device, MMIO_QUEUE_READY) = 1;
}

static void notify(struct virtio_device *device, unsigned int index)
{
    *at(device, MMIO_QUEUE_NOTIFY) = index;
}

static bool acknowledge(struct virtio_device *device)
{
    uint32_t asserted = *at(device, MMIO_INTERRUPT_STATUS);

    if (asserted)
        *at(device, MMIO_INTERRUPT_ACKNOWLEDGE) = asserted;
    return asserted;
}

static const struct virtio_bus mmio = {
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

static bool is_usable(struct virtio_device *device, virtio_device_test *is_wanted)
{
    uint32_t version;
    uint32_t id;

    if (*at(device, MMIO_MAGIC) != MMIO_IS_VIRTIO)
        return false;
    version = *at(device, MMIO_VERSION);
    id = *at(device, MMIO_DEVICE_ID);
    if ((version != MMIO_LEGACY && version != MMIO_MODERN) || !id ||
        !is_wanted(device, id, VIRTIO_MMIO_SIZE - MMIO_CONFIG))
        return false;
    if (version == MMIO_MODERN)
        return true;
    vaccel_error("%s is a legacy device and cannot be used: give QEMU "
                 "-global virtio-mmio.force-legacy=false",
                 device->name);
    return false;
}

struct virtio_device *virtio_mmio_find(uint64_t address, unsigned int line,
                                       const struct virtio_machine *machine,
                                       virtio_device_test *is_wanted)
{
    volatile uint8_t *registers = machine->map(address, VIRTIO_MMIO_SIZE);
    struct mmio_device *found = registers ? platform_alloc_zeroed(sizeof(*found)) : NULL;

    if (!found)
        return NULL;
    found->device = (struct virtio_device){.bus = &mmio, .machine = machine};
    found->registers = registers;
    text_format(found->device.name, sizeof(found->device.name), "virtio-mmio 0x%llx",
                (unsigned long long)address);
    virtio_device_begin(&found->device);
    if (is_usable(&found->device, is_wanted)) {
        machine->line(line);
        return &found->device;
    }
    platform_free(found);
    return NULL;
}
