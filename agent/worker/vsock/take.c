/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/worker/connection.h"
#include "agent/worker/device/log.h"
#include "agent/worker/vsock/vsock.h"
#include "agent/worker/worker.h"
#include "platform/relax.h"

#include <stdio.h>

/* From the guest: its packets, one after the other. */

enum { SPINS = 64 /* looks at the ring between two at the clock */ };

/* What is to be done for a packet once it is returned, as that may not be done under the turn. */
struct verdict {
    bool replies;
    struct vsock_header reply;
    struct vsock_stream *owed;  /* a credit; kept until then */
    struct vsock_stream *begun; /* a connection is to be made of it */
};

static void owe_credit(struct verdict *verdict, struct vsock_stream *stream)
{
    verdict->owed = stream;
    stream->is_kept = true;
}

/* Whoever sent it has no stream, or not any more. A reset is not answered. */
static void reset_sender(struct verdict *verdict, const struct vsock_header *header)
{
    verdict->replies = header->op != VSOCK_OP_RST;
    verdict->reply = (struct vsock_header){.src_cid = header->dst_cid,
                                           .dst_cid = header->src_cid,
                                           .src_port = header->dst_port,
                                           .dst_port = header->src_port,
                                           .type = header->type,
                                           .op = VSOCK_OP_RST};
}

static void break_stream(struct vsock *vsock, const struct vsock_header *header,
                         struct verdict *verdict, const char *why, uint64_t value)
{
    device_log("a vsock packet cannot be: %s (%llu): the stream of port %u is reset", why,
               (unsigned long long)value, header->src_port);
    streams_reset(&vsock->streams, header->src_port);
    reset_sender(verdict, header);
}

static void begin_stream(struct vsock *vsock, const struct vsock_header *header,
                         struct verdict *verdict)
{
    struct vsock_stream *stream = streams_add(&vsock->streams, vsock, header->src_port);

    if (!stream) {
        device_log("port %u cannot connect: it is connected, or there are %zu streams (setting "
                   "connections), or there is no memory",
                   header->src_port, vsock->streams.most);
        streams_reset(&vsock->streams, header->src_port);
        reset_sender(verdict, header);
        return;
    }
    vsock_stream_hear(stream, header);
    verdict->begun = stream;
}

/* Under the lock of @stream. Returns NULL, or what is wrong with the packet. */
static const char *carry_out(struct vsock_stream *stream, struct chain_side *side,
                             const struct vsock_header *header, struct verdict *verdict)
{
    vsock_stream_hear(stream, header);
    switch (header->op) {
    case VSOCK_OP_RW:
        if (!stream->peer_sends)
            return "bytes come behind the last";
        if (!vsock_stream_put(stream, side, VSOCK_HEADER_SIZE, header->len))
            return "there are more bytes than it has credit for";
        break;
    case VSOCK_OP_SHUTDOWN:
        vsock_stream_shut(stream, header->flags);
        return NULL;
    case VSOCK_OP_CREDIT_REQUEST:
        owe_credit(verdict, stream);
        return NULL;
    case VSOCK_OP_CREDIT_UPDATE:
        break;
    default:
        return "its operation is unknown, or not for a stream that is connected";
    }
    /* More than before, or a guest that promises less has to be told of less. */
    if (vsock_stream_owes_credit(stream))
        owe_credit(verdict, stream);
    return NULL;
}

static void use_stream(struct vsock *vsock, struct chain_side *side,
                       const struct vsock_header *header, struct verdict *verdict)
{
    struct vsock_stream *stream = streams_find(&vsock->streams, header->src_port);
    const char *fault;

    if (!stream) {
        reset_sender(verdict, header);
        return;
    }
    fault = carry_out(stream, side, header, verdict);
    pthread_mutex_unlock(&stream->lock);
    if (fault)
        break_stream(vsock, header, verdict, fault,
                     header->op == VSOCK_OP_RW ? header->len : header->op);
}

