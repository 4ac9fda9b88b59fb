/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VIRTIO_VSOCK_H
#define VIRTIO_VSOCK_H

#include <stdint.h>

/* The part of virtio 1.2 that is about vsocks: numbers, and the layouts of a device's memory and packets. */

enum { VSOCK_QUEUE_RX, VSOCK_QUEUE_TX, VSOCK_QUEUE_EVENT, VSOCK_QUEUES };

struct vsock_config {
    uint64_t guest_cid; /* of which the upper 32 bits are 0 */
};

enum { VSOCK_CID_HOST = 2 };

enum { VSOCK_TYPE_STREAM = 1 };

enum vsock_op {
    VSOCK_OP_REQUEST = 1,
    VSOCK_OP_RESPONSE = 2,
    VSOCK_OP_RST = 3,
    VSOCK_OP_SHUTDOWN = 4,
    VSOCK_OP_RW = 5,
    VSOCK_OP_CREDIT_UPDATE = 6,
    VSOCK_OP_CREDIT_REQUEST = 7,
};

/* Of VSOCK_OP_SHUTDOWN: its sender will not do this any more. */
enum { VSOCK_SHUTDOWN_RECEIVE = 1, VSOCK_SHUTDOWN_SEND = 2 };

/*
 * A packet's header, packed. @buf_alloc is how much its sender will hold for the stream, @fwd_cnt how much
 * it has taken out of that so far: who sends has at most buf_alloc bytes beyond fwd_cnt on their way.
 */
struct vsock_header {
    uint64_t src_cid;
    uint64_t dst_cid;
    uint32_t src_port;
    uint32_t dst_port;
    uint32_t len;
    uint16_t type;
    uint16_t op;
    uint32_t flags;
    uint32_t buf_alloc;
    uint32_t fwd_cnt;
};

/* Without the padding that a compiler would put behind the last field. */
enum { VSOCK_HEADER_SIZE = 44 };

#endif
