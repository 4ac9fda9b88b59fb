/* SPDX-License-Identifier: Apache-2.0 */
#include "driver.h"

#include "platform/text.h"
#include "virtio/accelerator.h"

#include <uk/config.h>
#include <uk/ctors.h>
#include <virtio/virtio_ids.h>

/*
 * A driver as the bus knows them: told of each device with one of our ids. The bus asks nobody but the first
 * driver that has the id, and a disk has that of our carrier; so we are registered before all others, and
 * hand on what is not ours.
 */

static struct virtio_dev *accelerator;
static struct virtio_driver driver;

struct virtio_dev *driver_accelerator(void)
{
    return accelerator;
}

/* In words, which devices at any bus have been seen to answer; a missing one reads as ones or zeros. */
static bool read_config(struct virtio_dev *device, struct accel_config *config)
{
    size_t at = accelerator_config_at(device->id.virtio_device_id);
    uint32_t words[sizeof(*config) / sizeof(uint32_t)];
    size_t i;

    for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (virtio_config_get(device, (uint16_t)(at + i * sizeof(words[0])), &words[i],
                              sizeof(words[0]), sizeof(words[0])) < 0)
            return false;
    memcpy(config, words, sizeof(*config));
    return true;
}

static bool drives(const struct virtio_driver *other, uint16_t id)
{
    const struct virtio_dev_id *known = other->dev_ids;

    while (known->virtio_device_id != VIRTIO_ID_INVALID && known->virtio_device_id != id)
        known++;
    return known->virtio_device_id == id;
}

static int hand_on(struct virtio_dev *device)
{
    struct virtio_driver *next = UK_TAILQ_NEXT(&driver, next);

    while (next && !drives(next, device->id.virtio_device_id))
        next = UK_TAILQ_NEXT(next, next);
    if (next) {
        device->vdrv = next;
        return next->add_dev(device);
    }
    /* Of the bus it has the status of one with a driver: without one it is as at power-on again. */
    virtio_dev_reset(device);
    return 0;
}

static int add_device(struct virtio_dev *device)
{
    struct accel_config config;

    if (!read_config(device, &config) || !accelerator_is_ours("a virtio device", &config))
        return hand_on(device);
    if (!accelerator)
        accelerator = device;
    return 0;
}

static const struct virtio_dev_id ids[] = {
    {VIRTIO_ID_BLOCK},
    {CONFIG_LIBVACCEL_DEVICE_ID},
    {VIRTIO_ID_INVALID},
};

static struct virtio_driver driver = {.dev_ids = ids, .add_dev = add_device};

static void register_driver(void)
{
    _virtio_bus_register_driver(&driver);
}

/* The other drivers come one priority later. */
UK_CTOR_PRIO(register_driver, UK_BUS_REGISTER_PRIO);
