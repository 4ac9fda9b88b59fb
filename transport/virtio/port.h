/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSPORT_VIRTIO_PORT_H
#define TRANSPORT_VIRTIO_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What the request code (exchange.c) needs of the queue below it, however that is reached: this tree's
 * own driver over pci or mmio, the same over a vhost-user socket, or another kernel's virtio.
 * One thread at a time calls post(), take(), notify(), arm() and reset(): exchange.c has a lock. wait() is called
 * without it, by one thread at a time, and nobody is in it during open(), reset() and close().
 */

struct virtio_segment {
    uint64_t address; /* as the device sees memory */
    uint32_t size;    /* above 0 */
};

struct virtio_port;

struct virtio_port_ops {
    /* Reset the device and bring it up. Returns ENODEV, EREMOTEIO or ENOMEM; logged. */
    int (*open)(struct virtio_port *port);
    /* When this returns the device uses no memory any more, and nothing that was posted comes back. */
    void (*reset)(struct virtio_port *port);
    /*
     * Where the device sees @size bytes at @data, in at most @room segments, in order. Returns how many;
     * 0: it cannot see them (they must be copied), or needs more segments.
     */
    size_t (*map)(struct virtio_port *port, const void *data, size_t size,
                  struct virtio_segment *segments, size_t room);
    /*
     * Make a chain of @nr_readable segments and the @nr_writable behind them available.
     * @token  what take() returns with it
     * False: the queue has no room for as many at the moment.
     */
    bool (*post)(struct virtio_port *port, const struct virtio_segment *segments,
                 size_t nr_readable, size_t nr_writable, void *token);
    /* Tell the device that something was posted, if it wants to hear. */
    void (*notify)(struct virtio_port *port);
    /* One chain that came back; NULL: none has. *@written  bytes that the device wrote */
    void *(*take)(struct virtio_port *port, uint32_t *written);
    /* Ask for an interrupt when the next one comes back. False: one has, no need to wait. */
    bool (*arm)(struct virtio_port *port);
    /*
     * Sleep until the interrupt, wake(), or @deadline (of platform_clock(), 0: none). May return early.
     * Returns false if the other side of the device is known to be gone.
     */
    bool (*wait)(struct virtio_port *port, uint64_t deadline);
    /* Let a thread that is in wait() return. NULL: there is one thread only. */
    void (*wake)(struct virtio_port *port);
    /*
     * The last call: free all. In the child of a fork nothing else may be called, and the device stays the
     * parent's. NULL: it is there for ever.
     */
    void (*close)(struct virtio_port *port);
};

/* The first member of what implements it. */
struct virtio_port {
    const struct virtio_port_ops *ops;
    const char *name;  /* for messages: "virtio-pci 00:03.0", "virtio:///run/app.sock" */
    size_t queue_size; /* set by open(): segments of all chains that are posted at once */
};

/* For the plugin of a guest, which its platform provides: the port to the agent; NULL: there is none. */
struct virtio_port *virtio_port_find(void);

#endif
