/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VIRTIO_VSOCK_STREAM_H
#define VIRTIO_VSOCK_STREAM_H

#include "stream/span.h"
#include "stream/stream.h"
#include "virtio-vsock/driver.h"

/*
 * A stream over a vsock device, as a carrier of src/stream/stream.h. The driver has one at a time. What
 * comes is copied to where it is wanted, if somebody waits for it, else it is held. As much as can be held
 * is promised to the other side, which may not send more.
 */

enum { VSOCK_HELD_MOST = 128 * 1024 };

enum vsock_state { VSOCK_CONNECTING, VSOCK_CONNECTED, VSOCK_ENDED };

struct vsock_stream {
    struct vsock_driver *driver;
    enum vsock_state state;
    int error;     /* once it has ended: an errno */
    uint32_t cid;  /* of the other side */
    uint32_t port; /* likewise */
    uint32_t own_port;

    unsigned char *held; /* VSOCK_HELD_MOST bytes */
    size_t start;
    size_t count;        /* bytes that are held, from start on, which go round at the end */
    struct span *wanted; /* where who waits wants them; NULL: nobody does */
    size_t received;     /* bytes that went there */
    uint32_t taken;      /* bytes in all that are not held any more */
    uint32_t told;       /* of that, the other side knows */

    uint32_t sent; /* bytes in all */
    uint32_t peer_promised;
    uint32_t peer_taken;

    bool sends; /* we still do */
    bool receives;
    bool peer_sends;
    bool peer_receives;
    unsigned int receive_ms; /* 0: for ever */
    unsigned int send_ms;
};

/*
 * Connect to a port of cid @cid; a stream that the driver still has ends.
 * @deadline  of platform_clock()
 * Returns ENOMEM; EREMOTEIO, as nobody answers, listens there, or the device is gone: @why says it.
 */
int vsock_stream_connect(struct vsock_driver *driver, uint32_t cid, uint32_t port,
                         uint64_t deadline, struct vsock_stream **stream, const char **why);

/* For the driver. Whether a packet is of this stream, and what it brings. */
bool vsock_stream_owns(const struct vsock_stream *stream, const struct vsock_header *header);
/* @data  header->len bytes, which the device may change at any time */
void vsock_stream_take(struct vsock_stream *stream, const struct vsock_header *header,
                       const unsigned char *data);
/* The driver is not there for it any more. */
void vsock_stream_lose(struct vsock_stream *stream);

/* Its stream is closed by it, and freed. */
extern const struct stream_carrier virtio_vsock_carrier;

#endif
