/* SPDX-License-Identifier: Apache-2.0 */
#include "stream/order.h"
#include "stream/stream.h"
#include "vaccel/error.h"
#include "wire/wire.h"

#include <errno.h>
#include <sys/socket.h>

/* Elements for one system call; more pieces take several. */
enum { WINDOW = 65 };

/* Of a list that was sent as far as that, the rest; returns how many elements it has. */
static size_t skip(struct iovec **list, size_t count, size_t size)
{
    while (count && size >= (*list)->iov_len) {
        size -= (*list)->iov_len;
        (*list)++;
        count--;
    }
    if (count)
        **list = (struct iovec){(char *)(*list)->iov_base + size, (*list)->iov_len - size};
    return count;
}

/* All of @list, whose elements are used up. */
static int send_all(struct stream *stream, struct iovec *list, size_t count)
{
    ssize_t sent;

    while (count) {
        order_before_sending(stream);
        sent = stream->carrier->send(stream, list, count);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            return stream_explain();
        atomic_fetch_add_explicit(&stream->moved, (uint64_t)sent, memory_order_relaxed);
        count = skip(&list, count, (size_t)sent);
    }
    return VACCEL_OK;
}

/* @head, @size bytes, and the next @part bytes of the payload. */
static int send_part(struct stream *stream, void *head, size_t size, struct pieces *pieces,
                     size_t part)
{
    struct iovec list[WINDOW]; /* not initialised as a whole: most of it is not used */
    size_t count = 1;
    size_t bytes = 0;
    int ret;

    list[0] = (struct iovec){head, size};
    do {
        if (part)
            count += pieces_window(pieces, part, list + count, WINDOW - count, &bytes);
        ret = send_all(stream, list, count);
        if (part)
            pieces_advance(pieces, bytes);
        part -= bytes;
        count = 0;
    } while (part && ret == VACCEL_OK);
    return ret;
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

/* What others queued. */
static int send_queued(struct stream *stream, const unsigned char *queued, size_t size)
{
    struct iovec all = {(void *)queued, size};

    return size ? send_all(stream, &all, 1) : VACCEL_OK;
}

/* The further parts; between them others have their turn. */
static int send_parts(struct stream *stream, const struct outgoing *message, size_t left)
{
    const struct wire_header *header = message->head;
    struct wire_header part = {.type = WIRE_PART, .id = header->id};
    const unsigned char *queued;
    size_t size;
    int ret = VACCEL_OK;

    while (left && ret == VACCEL_OK) {
        say_sending(stream, 0);
        outbox_let_others(&stream->outbox);
        say_sending(stream, 1);
        size = outbox_take_queued(&stream->outbox, &queued);
        ret = send_queued(stream, queued, size);
        set_payload(&part, left);
        if (ret == VACCEL_OK)
            ret = send_part(stream, &part, sizeof(part), message->pieces, part.payload_size);
        left -= part.payload_size;
    }
    return ret;
}

static int send_message(struct stream *stream, const struct outgoing *message)
{
    const struct wire_header *header = message->head;
    int ret =
        send_part(stream, message->head, message->size, message->pieces, header->payload_size);

    return ret == VACCEL_OK ? send_parts(stream, message, message->payload - header->payload_size)
                            : ret;
}

/*
 * The turn is ours, until nothing is queued. If sending fails the other side lacks bytes, and others'
 * must not take their place.
 */
static int send_in_turn(struct stream *stream, const struct outgoing *message)
{
    const unsigned char *queued;
    size_t size;
    int ret;

    say_sending(stream, 1);
    ret = send_message(stream, message);
    while (ret == VACCEL_OK) {
        say_sending(stream, 0);
        size = outbox_leave(&stream->outbox, &queued);
        if (!size)
            return VACCEL_OK;
        say_sending(stream, 1);
        ret = send_queued(stream, queued, size);
    }
    stream->carrier->shutdown(stream, SHUT_WR);
    outbox_fail(&stream->outbox);
    return ret;
}

static int send_any(struct stream *stream, struct outgoing *message, bool queue, bool wait)
{
    set_payload(message->head, message->payload);
    switch (outbox_enter(&stream->outbox, message, queue, wait)) {
    case OUTBOX_TURN:
        return send_in_turn(stream, message);
    case OUTBOX_QUEUED:
        return VACCEL_OK;
    case OUTBOX_BUSY:
        return VACCEL_EBUSY;
    default:
        return VACCEL_ESESS;
    }
}

static size_t bytes_of(const struct pieces *pieces)
{
    size_t bytes = 0;
    size_t i;

    for (i = 0; pieces && i < pieces->count; i++)
        bytes += pieces->list[i].size;
    return bytes;
}

int stream_send(struct stream *stream, void *head, size_t size, struct pieces *pieces)
{
    struct outgoing message = {head, size, pieces, bytes_of(pieces)};

    return send_any(stream, &message, true, true);
}

int stream_send_last(struct stream *stream, void *head, size_t size)
{
    struct outgoing message = {.head = head, .size = size};

    return send_any(stream, &message, false, true);
}

int stream_try_send(struct stream *stream, void *head, size_t size)
{
    struct outgoing message = {.head = head, .size = size};

    return send_any(stream, &message, true, false);
}
