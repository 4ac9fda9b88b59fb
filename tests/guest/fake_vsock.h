/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAKE_VSOCK_H
#define FAKE_VSOCK_H

#include "virtio-vsock/driver.h"

/* A vsock device of the test's own, in the same thread: it does something when it is told to, or slept for. */

enum { FAKE_CID = 5, FAKE_PORT = 65500, FAKE_PACKETS_MOST = 64, FAKE_DATA_MOST = 256 * 1024 };

struct fake_packet {
    struct vsock_header header;
    size_t at;        /* of its data in fake_vsock.data */
    const void *data; /* where they lay */
    size_t nr_segments;
};

extern struct fake_vsock {
    struct virtio_device device;
    const struct virtqueue *queues[VSOCK_QUEUES];
    size_t queue_size;
    uint32_t cid;
    uint8_t status;
    bool ignores_reset;  /* and takes what it has instead */
    bool is_stuck;       /* takes no packets */
    void (*sleep)(void); /* what happens while the driver sleeps; NULL: nothing */
    unsigned int asleep; /* how often it did */

    struct fake_packet packets[FAKE_PACKETS_MOST]; /* that were taken */
    size_t nr_packets;
    unsigned char data[FAKE_DATA_MOST];
    size_t nr_bytes;

    uint16_t taken[VSOCK_QUEUES];
    uint16_t returned[VSOCK_QUEUES];
} fake_vsock;

void fake_vsock_begin(void);

/* Take what the driver sent, as it does by itself when it is notified and not stuck. */
void fake_vsock_take(void);

/* Write so many bytes into the next buffer of a queue, and say that it were @written. False: there is none. */
bool fake_vsock_write(unsigned int queue, const void *bytes, size_t size, uint32_t written);

/* A packet of the other side to the stream whose request or packet came last. */
bool fake_vsock_say(uint16_t op, uint32_t flags, const void *data, size_t size);
/* What its header would be. */
struct vsock_header fake_vsock_header(uint16_t op);

/* Of the next packets of the other side. */
extern uint32_t fake_promised, fake_taken;

#endif
