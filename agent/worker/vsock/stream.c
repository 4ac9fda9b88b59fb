/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/worker/vsock/stream.h"
#include "agent/worker/vsock/vsock.h"
#include "agent/worker/worker.h"
#include "wire/goodbye.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

struct vsock_stream *vsock_stream_new(struct vsock *vsock, uint32_t port)
{
    struct vsock_stream *stream = calloc(1, sizeof(*stream));
    unsigned char *buffer = malloc(VSOCK_PROMISED);

    if (!stream || !buffer) {
        free(stream);
        free(buffer);
        return NULL;
    }
    stream->vsock = vsock;
    stream->port = port;
    stream->buffer = buffer;
    stream->peer_sends = stream->peer_receives = stream->sends = stream->receives = true;
    pthread_mutex_init(&stream->lock, NULL);
    monotonic_condition(&stream->arrived);
    monotonic_condition(&stream->allowed);
    return stream;
}

void vsock_stream_free(struct vsock_stream *stream)
{
    pthread_cond_destroy(&stream->allowed);
    pthread_cond_destroy(&stream->arrived);
    pthread_mutex_destroy(&stream->lock);
    free(stream->buffer);
    free(stream);
}

struct vsock_header vsock_stream_header(const struct vsock_stream *stream, uint16_t op)
{
    const struct address_vsock *address = &stream->vsock->address;

    return (struct vsock_header){.src_cid = VSOCK_CID_HOST,
                                 .dst_cid = address->cid,
                                 .src_port = address->port,
                                 .dst_port = stream->port,
                                 .type = VSOCK_TYPE_STREAM,
                                 .op = op,
                                 .buf_alloc = VSOCK_PROMISED,
                                 .fwd_cnt = stream->taken};
}

/* What the guest allows to be sent. It may lie; then it gets less, or more than it wants. */
static uint32_t credit_of(const struct vsock_stream *stream)
{
    uint32_t on_their_way = stream->sent - stream->peer_taken;

    return on_their_way < stream->peer_promised ? stream->peer_promised - on_their_way : 0;
}

void vsock_stream_hear(struct vsock_stream *stream, const struct vsock_header *header)
{
    stream->peer_promised = header->buf_alloc;
    stream->peer_taken = header->fwd_cnt;
    if (credit_of(stream))
        pthread_cond_signal(&stream->allowed);
}

/* As many as somebody waits for go to where they are wanted. Returns how many. */
static size_t put_where_wanted(struct vsock_stream *stream, struct chain_side *side, uint64_t at,
                               size_t size)
{
    struct iovec piece;
    size_t done = 0;

    while (stream->wanted && done < size) {
        piece = span_next(stream->wanted, size - done);
        if (!piece.iov_len)
            break;
        chain_copy_out(side, at + done, piece.iov_base, piece.iov_len);
        span_use(stream->wanted, piece.iov_len);
        done += piece.iov_len;
    }
    stream->received += done;
    stream->taken += (uint32_t)done;
    return done;
}

/* There is room for them. */
static void hold(struct vsock_stream *stream, struct chain_side *side, uint64_t at, size_t size)
{
    size_t end = (stream->start + stream->held) % VSOCK_PROMISED;
    size_t first = VSOCK_PROMISED - end < size ? VSOCK_PROMISED - end : size;

    chain_copy_out(side, at, stream->buffer + end, first);
    chain_copy_out(side, at + first, stream->buffer, size - first);
    stream->held += size;
}

bool vsock_stream_put(struct vsock_stream *stream, struct chain_side *side, uint64_t at,
                      size_t size)
{
    size_t done;

    if (size > VSOCK_PROMISED - stream->held)
        return false;
    done = put_where_wanted(stream, side, at, size);
    hold(stream, side, at + done, size - done);
    pthread_cond_signal(&stream->arrived);
    return true;
}

/* Linux has no more on its way than it would hold itself, whatever it was promised. */
bool vsock_stream_owes_credit(struct vsock_stream *stream)
{
    uint32_t most = stream->peer_promised < VSOCK_PROMISED ? stream->peer_promised : VSOCK_PROMISED;

    if (stream->taken == stream->told || stream->taken - stream->told < most / 2)
        return false;
    stream->told = stream->taken;
    return true;
}

static void wake_all(struct vsock_stream *stream)
{
    pthread_cond_broadcast(&stream->arrived);
    pthread_cond_broadcast(&stream->allowed);
}

