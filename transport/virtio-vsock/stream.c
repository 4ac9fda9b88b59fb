/* SPDX-License-Identifier: Apache-2.0 */
#include "virtio-vsock/stream.h"

#include "platform/platform.h"
#include "platform/text.h"
#include "vaccel/error.h"

#include <errno.h>
#include <sys/socket.h>

enum { PORT_LEAST = 1024, CLOSE_MS = 100, NS_PER_MS = 1000000 };

static uint64_t moment_after(unsigned int ms)
{
    return ms ? platform_clock() + (uint64_t)ms * NS_PER_MS : 0;
}

/* The other side learns with it how much was taken. */
static struct vsock_header header_of(struct vsock_stream *stream, uint16_t op)
{
    stream->told = stream->taken;
    return (struct vsock_header){.src_cid = stream->driver->cid,
                                 .dst_cid = stream->cid,
                                 .src_port = stream->own_port,
                                 .dst_port = stream->port,
                                 .type = VSOCK_TYPE_STREAM,
                                 .op = op,
                                 .buf_alloc = VSOCK_HELD_MOST,
                                 .fwd_cnt = stream->taken};
}

static void end(struct vsock_stream *stream, int error)
{
    if (stream->state == VSOCK_ENDED)
        return;
    stream->state = VSOCK_ENDED;
    stream->error = error;
}

void vsock_stream_lose(struct vsock_stream *stream)
{
    end(stream, EIO);
}

static bool tell(struct vsock_stream *stream, uint16_t op, uint32_t flags)
{
    uint32_t told = stream->told;
    struct vsock_header header;

    if (stream->state == VSOCK_ENDED)
        return true;
    header = header_of(stream, op);
    header.flags = flags;
    if (vsock_driver_tell(stream->driver, &header))
        return true;
    stream->told = told;
    return false;
}

/* Without a free buffer it is told later, by who waits for bytes. */
static void tell_credit(struct vsock_stream *stream)
{
    if (stream->taken - stream->told >= VSOCK_HELD_MOST / 2)
        tell(stream, VSOCK_OP_CREDIT_UPDATE, 0);
}

/* From here on what packets bring. */

bool vsock_stream_owns(const struct vsock_stream *stream, const struct vsock_header *header)
{
    return header->src_cid == stream->cid && header->dst_cid == stream->driver->cid &&
           header->src_port == stream->port && header->dst_port == stream->own_port &&
           header->type == VSOCK_TYPE_STREAM;
}

/* As many as somebody waits for go to where they are wanted. Returns how many. */
static size_t put_where_wanted(struct vsock_stream *stream, const unsigned char *data, size_t size)
{
    struct iovec piece;
    size_t done = 0;

    while (stream->wanted && done < size) {
        piece = span_next(stream->wanted, size - done);
        if (!piece.iov_len)
            break;
        memcpy(piece.iov_base, data + done, piece.iov_len);
        span_use(stream->wanted, piece.iov_len);
        done += piece.iov_len;
    }
    stream->received += done;
    stream->taken += (uint32_t)done;
    return done;
}

/* There is room for them. */
static void hold(struct vsock_stream *stream, const unsigned char *data, size_t size)
{
    size_t at = (stream->start + stream->count) % VSOCK_HELD_MOST;
    size_t first = VSOCK_HELD_MOST - at < size ? VSOCK_HELD_MOST - at : size;

    memcpy(stream->held + at, data, first);
    memcpy(stream->held, data + first, size - first);
    stream->count += size;
}

/* They are more than was promised if they could not all be held. */
static void take_bytes(struct vsock_stream *stream, const unsigned char *data, size_t size)
{
    size_t done;

    if (size > VSOCK_HELD_MOST - stream->count) {
        vsock_driver_distrust(stream->driver, "more bytes come than were asked for", size);
        return;
    }
    done = put_where_wanted(stream, data, size);
    hold(stream, data + done, size - done);
    tell_credit(stream);
}

static void take_end(struct vsock_stream *stream, uint32_t flags)
{
    if (flags & VSOCK_SHUTDOWN_SEND)
        stream->peer_sends = false;
    if (flags & VSOCK_SHUTDOWN_RECEIVE)
        stream->peer_receives = false;
}

static void take_connected(struct vsock_stream *stream, const struct vsock_header *header,
                           const unsigned char *data)
{
    switch (header->op) {
    case VSOCK_OP_RW:
        take_bytes(stream, data, header->len);
        break;
    case VSOCK_OP_SHUTDOWN:
        take_end(stream, header->flags);
        break;
    case VSOCK_OP_CREDIT_REQUEST:
        tell(stream, VSOCK_OP_CREDIT_UPDATE, 0);
        break;
    case VSOCK_OP_CREDIT_UPDATE:
        break;
    default:
        vsock_driver_distrust(stream->driver, "a packet's operation cannot be", header->op);
    }
}

