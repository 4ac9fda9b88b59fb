/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VIRTIO_VSOCK_DRIVER_H
#define VIRTIO_VSOCK_DRIVER_H

#include "virtio/device.h"
#include "virtio/vsock.h"

/*
 * The driver of a virtio vsock device, for a machine with one thread: packets there and back. stream.h
 * makes a stream of them. It believes the device nothing: a packet's header is copied before it is judged.
 */

enum {
    VSOCK_RX_BUFFERS = 16,
    VSOCK_RX_DATA = 16 * 1024,
    VSOCK_TX_BUFFERS = 8, /* packets that may be on their way to the device */
    VSOCK_TX_DATA = 4032,
    VSOCK_DATA_MOST = 64 * 1024, /* of a packet: devices take no more */
};

/*
 * Header and data have a descriptor each, and what is sent is one piece: there are devices that do not
 * understand another division.
 */
struct vsock_rx {
    unsigned char header[64];
    unsigned char data[VSOCK_RX_DATA];
};

struct vsock_tx {
    unsigned char header[64];
    unsigned char data[VSOCK_TX_DATA];
};

/* What the device reads and writes. */
struct vsock_buffers {
    struct vsock_rx rx[VSOCK_RX_BUFFERS];
    struct vsock_tx tx[VSOCK_TX_BUFFERS];
    unsigned char event[64];
};

struct vsock_stream;

struct vsock_driver {
    struct virtio_device *device;
    struct vsock_buffers *buffers; /* NULL: the device was not brought up */
    uint32_t cid;                  /* of this machine */
    uint64_t spin_ns;              /* look for packets so long before sleeping */
    bool is_gone;                  /* the device is, or cannot be trusted: nothing comes or goes */
    enum vsock_tx_state { TX_FREE, TX_POSTED, TX_IN_PLACE } sending[VSOCK_TX_BUFFERS];
    struct vsock_stream *stream; /* that packets are for; NULL: none */
};

/* For the plugin of a guest, which its platform provides: the vsock device; NULL: there is none. */
struct virtio_device *virtio_vsock_find(void);

virtio_device_test virtio_device_is_vsock;

/*
 * Bring @device up. Zeroes are a driver of none. Returns ENODEV or ENOMEM, logged; else
 * vsock_driver_end() must follow.
 */
int vsock_driver_begin(struct vsock_driver *driver, struct virtio_device *device);
/* Of a device that cannot be reset the buffers stay its own. */
void vsock_driver_end(struct vsock_driver *driver);

/* The device is of no use any more, and neither is the stream. Logs why, with the number that is wrong. */
void vsock_driver_distrust(struct vsock_driver *driver, const char *what, uint64_t value);

/* Take what came back, if something has, and do what it asks for. */
bool vsock_driver_take(struct vsock_driver *driver);
/* The same, but wait for it. False: @deadline of platform_clock() (0: none) is over, or the device gone. */
bool vsock_driver_progress(struct vsock_driver *driver, uint64_t deadline);

/* A buffer for a packet to send; NULL: none is free. */
struct vsock_tx *vsock_driver_tx(struct vsock_driver *driver);
/*
 * Send a packet. What lies elsewhere than in tx->data is the device's until vsock_driver_wait_in_place().
 * @data  header->len bytes
 */
void vsock_driver_send(struct vsock_driver *driver, struct vsock_tx *tx,
                       const struct vsock_header *header, const void *data);
/* Send one without data. False: no buffer is free. */
bool vsock_driver_tell(struct vsock_driver *driver, const struct vsock_header *header);

/*
 * Until the device has no memory of others any more: if need be it is reset at @deadline. False: the
 * device is gone, and what was sent may not have been.
 */
bool vsock_driver_wait_in_place(struct vsock_driver *driver, uint64_t deadline);

#endif
