/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/worker/device/log.h"
#include "agent/worker/vsock/vsock.h"
#include "agent/worker/worker.h"

#include <errno.h>
#include <string.h>

/* To the guest: packets into the buffers that it has posted. All under the turn of their ring. */

enum { CHAIN_TRIES = DEVICE_QUEUE_MOST };

static struct served_ring *ring_of(struct vsock *vsock)
{
    return &vsock->virtio.rings[VSOCK_QUEUE_RX];
}

static struct served_ring *enter(struct vsock *vsock)
{
    struct served_ring *served = ring_of(vsock);

    served_ring_enter(&vsock->virtio, served);
    return served;
}

static bool can_be_used(struct vsock *vsock)
{
    return served_ring_is_open(&vsock->virtio, ring_of(vsock)) &&
           virtio_device_has_heard(&vsock->virtio);
}

static bool is_large_enough(struct vsock *vsock)
{
    if (vsock->buffer.write.size > VSOCK_HEADER_SIZE)
        return true;
    device_log("a buffer for packets has %llu bytes, too little for one with anything in it",
               (unsigned long long)vsock->buffer.write.size);
    ring_return(&ring_of(vsock)->ring, vsock->buffer.head, 0);
    return false;
}

/* Who is told by the guest's kick. The buffer that it was for may be somebody else's by then. */
static bool somebody_listens(const struct vsock *vsock)
{
    return vsock->waiting || atomic_load(&vsock->is_full);
}

/* The next buffer becomes vsock->buffer. False: there is none; when there is the guest will say so. */
static bool take_buffer(struct vsock *vsock)
{
    struct ring *ring = &ring_of(vsock)->ring;
    int tries = CHAIN_TRIES;

    if (!can_be_used(vsock))
        return false;
    if (!somebody_listens(vsock))
        ring_disarm(ring);
    while (tries--) {
        switch (ring_take(ring, &vsock->buffer)) {
        case RING_TAKEN:
            if (is_large_enough(vsock))
                return true;
            break;
        case RING_REFUSED:
            break;
        case RING_EMPTY:
            if (ring_arm(ring))
                return false;
            break;
        default:
            return false;
        }
    }
    return false;
}

static void write_reply(struct vsock *vsock, const struct vsock_header *header)
{
    chain_copy_in(&vsock->buffer.write, 0, header, VSOCK_HEADER_SIZE);
    ring_return(&ring_of(vsock)->ring, vsock->buffer.head, VSOCK_HEADER_SIZE);
}

/* Returns whether none waits any more. */
static bool send_replies(struct vsock *vsock)
{
    while (vsock->nr_replies && take_buffer(vsock)) {
        write_reply(vsock, &vsock->replies[vsock->first_reply]);
        vsock->first_reply = (vsock->first_reply + 1) % vsock->replies_most;
        vsock->nr_replies--;
    }
    return !vsock->nr_replies;
}

/* There is room, as who takes packets stops before it is filled. */
static void append(struct vsock *vsock, const struct vsock_header *header)
{
    size_t at = (vsock->first_reply + vsock->nr_replies) % vsock->replies_most;

    if (vsock->nr_replies == vsock->replies_most)
        return;
    vsock->replies[at] = *header;
    vsock->nr_replies++;
}

void vsock_reply(struct vsock *vsock, const struct vsock_header *header)
{
    struct served_ring *served = enter(vsock);

    append(vsock, header);
    send_replies(vsock);
    served_ring_leave(served);
}

void vsock_tell(struct vsock_stream *stream, uint16_t op, uint32_t flags)
{
    struct vsock *vsock = stream->vsock;
    struct served_ring *served = enter(vsock);
    struct vsock_header header = vsock_stream_header(stream, op);

    header.flags = flags;
    if (!atomic_load(&stream->is_reset))
        append(vsock, &header);
    send_replies(vsock);
    served_ring_leave(served);
}

static bool has_too_many_replies(const struct vsock *vsock)
{
    return atomic_load_explicit(&vsock->nr_replies, memory_order_relaxed) >= VSOCK_REPLIES;
}

/* When buffers come they are for the replies first, and then is_full is looked at. */
bool vsock_is_full(struct vsock *vsock)
{
    struct served_ring *served;
    bool full;

    if (!has_too_many_replies(vsock))
        return false;
    served = enter(vsock);
    send_replies(vsock);
    full = has_too_many_replies(vsock);
    atomic_store(&vsock->is_full, full);
    served_ring_leave(served);
    return full;
}

/* Returns whether there is one now; else errno says why not. */
static bool wait_for_buffer(struct vsock *vsock, const struct vsock_stream *stream, uint64_t until)
{
    struct served_ring *served = ring_of(vsock);
    bool in_time = true;

    for (;;) {
        errno = EPIPE;
        if (!served_ring_is_open(&vsock->virtio, served) || atomic_load(&stream->is_reset))
            return false;
        if (send_replies(vsock) && take_buffer(vsock))
            return true;
        errno = EAGAIN;
        if (!in_time)
            return false;
        vsock->waiting++;
        in_time = wait_until(&vsock->buffers, &served->turn, until);
        vsock->waiting--;
    }
}

static void write_payload(struct vsock *vsock, struct span *from, size_t size)
{
    uint64_t at = VSOCK_HEADER_SIZE;
    struct iovec piece;

    while (size) {
        piece = span_next(from, size);
        chain_copy_in(&vsock->buffer.write, at, piece.iov_base, piece.iov_len);
        span_use(from, piece.iov_len);
        at += piece.iov_len;
        size -= piece.iov_len;
    }
}

ssize_t vsock_deliver(struct vsock *vsock, struct vsock_stream *stream, struct span *from,
                      size_t most, uint64_t until)
{
    struct served_ring *served = enter(vsock);
    struct vsock_header header;
    size_t room;
    ssize_t sent = -1;

    if (wait_for_buffer(vsock, stream, until)) {
        room = vsock->buffer.write.size - VSOCK_HEADER_SIZE;
        sent = (ssize_t)(room < most ? room : most);
        header = vsock_stream_header(stream, VSOCK_OP_RW);
        header.len = (uint32_t)sent;
        atomic_store(&stream->told, header.fwd_cnt);
        chain_copy_in(&vsock->buffer.write, 0, &header, VSOCK_HEADER_SIZE);
        write_payload(vsock, from, (size_t)sent);
        ring_return(&served->ring, vsock->buffer.head, VSOCK_HEADER_SIZE + header.len);
    }
    served_ring_leave(served);
    return sent;
}

bool vsock_has_buffer(struct vsock *vsock)
{
    struct served_ring *served = enter(vsock);
    bool has = can_be_used(vsock) && send_replies(vsock) && ring_ready(&served->ring);

    served_ring_leave(served);
    return has;
}

bool vsock_look_for_buffers(struct vsock *vsock)
{
    struct served_ring *served = enter(vsock);
    bool is_open = can_be_used(vsock);

    send_replies(vsock);
    pthread_cond_broadcast(&vsock->buffers);
    served_ring_leave(served);
    return is_open;
}

void vsock_forget_replies(struct vsock *vsock)
{
    struct served_ring *served = enter(vsock);

    vsock->nr_replies = 0;
    pthread_cond_broadcast(&vsock->buffers);
    served_ring_leave(served);
}
