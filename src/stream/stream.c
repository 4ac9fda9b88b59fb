/* SPDX-License-Identifier: Apache-2.0 */
#include "stream/stream.h"
#include "vaccel/error.h"
#include "wire/wire.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

/* Elements for one system call; more pieces take several. */
enum { WINDOW = 64 };

/* How often receiving the rest of a message may time out, and looking for a new one. */
enum { PATIENCE = 3, ONCE = 1 };

void stream_init(struct stream *stream, int fd, _Atomic uint32_t *sending)
{
    stream->fd = fd;
    stream->start = 0;
    stream->end = 0;
    stream->drained = true;
    stream->sending = sending;
    atomic_init(&stream->moved, 0);
    turns_init(&stream->turns);
}

void stream_end(struct stream *stream)
{
    turns_end(&stream->turns);
    close(stream->fd);
}

static int set_timeout(int fd, int option, unsigned int ms)
{
    struct timeval time = {.tv_sec = ms / 1000, .tv_usec = (ms % 1000) * 1000};

    return setsockopt(fd, SOL_SOCKET, option, &time, sizeof(time)) ? VACCEL_EREMOTEIO : VACCEL_OK;
}

int stream_set_patience(struct stream *stream, unsigned int ms)
{
    int ret = set_timeout(stream->fd, SO_RCVTIMEO, (ms + PATIENCE - 1) / PATIENCE);

    return ret == VACCEL_OK ? set_timeout(stream->fd, SO_SNDTIMEO, ms) : ret;
}

static int explain(void)
{
    if (errno == EAGAIN || errno == EWOULDBLOCK)
        return VACCEL_EAGAIN;
    return errno == ECONNRESET || errno == EPIPE ? VACCEL_ESESS : VACCEL_EREMOTEIO;
}

/* One receive into @list, whose last element is the room to read ahead; how much was got. */
static int receive(struct stream *stream, struct iovec *list, size_t count, int flags, int tries,
                   size_t *got)
{
    struct msghdr message = {.msg_iov = list, .msg_iovlen = count};
    ssize_t size;

    do
        size = recvmsg(stream->fd, &message, flags);
    while (size < 0 && (errno == EINTR || (explain() == VACCEL_EAGAIN && --tries > 0)));
    if (size < 0)
        return explain();
    if (!size)
        return VACCEL_ESESS;
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
    stream->drained = got < sizeof(stream->ahead);
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
    int ret;

    room = wanted == *size ? sizeof(stream->ahead) : 0;
    list[count] = (struct iovec){stream->ahead, room};
    ret = receive(stream, list, count + 1, 0, PATIENCE, &got);
    if (ret != VACCEL_OK)
        return ret;
    stream->drained = got < wanted + room;
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

/*
 * The thread sanitizer notes what a call has read when it returns. By then the answer may lie there,
 * put there by another thread.
 */
static ssize_t send_some(int fd, const struct msghdr *message)
{
#ifdef __SANITIZE_THREAD__
    return syscall(SYS_sendmsg, fd, message, MSG_NOSIGNAL);
#else
    return sendmsg(fd, message, MSG_NOSIGNAL);
#endif
}

/* All of @list, whose elements are used up. */
static int send_all(struct stream *stream, struct iovec *list, size_t count)
{
    struct pieces rest = {.list = list, .count = count};
    struct iovec window[WINDOW + 1];
    size_t size;
    ssize_t sent;

    for (;;) {
        struct msghdr message = {.msg_iov = window};

        message.msg_iovlen = pieces_window(&rest, SIZE_MAX, window, WINDOW + 1, &size);
        if (!size)
            return VACCEL_OK;
        sent = send_some(stream->fd, &message);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            return explain();
        atomic_fetch_add_explicit(&stream->moved, (uint64_t)sent, memory_order_relaxed);
        pieces_advance(&rest, (size_t)sent);
    }
}

/* @head, @size bytes, and the next @part bytes of the payload. */
static int send_part(struct stream *stream, void *head, size_t size, struct pieces *pieces,
                     size_t part)
{
    struct iovec list[WINDOW + 1] = {{head, size}};
    size_t count = 1;
    size_t bytes = 0;
    int ret;

    do {
        if (part)
            count += pieces_window(pieces, part, list + count, WINDOW + 1 - count, &bytes);
        ret = send_all(stream, list, count);
        if (part)
            pieces_advance(pieces, bytes);
        part -= bytes;
        count = 0;
    } while (part && ret == VACCEL_OK);
    return ret;
}

static size_t bytes_left(const struct pieces *pieces)
{
    size_t bytes = 0;
    size_t i;

    if (!pieces)
        return 0;
    for (i = pieces->at; i < pieces->count; i++)
        bytes += pieces->list[i].iov_len;
    return bytes - pieces->done;
}

static void set_payload(struct wire_header *header, size_t left)
{
    header->payload_size = left < WIRE_PART_MAX ? left : WIRE_PART_MAX;
    header->flags = left > WIRE_PART_MAX ? WIRE_MORE : 0;
}

static void say_sending(const struct stream *stream, uint32_t sending)
{
    if (stream->sending)
        atomic_store(stream->sending, sending);
}

/* The turn is ours. If it fails the other side lacks bytes, and others' must not take their place. */
static int send_message(struct stream *stream, void *head, size_t size, struct pieces *pieces,
                        size_t part)
{
    int ret;

    say_sending(stream, 1);
    ret = send_part(stream, head, size, pieces, part);
    if (ret == VACCEL_OK)
        say_sending(stream, 0);
    else
        shutdown(stream->fd, SHUT_WR);
    return ret;
}

static int send_in_parts(struct stream *stream, void *head, size_t size, struct pieces *pieces)
{
    struct wire_header part = {.type = WIRE_PART};
    struct wire_header *header = head;
    size_t left = bytes_left(pieces);
    int ret;

    set_payload(header, left);
    part.id = header->id;
    ret = send_message(stream, head, size, pieces, header->payload_size);
    left -= header->payload_size;
    while (left && ret == VACCEL_OK) {
        turns_let_others(&stream->turns);
        set_payload(&part, left);
        ret = send_message(stream, &part, sizeof(part), pieces, part.payload_size);
        left -= part.payload_size;
    }
    return ret;
}

int stream_send(struct stream *stream, void *head, size_t size, struct pieces *pieces)
{
    int ret;

    turns_take(&stream->turns);
    ret = send_in_parts(stream, head, size, pieces);
    turns_give(&stream->turns);
    return ret;
}

bool stream_try_send(struct stream *stream, void *head, size_t size, int *result)
{
    if (!turns_try(&stream->turns))
        return false;
    *result = send_in_parts(stream, head, size, NULL);
    turns_give(&stream->turns);
    return true;
}