void vsock_stream_shut(struct vsock_stream *stream, uint32_t flags)
{
    if (flags & VSOCK_SHUTDOWN_SEND)
        stream->peer_sends = false;
    if (flags & VSOCK_SHUTDOWN_RECEIVE)
        stream->peer_receives = false;
    wake_all(stream);
}

void vsock_stream_reset(struct vsock_stream *stream)
{
    atomic_store(&stream->is_reset, true);
    wake_all(stream);
}

void vsock_stream_let_go(struct vsock_stream *stream)
{
    pthread_mutex_lock(&stream->lock);
    stream->is_kept = false;
    pthread_cond_broadcast(&stream->arrived);
    pthread_mutex_unlock(&stream->lock);
}

void vsock_stream_wait_let_go(struct vsock_stream *stream)
{
    pthread_mutex_lock(&stream->lock);
    while (stream->is_kept)
        pthread_cond_wait(&stream->arrived, &stream->lock);
    pthread_mutex_unlock(&stream->lock);
}

/* From here on the carrier of a connection: called by its threads. */

static size_t take_held(struct vsock_stream *stream, struct span *to)
{
    size_t done =
        span_take_from_ring(to, stream->buffer, VSOCK_PROMISED, &stream->start, &stream->held);

    /* The same pages again, which are in the processor's cache. */
    if (!stream->held)
        stream->start = 0;
    stream->taken += (uint32_t)done;
    return done;
}

/* Nothing more will come: 0 for its end, else -1 with errno. */
static bool has_ended(const struct vsock_stream *stream, ssize_t *how)
{
    errno = ECONNRESET;
    *how = atomic_load(&stream->is_reset) ? -1 : 0;
    return *how || !stream->receives || !stream->peer_sends;
}

static uint64_t moment_after(unsigned int ms)
{
    return ms ? monotonic_ms() + ms : 0;
}

/* Until the first bytes have come, or all of them. Returns as receive() does; -1 if none came. */
static ssize_t wait_for_bytes(struct vsock_stream *stream, struct span *to, bool all)
{
    uint64_t until = moment_after(stream->receive_ms);
    ssize_t how = 0;

    stream->wanted = to;
    stream->received = 0;
    while (all ? span_next(to, 1).iov_len : !stream->received) {
        if (has_ended(stream, &how))
            break;
        if (!wait_until(&stream->arrived, &stream->lock, until)) {
            errno = EAGAIN;
            how = -1;
            break;
        }
    }
    stream->wanted = NULL;
    return stream->received ? (ssize_t)stream->received : how;
}

/* Returns whether the lock was let go for it. */
static bool tell_credit(struct vsock_stream *stream)
{
    if (atomic_load(&stream->is_reset) || !vsock_stream_owes_credit(stream))
        return false;
    pthread_mutex_unlock(&stream->lock);
    vsock_tell(stream, VSOCK_OP_CREDIT_UPDATE, 0);
    pthread_mutex_lock(&stream->lock);
    return true;
}

/* The guest may be waiting for room, so it is told before anything is waited for. */
static ssize_t receive_locked(struct vsock_stream *stream, struct span *to, int flags)
{
    bool all = flags & MSG_WAITALL;
    size_t held = 0;
    ssize_t more;

    do
        held += take_held(stream, to);
    while (tell_credit(stream));
    if (held && (!all || !span_next(to, 1).iov_len))
        return (ssize_t)held;
    if (flags & MSG_DONTWAIT && !has_ended(stream, &more)) {
        errno = EAGAIN;
        return -1;
    }
    more = wait_for_bytes(stream, to, all);
    return held && more < 0 ? (ssize_t)held : (ssize_t)held + more;
}

static ssize_t receive(struct stream *carried, struct iovec *list, size_t count, int flags)
{
    struct vsock_stream *stream = carried->carried;
    struct span to = {list, count};
    ssize_t received;

    pthread_mutex_lock(&stream->lock);
    received = receive_locked(stream, &to, flags);
    pthread_mutex_unlock(&stream->lock);
    return received;
}

static bool may_send(const struct vsock_stream *stream)
{
    errno = EPIPE;
    return !atomic_load(&stream->is_reset) && stream->sends && stream->peer_receives;
}