void vsock_stream_take(struct vsock_stream *stream, const struct vsock_header *header,
                       const unsigned char *data)
{
    stream->peer_promised = header->buf_alloc;
    stream->peer_taken = header->fwd_cnt;
    if (header->op == VSOCK_OP_RST)
        end(stream, ECONNRESET);
    else if (stream->state == VSOCK_CONNECTED)
        take_connected(stream, header, data);
    else if (stream->state == VSOCK_CONNECTING && header->op == VSOCK_OP_RESPONSE)
        stream->state = VSOCK_CONNECTED;
}

/* From here on what its user asks for. */

static void free_stream(struct vsock_stream *stream)
{
    if (stream->driver->stream == stream)
        stream->driver->stream = NULL;
    platform_free(stream->held);
    platform_free(stream);
}

static struct vsock_stream *new_stream(struct vsock_driver *driver, uint32_t cid, uint32_t port)
{
    struct vsock_stream *stream = platform_alloc_zeroed(sizeof(*stream));
    unsigned char *held = platform_alloc(VSOCK_HELD_MOST);

    if (!stream || !held) {
        platform_free(stream);
        platform_free(held);
        return NULL;
    }
    *stream = (struct vsock_stream){.driver = driver, .cid = cid, .port = port, .held = held};
    stream->sends = stream->receives = stream->peer_sends = stream->peer_receives = true;
    /* One that a stream of before did not have, of which something may still come. */
    platform_random(&stream->own_port, sizeof(stream->own_port));
    stream->own_port |= PORT_LEAST;
    return stream;
}

static const char *why_not_connected(const struct vsock_stream *stream)
{
    if (stream->state == VSOCK_CONNECTING)
        return "no answer in time";
    return stream->error == ECONNRESET ? "nobody listens there" : "the device is gone";
}

int vsock_stream_connect(struct vsock_driver *driver, uint32_t cid, uint32_t port,
                         uint64_t deadline, struct vsock_stream **stream, const char **why)
{
    struct vsock_stream *made = new_stream(driver, cid, port);

    *why = "no memory";
    if (!made)
        return VACCEL_ENOMEM;
    if (driver->stream) {
        tell(driver->stream, VSOCK_OP_RST, 0);
        vsock_stream_lose(driver->stream);
    }
    driver->stream = made;
    while (!tell(made, VSOCK_OP_REQUEST, 0) && vsock_driver_progress(driver, deadline))
        continue;
    while (made->state == VSOCK_CONNECTING && vsock_driver_progress(driver, deadline))
        continue;
    *why = why_not_connected(made);
    if (made->state == VSOCK_CONNECTED) {
        *stream = made;
        return VACCEL_OK;
    }
    tell(made, VSOCK_OP_RST, 0);
    free_stream(made);
    return VACCEL_EREMOTEIO;
}

static size_t take_held(struct vsock_stream *stream, struct span *to)
{
    size_t done =
        span_take_from_ring(to, stream->held, VSOCK_HELD_MOST, &stream->start, &stream->count);

    stream->taken += (uint32_t)done;
    return done;
}

static bool nothing_comes(const struct vsock_stream *stream)
{
    return stream->state == VSOCK_ENDED || !stream->receives || !stream->peer_sends;
}

static bool look_further(struct vsock_stream *stream, int flags, uint64_t deadline)
{
    return flags & MSG_DONTWAIT ? vsock_driver_take(stream->driver)
                                : vsock_driver_progress(stream->driver, deadline);
}

/* As receive() returns it, with nothing received. */
static ssize_t say_why_nothing(const struct vsock_stream *stream)
{
    if (stream->state != VSOCK_ENDED && nothing_comes(stream))
        return 0;
    errno = stream->state == VSOCK_ENDED ? stream->error : EAGAIN;
    return -1;
}

static ssize_t receive(struct stream *carried, struct iovec *list, size_t count, int flags)
{
    struct vsock_stream *stream = carried->carried;
    struct span to = {list, count};
    bool all = flags & MSG_WAITALL;
    uint64_t deadline = moment_after(stream->receive_ms);

    stream->received = take_held(stream, &to);
    stream->wanted = &to;
    do
        tell_credit(stream);
    while ((all ? span_next(&to, 1).iov_len != 0 : !stream->received) && !nothing_comes(stream) &&
           look_further(stream, flags, deadline));
    stream->wanted = NULL;
    return stream->received ? (ssize_t)stream->received : say_why_nothing(stream);
}

static bool wait_for_bytes(struct stream *carried, uint64_t most)
{
    struct vsock_stream *stream = carried->carried;
    uint64_t deadline = most == UINT64_MAX ? 0 : platform_clock() + most;

    while (!stream->count && !nothing_comes(stream))
        if (!vsock_driver_progress(stream->driver, deadline))
            break;
    errno = EAGAIN;
    return stream->count || nothing_comes(stream);
}

