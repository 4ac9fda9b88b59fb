/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIKRAFT_DEVICE_H
#define TESTS_UNIKRAFT_DEVICE_H

#include "machine.h"

#include <virtio/virtio_bus.h>

#include "../virtio/fake_device.h"

/* A virtio device on the stand-in's bus (bus.c), and what is behind its ring (device.c). */

enum { RING_SIZE = 128, CONFIG_BYTES = 64 };

/* When the device looks at its ring. */
enum pace {
    WHEN_TOLD, /* as part of the notification */
    WHEN_IDLE, /* once it was told, as soon as all threads sleep */
    BY_ITSELF, /* all the time, and it does not want to be told */
};

/* What it does to the used ring, once. */
enum ring_mischief {
    RETURNS_WELL,
    RETURNS_STRANGE, /* a chain that it does not have */
    RETURNS_TWICE,
    RETURNS_MUCH, /* says that it wrote more than there is room for */
};

struct device;

/* Instead of device.c: another process has what is behind the ring. */
struct backend {
    void (*start)(struct device *device);
    void (*stop)(struct device *device);
    void (*notify)(struct device *device);
    /* Whether it has called since the last time; waits for that so long. */
    bool (*has_called)(struct device *device, int wait_ms);
};

struct device {
    struct virtio_dev virtio;
    struct virtio_config_ops operations;
    uint8_t config[CONFIG_BYTES];
    uint64_t offered;
    uint64_t chosen;
    uint8_t status;
    uint16_t queue_size;

    /* Faults of the bus. */
    bool ignores_reset;  /* once it has a ring */
    uint64_t resets_for; /* nanoseconds that a reset takes */
    bool is_mute;        /* its configuration space cannot be read */
    bool has_no_line;    /* no interrupt is left */
    bool loses_interrupts;
    uint8_t stuck_status; /* not 0: what its status reads as */

    /* The ring, as the driver told of it. */
    bool has_ring;
    uint64_t reset_until;
    uint64_t desc;
    uint64_t avail;
    uint64_t used;
    uint16_t taken;
    uint16_t returned;
    bool has[RING_SIZE]; /* the chain that begins there */
    uint16_t had;        /* a chain of before, in this ring or another one */

    const struct backend *backend; /* NULL: device.c */
    enum pace pace;
    bool
        is_echo; /* it returns what it reads, each byte one higher; else it is an agent's (fake_device.c) */
    enum ring_mischief mischief;
    bool told;
    struct fake fake;

    /* Counted. */
    unsigned int resets;
    unsigned int status_writes;
    unsigned int notifications;
    unsigned int interrupts;
    unsigned int lines; /* asked for */
};

/* A device with virtio id @id; with @magic it is an accelerator. Not on the bus yet. */
void device_begin(struct device *device, uint16_t id, bool magic);
/* It has nothing of the guest's any more. */
void device_end(struct device *device);

/* The one that has the ring which is served; NULL: none. */
extern struct device *ring_owner;

/* It looks at its ring. False: there was nothing to do. */
bool device_serve(struct device *device);
/* When it has something to do by itself; UINT64_MAX: never. */
uint64_t device_next(const struct device *device);
void device_forget(struct device *device);

#endif