static void judge(struct vsock *vsock, struct chain_side *side, struct verdict *verdict)
{
    struct vsock_header header;

    if (!chain_copy_out(side, 0, &header, VSOCK_HEADER_SIZE)) {
        device_log("a vsock packet cannot be: it has %llu bytes, less than its header",
                   (unsigned long long)side->size);
    } else if (header.src_cid != vsock->address.cid) {
        device_log("a vsock packet comes from cid %llu, and the guest's is %u",
                   (unsigned long long)header.src_cid, vsock->address.cid);
    } else if (header.dst_cid != VSOCK_CID_HOST || header.type != VSOCK_TYPE_STREAM ||
               header.dst_port != vsock->address.port) {
        reset_sender(verdict, &header);
    } else if (header.len > side->size - VSOCK_HEADER_SIZE) {
        break_stream(vsock, &header, verdict, "it has less bytes than it says", header.len);
    } else if (header.op == VSOCK_OP_RST) {
        streams_reset(&vsock->streams, header.src_port);
    } else if (header.op == VSOCK_OP_REQUEST) {
        begin_stream(vsock, &header, verdict);
    } else {
        use_stream(vsock, side, &header, verdict);
    }
}

/* It is known, and could be reset, but nobody else has it yet. */
static void begin_connection(struct vsock *vsock, struct vsock_stream *stream)
{
    struct vsock_header packet = vsock_stream_header(stream, VSOCK_OP_RST);
    char peer[PEER_NAME_SIZE];

    snprintf(peer, sizeof(peer), "vsock %u:%u", vsock->address.cid, stream->port);
    vsock_tell(stream, VSOCK_OP_RESPONSE, 0);
    if (connection_begin_carried(&vsock_carrier, stream, peer)) {
        virtio_device_tell(&vsock->virtio);
        return;
    }
    if (streams_remove(&vsock->streams, stream))
        vsock_reply(vsock, &packet);
}

static void tell_credit(struct vsock_stream *stream)
{
    vsock_tell(stream, VSOCK_OP_CREDIT_UPDATE, 0);
    vsock_stream_let_go(stream);
}

static bool spin(struct vsock *vsock)
{
    const struct ring *ring = &vsock->virtio.rings[VSOCK_QUEUE_TX].ring;
    uint64_t until = monotonic_ns() + worker.settings.device.spin_us * 1000;
    int i;

    do
        for (i = 0; i < SPINS; i++) {
            if (ring_ready(ring))
                return true;
            platform_relax();
        }
    while (!served_ring_is_wanted(&vsock->virtio) && monotonic_ns() < until);
    return false;
}

static enum ring_outcome take(struct vsock *vsock, struct verdict *verdict)
{
    struct served_ring *served = &vsock->virtio.rings[VSOCK_QUEUE_TX];
    enum ring_outcome outcome;

    if (!served_ring_is_open(&vsock->virtio, served))
        return RING_BROKEN;
    if (!ring_ready(&served->ring) && !spin(vsock) && ring_arm(&served->ring))
        return RING_EMPTY;
    ring_disarm(&served->ring);
    if (!virtio_device_has_heard(&vsock->virtio))
        return RING_LATER;
    outcome = ring_take(&served->ring, &vsock->taken);
    if (outcome != RING_TAKEN)
        return outcome;
    judge(vsock, &vsock->taken.read, verdict);
    ring_return(&served->ring, vsock->taken.head, 0);
    return RING_TAKEN;
}

enum ring_outcome vsock_take(struct vsock *vsock)
{
    struct served_ring *served = &vsock->virtio.rings[VSOCK_QUEUE_TX];
    struct verdict verdict = {0};
    enum ring_outcome outcome;

    if (vsock_is_full(vsock))
        return RING_EMPTY;
    served_ring_enter(&vsock->virtio, served);
    outcome = take(vsock, &verdict);
    served_ring_leave(served);
    if (verdict.begun)
        begin_connection(vsock, verdict.begun);
    else if (verdict.owed)
        tell_credit(verdict.owed);
    else if (verdict.replies)
        vsock_reply(vsock, &verdict.reply);
    return outcome;
}
