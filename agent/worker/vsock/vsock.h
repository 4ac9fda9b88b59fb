/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WORKER_VSOCK_VSOCK_H
#define WORKER_VSOCK_VSOCK_H

#include "agent/worker/device/virtio_device.h"
#include "agent/worker/vsock/streams.h"
#include "stream/address.h"
#include "virtio/vsock.h"

/*
 * The vsock device of a guest, whose host is this worker: streams to one port of it are connections of
 * clients (agent/worker/connection.h), without a socket in between.
 *
 * One thread takes the guest's packets and puts what they bring where it is wanted, or into the buffer that
 * the stream promised; it waits for nobody. Who has something for the guest writes it into the guest's
 * buffers himself, and waits for them and for the stream's credit. A second thread listens for new buffers.
 */

enum {
    VSOCK_REPLIES = 64, /* that may wait for buffers before no more packets are taken */
    /* What streams may have waiting beside these, each: a credit, a request of one, an end, a reset. */
    VSOCK_REPLIES_A_STREAM = 8,
};

struct vsock {
    struct virtio_device virtio; /* its rings are those of virtio/vsock.h, but for events */
    struct address_vsock address;
    struct streams streams;

    struct chain taken; /* of who takes packets */

    /* Of who writes to the guest, under the turn of its ring. */
    struct chain buffer;
    struct vsock_header
        *replies; /* headers without a payload that wait for buffers, first come first */
    size_t replies_most;
    size_t first_reply;
    atomic_size_t nr_replies;
    atomic_bool is_full;    /* who takes packets waits until there are fewer */
    unsigned int waiting;   /* for buffers */
    pthread_cond_t buffers; /* there may be some */
};

/* False: no memory or descriptors. */
bool vsock_begin(struct vsock *vsock, struct device_ledger *ledger,
                 const struct address_vsock *address);
void vsock_end(struct vsock *vsock);

extern const struct virtio_device_kind vsock_kind;

/*
 * Take one packet, after looking for a while if there is none, and do what it asks for. By one thread:
 * take.c. RING_EMPTY also if too many replies wait.
 */
enum ring_outcome vsock_take(struct vsock *vsock);

/* deliver.c. Send a packet without a payload, now or when there are buffers. Not under a turn. */
void vsock_reply(struct vsock *vsock, const struct vsock_header *header);
/*
 * The same of a stream, which its user has, or who took a packet of it. Made under the turn, so that the guest
 * hears of what was taken in that order; not if the stream was reset, as the port may have another one by then.
 * @flags  of a VSOCK_OP_SHUTDOWN, else 0
 */
void vsock_tell(struct vsock_stream *stream, uint16_t op, uint32_t flags);
/* Whether so many replies wait that no more may be caused. */
bool vsock_is_full(struct vsock *vsock);

/*
 * Send a packet with the next bytes of @from, at most @most. Waits for a buffer, until @until on the monotonic
 * clock in ms; 0: for ever. Returns how many bytes, or -1 with errno.
 */
ssize_t vsock_deliver(struct vsock *vsock, struct vsock_stream *stream, struct span *from,
                      size_t most, uint64_t until);
/* Whether there is a buffer for one more. */
bool vsock_has_buffer(struct vsock *vsock);

/* There may be new buffers: send what waits, and wake who does. Returns whether there may be more at some time. */
bool vsock_look_for_buffers(struct vsock *vsock);
/* Nothing is to be sent any more. */
void vsock_forget_replies(struct vsock *vsock);

#endif