/* What the other side allows to be sent. It may lie; then it gets less, or more than it wants. */
static uint32_t credit_of(const struct vsock_stream *stream)
{
    uint32_t on_their_way = stream->sent - stream->peer_taken;

    return on_their_way < stream->peer_promised ? stream->peer_promised - on_their_way : 0;
}

static bool may_send(const struct vsock_stream *stream)
{
    return stream->state == VSOCK_CONNECTED && stream->sends && stream->peer_receives;
}

/* A buffer, once there is credit, too. NULL: with errno. */
static struct vsock_tx *wait_for_turn(struct vsock_stream *stream, uint64_t deadline)
{
    struct vsock_tx *tx = NULL;
    bool has_asked = false;

    errno = EPIPE;
    while (may_send(stream)) {
        tx = vsock_driver_tx(stream->driver);
        if (tx && credit_of(stream))
            return tx;
        if (tx && !has_asked) {
            has_asked = tell(stream, VSOCK_OP_CREDIT_REQUEST, 0);
        } else if (!vsock_driver_progress(stream->driver, deadline)) {
            errno = EAGAIN;
            break;
        }
    }
    if (stream->state == VSOCK_ENDED)
        errno = stream->error;
    return NULL;
}

static size_t gather(unsigned char *to, struct span *from, size_t most)
{
    struct iovec piece;
    size_t done = 0;

    while ((piece = span_next(from, most - done)).iov_len) {
        memcpy(to + done, piece.iov_base, piece.iov_len);
        span_use(from, piece.iov_len);
        done += piece.iov_len;
    }
    return done;
}

/* Much is sent from where it lies, and few bytes are copied: nobody waits until those were read. */
static size_t send_packet(struct vsock_stream *stream, struct vsock_tx *tx, struct span *from)
{
    struct vsock_header header = header_of(stream, VSOCK_OP_RW);
    uint32_t credit = credit_of(stream);
    size_t most = credit < VSOCK_DATA_MOST ? credit : VSOCK_DATA_MOST;
    struct iovec piece = span_next(from, most);
    const void *data = piece.iov_base;

    if (piece.iov_len > sizeof(tx->data)) {
        span_use(from, piece.iov_len);
    } else {
        piece.iov_len = gather(tx->data, from, most < sizeof(tx->data) ? most : sizeof(tx->data));
        data = tx->data;
    }
    header.len = (uint32_t)piece.iov_len;
    stream->sent += header.len;
    vsock_driver_send(stream->driver, tx, &header, data);
    return piece.iov_len;
}

enum { LIST_MOST = 80 }; /* of what send.c hands over at once */

static ssize_t send_list(struct stream *carried, const struct iovec *list, size_t count)
{
    struct vsock_stream *stream = carried->carried;
    uint64_t deadline = moment_after(stream->send_ms);
    struct iovec copy[LIST_MOST];
    struct span from = {copy, count < LIST_MOST ? count : LIST_MOST};
    struct vsock_tx *tx;
    size_t sent = 0;

    memcpy(copy, list, from.count * sizeof(*list));
    while (span_next(&from, 1).iov_len && (tx = wait_for_turn(stream, deadline)))
        sent += send_packet(stream, tx, &from);
    if (sent && vsock_driver_wait_in_place(stream->driver, deadline))
        return (ssize_t)sent;
    if (sent)
        errno = EIO;
    return -1;
}

static void shut_down(struct stream *carried, int way)
{
    struct vsock_stream *stream = carried->carried;

    stream->receives &= way == SHUT_WR;
    stream->sends &= way == SHUT_RD;
    if (stream->state == VSOCK_CONNECTED)
        tell(stream, VSOCK_OP_SHUTDOWN,
             (stream->sends ? 0u : VSOCK_SHUTDOWN_SEND) |
                 (stream->receives ? 0u : VSOCK_SHUTDOWN_RECEIVE));
}

static int set_patience(struct stream *carried, unsigned int receive_ms, unsigned int send_ms)
{
    struct vsock_stream *stream = carried->carried;

    stream->receive_ms = receive_ms;
    stream->send_ms = send_ms;
    return 0;
}

/* The other side says that it knows with a reset. */
static void close_stream(struct stream *carried)
{
    struct vsock_stream *stream = carried->carried;
    uint64_t deadline = moment_after(CLOSE_MS);

    shut_down(carried, SHUT_RDWR);
    while (stream->state == VSOCK_CONNECTED && vsock_driver_progress(stream->driver, deadline))
        continue;
    tell(stream, VSOCK_OP_RST, 0);
    free_stream(stream);
}

const struct stream_carrier virtio_vsock_carrier = {
    .receive = receive,
    .send = send_list,
    .wait = wait_for_bytes,
    .shutdown = shut_down,
    .set_patience = set_patience,
    .close = close_stream,
};
