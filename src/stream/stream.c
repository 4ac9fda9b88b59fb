/* SPDX-License-Identifier: Apache-2.0 */
#include "stream/order.h"
#include "stream/stream.h"
#include "vaccel/error.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

/* Elements for one system call; more pieces take several. */
enum { WINDOW = 64 };

/* Of so many bytes that are wanted the system call waits for all, rather than us for it. */
enum { MUCH = 64 * 1024 };

/* How often receiving the rest of a message may time out, and looking for a new one. */
enum { PATIENCE = STREAM_PATIENCE, ONCE = 1, NS_PER_MS = 1000000 };

void stream_init_carried(struct stream *stream, const struct stream_carrier *carrier, void *carried)
{
    stream->carrier = carrier;
    stream->fd = -1;
    stream->carried = carried;
    stream->waits_for_all = true;
    stream->start = 0;
    stream->end = 0;
    stream->sending = NULL;
    stream->deadline = 0;
    stream->patience_ns = 0;
    stream->has_no_timeouts = false;
    stream->no_signal = 0;
    atomic_init(&stream->moved, 0);
    outbox_init(&stream->outbox);
}

void stream_end(struct stream *stream)
{
    stream->carrier->close(stream);
}

void stream_set_patience(struct stream *stream, unsigned int ms)
{
    unsigned int part_ms = (ms + PATIENCE - 1) / PATIENCE;

    stream->patience_ns = (uint64_t)part_ms * NS_PER_MS;
    stream->has_no_timeouts = stream->carrier->set_patience(stream, part_ms, ms) != 0;
}

int stream_explain(void)
{
    if (errno == EAGAIN || errno == EWOULDBLOCK)
        return VACCEL_EAGAIN;
    return errno == ECONNRESET || errno == EPIPE ? VACCEL_ESESS : VACCEL_EREMOTEIO;
}

/* Nanoseconds until the deadline. */
static uint64_t time_left(const struct stream *stream)
{
    uint64_t now = platform_clock();

    if (!stream->deadline)
        return UINT64_MAX;
    return now < stream->deadline ? stream->deadline - now : 0;
}

/* Wait as long as receiving would by itself, but not beyond the deadline. Else EAGAIN. */
static ssize_t receive_in_time(struct stream *stream, struct iovec *list, size_t count)
{
    uint64_t left = time_left(stream);

    if (stream->patience_ns && left > stream->patience_ns)
        left = stream->patience_ns;
    return stream->carrier->wait(stream, left)
               ? stream->carrier->receive(stream, list, count, MSG_DONTWAIT)
               : -1;
}

static bool may_try_again(const struct stream *stream, int *tries)
{
    if (errno == EINTR)
        return true;
    return stream_explain() == VACCEL_EAGAIN && --*tries > 0 && time_left(stream);
}

/* One receive into @list, whose last element is the room to read ahead; how much was got. */
static int receive(struct stream *stream, struct iovec *list, size_t count, int flags, int tries,
                   size_t *got)
{
    bool limited = (stream->deadline || stream->has_no_timeouts) && !(flags & MSG_DONTWAIT);
    ssize_t size;

    *got = 0;
    do
        size = limited ? receive_in_time(stream, list, count)
                       : stream->carrier->receive(stream, list, count, flags);
    while (size < 0 && may_try_again(stream, &tries));
    if (size < 0)
        return stream_explain();
    if (!size)
        return VACCEL_ESESS;
    order_after_receiving(stream);
    atomic_fetch_add_explicit(&stream->moved, (uint64_t)size, memory_order_relaxed);
    *got = (size_t)size;
    return VACCEL_OK;
}

/* Only when nothing is left of what was read before. */
static int read_ahead(struct stream *stream, int flags, int tries)
{
    struct iovec room = {stream->ahead, sizeof(stream->ahead)};
    size_t got;
    int ret = receive(stream, &room, 1, flags, tries, &got);

    if (ret != VACCEL_OK)
        return ret;
    stream->start = 0;
    stream->end = got;
    return VACCEL_OK;
}

int stream_look(struct stream *stream)
{
    return stream->start < stream->end ? VACCEL_OK : read_ahead(stream, MSG_DONTWAIT, ONCE);
}

int stream_wait(struct stream *stream)
{
    return stream->start < stream->end ? VACCEL_OK : read_ahead(stream, 0, ONCE);
}

/* What of @size bytes is there already. */
static size_t take_ahead(struct stream *stream, void *data, size_t size)
{
    size_t there = stream->end - stream->start;

    if (there > size)
        there = size;
    if (data && there)
        memcpy(data, stream->ahead + stream->start, there);
    stream->start += there;
    return there;
}

int stream_receive(struct stream *stream, void *data, size_t size)
{
    unsigned char *at = data;
    size_t got;
    int ret;

    for (;;) {
        got = take_ahead(stream, at, size);
        at += got;
        size -= got;
        if (!size)
            return VACCEL_OK;
        ret = read_ahead(stream, 0, PATIENCE);
        if (ret != VACCEL_OK)
            return ret;
    }
}

int stream_discard(struct stream *stream, size_t size)
{
    int ret = VACCEL_OK;

    for (;;) {
        size -= take_ahead(stream, NULL, size);
        if (!size || ret != VACCEL_OK)
            return ret;
        ret = read_ahead(stream, 0, PATIENCE);
    }
}

static void take_ahead_into_pieces(struct stream *stream, struct pieces *pieces, size_t *size)
{
    struct iovec next;
    size_t there;

    while (*size && stream->start < stream->end && pieces_window(pieces, *size, &next, 1, &there)) {
        there = take_ahead(stream, next.iov_base, next.iov_len);
        pieces_advance(pieces, there);
        *size -= there;
    }
}

/* Where the bytes are wanted, and what comes behind them into the room to read ahead. */
static int receive_into_pieces(struct stream *stream, struct pieces *pieces, size_t *size)
{
    struct iovec list[WINDOW + 1];
    size_t wanted;
    size_t room;
    size_t got;
    size_t count = pieces_window(pieces, *size, list, WINDOW, &wanted);
    bool all = wanted >= MUCH && stream->waits_for_all && !stream->deadline;
    int ret;

    room = wanted == *size && !all ? sizeof(stream->ahead) : 0;
    list[count] = (struct iovec){stream->ahead, room};
    ret = receive(stream, list, count + (room != 0), all ? MSG_WAITALL : 0, PATIENCE, &got);
    if (ret != VACCEL_OK)
        return ret;
    stream->start = 0;
    stream->end = got > wanted ? got - wanted : 0;
    if (got > wanted)
        got = wanted;
    pieces_advance(pieces, got);
    *size -= got;
    return VACCEL_OK;
}

int stream_receive_pieces(struct stream *stream, struct pieces *pieces, size_t size)
{
    int ret = VACCEL_OK;

    take_ahead_into_pieces(stream, pieces, &size);
    while (size && ret == VACCEL_OK)
        ret = receive_into_pieces(stream, pieces, &size);
    return ret;
}
