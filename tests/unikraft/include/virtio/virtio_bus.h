/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STAND_IN_VIRTIO_BUS_H
#define STAND_IN_VIRTIO_BUS_H

#include <errno.h>
#include <uk/alloc.h>
#include <uk/arch/types.h>
#include <uk/bus.h>
#include <uk/config.h>
#include <uk/ctors.h>
#include <uk/errptr.h>
#include <uk/list.h>
#include <virtio/virtio_config.h>
#include <virtio/virtqueue.h>

struct virtio_dev_id {
    __u16 virtio_device_id;
};

/* What a bus can do with a device. One that cannot leaves the pointer out. */
struct virtio_config_ops {
    void (*device_reset)(struct virtio_dev *device);
    int (*config_get)(struct virtio_dev *device, __u16 offset, void *data, __u32 size,
                      __u8 type_size);
    __u64 (*features_get)(struct virtio_dev *device);
    void (*features_set)(struct virtio_dev *device);
    __u8 (*status_get)(struct virtio_dev *device);
    void (*status_set)(struct virtio_dev *device, __u8 status);
    int (*vqs_find)(struct virtio_dev *device, __u16 count, __u16 *sizes);
    struct virtqueue *(*vq_setup)(struct virtio_dev *device, __u16 queue, __u16 size,
                                  virtqueue_callback_t interrupt, struct uk_alloc *allocator);
    void (*vq_release)(struct virtio_dev *device, struct virtqueue *ring,
                       struct uk_alloc *allocator);
};

struct virtio_driver {
    UK_TAILQ_ENTRY(struct virtio_driver) next;
    const struct virtio_dev_id *dev_ids; /* the last one is VIRTIO_ID_INVALID */
    int (*init)(struct uk_alloc *allocator);
    int (*add_dev)(struct virtio_dev *device);
};

struct virtio_dev {
    __u64 features;
    UK_TAILQ_HEAD(virtqueue_head, struct virtqueue) vqs;
    void *priv;
    struct virtio_dev_id id;
    struct virtio_config_ops *cops;
    struct virtio_driver *vdrv;
};

int virtio_bus_register_device(struct virtio_dev *device);
void _virtio_bus_register_driver(struct virtio_driver *driver);

/* Each returns -ENOTSUP, or 0, if the bus cannot. */

static inline int virtio_dev_reset(struct virtio_dev *device)
{
    if (!device->cops->device_reset)
        return -ENOTSUP;
    device->cops->device_reset(device);
    return 0;
}

static inline int virtio_dev_status_update(struct virtio_dev *device, __u8 status)
{
    if (!device->cops->status_set)
        return -ENOTSUP;
    device->cops->status_set(device, status);
    return 0;
}

static inline void virtio_dev_drv_up(struct virtio_dev *device)
{
    virtio_dev_status_update(device, VIRTIO_CONFIG_STATUS_ACK | VIRTIO_CONFIG_STATUS_DRIVER |
                                         VIRTIO_CONFIG_STATUS_FEATURES_OK |
                                         VIRTIO_CONFIG_STATUS_DRIVER_OK);
}

static inline __u64 virtio_feature_get(struct virtio_dev *device)
{
    return device->cops->features_get ? device->cops->features_get(device) : 0;
}

static inline void virtio_feature_set(struct virtio_dev *device)
{
    if (device->cops->features_set)
        device->cops->features_set(device);
}

static inline int virtio_config_get(struct virtio_dev *device, __u16 offset, void *data, __u32 size,
                                    __u8 type_size)
{
    if (!device->cops->config_get)
        return -ENOTSUP;
    return device->cops->config_get(device, offset, data, size, type_size);
}

static inline int virtio_find_vqs(struct virtio_dev *device, __u16 count, __u16 *sizes)
{
    return device->cops->vqs_find ? device->cops->vqs_find(device, count, sizes) : -ENOTSUP;
}

static inline struct virtqueue *virtio_vqueue_setup(struct virtio_dev *device, __u16 queue,
                                                    __u16 size, virtqueue_callback_t interrupt,
                                                    struct uk_alloc *allocator)
{
    if (!device->cops->vq_setup)
        return ERR2PTR(-ENOTSUP);
    return device->cops->vq_setup(device, queue, size, interrupt, allocator);
}

#endif