/* Returns what may be sent, at most @most, and counts it as sent; 0 with errno. */
static size_t take_credit(struct vsock_stream *stream, size_t most, uint64_t until)
{
    bool has_asked = false;
    size_t credit = 0;

    pthread_mutex_lock(&stream->lock);
    while (may_send(stream) && !(credit = credit_of(stream))) {
        if (!has_asked) {
            has_asked = true;
            pthread_mutex_unlock(&stream->lock);
            vsock_tell(stream, VSOCK_OP_CREDIT_REQUEST, 0);
            pthread_mutex_lock(&stream->lock);
        } else if (!wait_until(&stream->allowed, &stream->lock, until)) {
            errno = EAGAIN;
            break;
        }
    }
    if (credit > most)
        credit = most;
    stream->sent += (uint32_t)credit;
    pthread_mutex_unlock(&stream->lock);
    return credit;
}

static void return_credit(struct vsock_stream *stream, size_t size)
{
    pthread_mutex_lock(&stream->lock);
    stream->sent -= (uint32_t)size;
    pthread_mutex_unlock(&stream->lock);
}

static size_t size_of(const struct iovec *list, size_t count)
{
    size_t size = 0;
    size_t i;

    for (i = 0; i < count; i++)
        size += list[i].iov_len;
    return size;
}

/* As much as there is credit for, packet by packet. Returns what was sent; less than all: with errno. */
static size_t send_span(struct vsock_stream *stream, struct span *from, size_t size, uint64_t until)
{
    size_t done = 0;
    size_t credit;
    ssize_t sent;

    while (done < size) {
        credit = take_credit(stream, size - done, until);
        if (!credit)
            break;
        sent = vsock_deliver(stream->vsock, stream, from, credit, until);
        return_credit(stream, credit - (sent > 0 ? (size_t)sent : 0));
        if (sent <= 0)
            break;
        done += (size_t)sent;
    }
    return done;
}

enum { LIST_MOST = 80 }; /* of what send.c hands over at once */

static ssize_t send_list(struct stream *carried, const struct iovec *list, size_t count)
{
    struct vsock_stream *stream = carried->carried;
    struct iovec copy[LIST_MOST];
    struct span from = {copy, count < LIST_MOST ? count : LIST_MOST};
    size_t sent;

    memcpy(copy, list, from.count * sizeof(*list));
    sent = send_span(stream, &from, size_of(list, from.count), moment_after(stream->send_ms));
    return sent ? (ssize_t)sent : -1;
}

static bool takes_bytes(struct stream *carried)
{
    struct vsock_stream *stream = carried->carried;
    bool takes;

    pthread_mutex_lock(&stream->lock);
    takes = may_send(stream) && credit_of(stream) >= WIRE_GOODBYE_ROOM;
    pthread_mutex_unlock(&stream->lock);
    return takes && vsock_has_buffer(stream->vsock);
}

/* The guest is told what it does not know, but not that nothing is received: what it sends is let come. */
static void shut_down(struct stream *carried, int way)
{
    struct vsock_stream *stream = carried->carried;
    uint32_t flags;
    bool tells;

    pthread_mutex_lock(&stream->lock);
    tells = way != SHUT_RD && stream->sends && stream->peer_receives;
    stream->receives &= way == SHUT_WR;
    stream->sends &= way == SHUT_RD;
    wake_all(stream);
    flags = VSOCK_SHUTDOWN_SEND | (stream->receives ? 0 : VSOCK_SHUTDOWN_RECEIVE);
    pthread_mutex_unlock(&stream->lock);
    if (tells)
        vsock_tell(stream, VSOCK_OP_SHUTDOWN, flags);
}

static int set_patience(struct stream *carried, unsigned int receive_ms, unsigned int send_ms)
{
    struct vsock_stream *stream = carried->carried;

    pthread_mutex_lock(&stream->lock);
    stream->receive_ms = receive_ms;
    stream->send_ms = send_ms;
    pthread_mutex_unlock(&stream->lock);
    return 0;
}

static void close_stream(struct stream *carried)
{
    struct vsock_stream *stream = carried->carried;
    const struct vsock_header packet = vsock_stream_header(stream, VSOCK_OP_RST);
    struct vsock *vsock = stream->vsock;

    if (streams_remove(&vsock->streams, stream))
        vsock_reply(vsock, &packet);
}

const struct stream_carrier vsock_carrier = {
    .receive = receive,
    .send = send_list,
    .takes_bytes = takes_bytes,
    .shutdown = shut_down,
    .set_patience = set_patience,
    .close = close_stream,
};
