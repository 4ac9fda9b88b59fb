/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSPORT_VIRTIO_DEVICE_H
#define TRANSPORT_VIRTIO_DEVICE_H

#include "virtio/port.h"
#include "virtio/split.h"
#include "virtio/virtio.h"

/*
 * A virtio device, for a machine without an operating system whose memory the device sees at the
 * addresses that the program uses; the first of its queues also as a port. What differs between PCI and
 * MMIO is behind struct virtio_bus; what differs between processors, behind struct virtio_machine.
 */

enum { VIRTIO_QUEUES_MOST = 3 };

struct virtio_machine {
    /* Registers at this physical address; NULL: they cannot be reached. */
    volatile void *(*map)(uint64_t address, uint64_t size);
    /* What a device must write, and where, to interrupt. False: devices cannot. */
    bool (*message)(uint64_t *address, uint32_t *data);
    /* Let a line of the interrupt controller interrupt. False: there is no such line. */
    bool (*line)(unsigned int line);
    /* Sleep until an interrupt or @deadline, perhaps less. Whether one came since the last time. */
    bool (*sleep)(uint64_t deadline);
};

struct virtio_device;

struct virtio_bus {
    void (*read_config)(struct virtio_device *device, size_t offset, uint8_t *data, size_t size);
    uint8_t (*status)(struct virtio_device *device);
    void (*set_status)(struct virtio_device *device, uint8_t status);
    uint64_t (*features)(struct virtio_device *device);
    void (*set_features)(struct virtio_device *device, uint64_t features);
    /* What the device has for queue @index at most, 0: no queue; and where this one lies. */
    size_t (*queue_size_most)(struct virtio_device *device, unsigned int index);
    void (*set_queue)(struct virtio_device *device, unsigned int index,
                      const struct virtqueue *queue);
    void (*notify)(struct virtio_device *device, unsigned int index);
    /* Withdraw the interrupt, if the device asserts one until that is done. Whether it did. */
    bool (*acknowledge)(struct virtio_device *device);
};

struct virtio_device {
    struct virtio_port port;
    const struct virtio_bus *bus;
    const struct virtio_machine *machine;
    struct virtqueue queues[VIRTIO_QUEUES_MOST];
    void *rings[VIRTIO_QUEUES_MOST]; /* NULL: the device does not use that queue's memory */
    char name[32];
};

/*
 * Whether a device is wanted, with virtio id @id. It is asked before its status is touched, as it may be
 * somebody else's.
 * @config_size  bytes of configuration space that it has
 */
typedef bool virtio_device_test(struct virtio_device *device, unsigned int id, size_t config_size);

/* Begin with @device, whose bus, machine and name are set. Does not touch it. */
void virtio_device_begin(struct virtio_device *device);

/* Reset the device and bring it up with its first @count queues. Returns ENODEV or ENOMEM; logged. */
int virtio_device_open(struct virtio_device *device, unsigned int count);

/* True: the device uses no memory any more, and its queues are gone. False: it cannot be reset. */
bool virtio_device_reset(struct virtio_device *device);

/* Tell the device that something was posted in that queue, if it wants to hear. */
void virtio_device_notify(struct virtio_device *device, unsigned int index);

/* As virtio_port_ops.wait: false if the device was reset behind our back, or pulled out. */
bool virtio_device_wait(struct virtio_device *device, uint64_t deadline);

/* What carries the magic number: it may be a disk. */
virtio_device_test virtio_device_is_accelerator;

#endif
