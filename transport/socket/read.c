/* SPDX-License-Identifier: Apache-2.0 */
#include "socket/state.h"
#include "vaccel.h"

#include <errno.h>
#include <string.h>

enum { NS_PER_MS = 1000000, LOOKS = 3 /* in a keepalive time */ };

static bool is_late(const struct socket_connection *connection)
{
    return connection->stream.deadline && platform_clock() >= connection->stream.deadline;
}

static void give_up(struct socket_connection *connection, int ret)
{
    if (ret == VACCEL_ESESS)
        connection_break(&connection->base, VACCEL_EREMOTEIO,
                         "the agent closed the connection: it ended, or its worker died");
    else if (ret == VACCEL_EAGAIN && is_late(connection))
        connection_break(&connection->base, VACCEL_EREMOTEIO,
                         "a message of the agent's did not come to its end in time");
    else if (ret == VACCEL_EAGAIN)
        connection_break(&connection->base, VACCEL_EREMOTEIO,
                         "the agent fell silent in the middle of a message, for %u ms",
                         connection->base.settings.keepalive_ms);
    else
        connection_break(&connection->base, VACCEL_EREMOTEIO, "receiving failed: %s",
                         strerror(errno));
}

/* The slot whose answer goes on or begins; its thread does not leave until the payload is there. */
static struct slot *claim(struct socket_connection *connection, const struct wire_header *header)
{
    struct slot *slot = slots_claim(&connection->slots, header->id);

    return slot && (header->type == WIRE_PART) == (slot->left != 0) ? slot : NULL;
}

static void finish(struct socket_connection *connection, struct slot *slot)
{
    if (atomic_load(&slot->state) == SLOT_ABANDONED) {
        slots_give_back(&connection->slots, slot);
        return;
    }
    atomic_store(&slot->state, SLOT_DONE);
    slots_wake(slot);
}

/* Of a slot that was claimed. Of an abandoned one it is gone, with all that it points to. */
static struct exchange *exchange_of(const struct slot *slot)
{
    return atomic_load(&slot->state) == SLOT_ABANDONED ? NULL : slot->exchange;
}

static bool receive_part(struct socket_connection *connection, struct slot *slot,
                         const struct wire_header *header)
{
    struct exchange *exchange = exchange_of(slot);
    bool more = header->flags & WIRE_MORE;
    int ret;

    if (header->payload_size > slot->left || more != (header->payload_size < slot->left))
        return connection_distrust(&connection->base, "a part is too short or too long",
                                   header->payload_size);
    if (exchange)
        ret = stream_receive_pieces(&connection->stream, &exchange->in, header->payload_size);
    else
        ret = stream_discard(&connection->stream, header->payload_size);
    if (ret != VACCEL_OK) {
        give_up(connection, ret);
        return false;
    }
    slot->left -= header->payload_size;
    if (!slot->left)
        finish(connection, slot);
    return true;
}

static bool take_answer(struct socket_connection *connection, struct slot *slot,
                        const struct wire_answer *answer)
{
    struct exchange *exchange = exchange_of(slot);
    const char *misfit;

    slot->status = (int)answer->header.status;
    slot->left = answer->payload_size;
    if (!exchange)
        return true;
    misfit = exchange_take(exchange, &connection->base, answer);
    return !misfit || connection_distrust(&connection->base, misfit, slot->type);
}

static bool read_answer(struct socket_connection *connection, const struct wire_header *header)
{
    struct slot *slot = claim(connection, header);
    struct wire_answer answer;
    struct wire_fault fault;

    if (!slot)
        return connection_distrust(&connection->base, "an answer to no request", header->id);
    if (!wire_read_answer(slot->type, header, connection->body, &answer, &fault))
        return connection_distrust(&connection->base, fault.what, fault.value);
    if (!take_answer(connection, slot, &answer))
        return false;
    return receive_part(connection, slot, header);
}

static bool read_part(struct socket_connection *connection, const struct wire_header *header)
{
    struct slot *slot = claim(connection, header);

    if (!slot)
        return connection_distrust(&connection->base, "a part of no answer", header->id);
    return receive_part(connection, slot, header);
}

static bool read_goodbye(struct socket_connection *connection, const struct wire_header *header)
{
    struct wire_fields fields;
    struct wire_fault fault;

    if (!wire_read_goodbye(header, connection->body, &fields, &fault))
        return connection_distrust(&connection->base, fault.what, fault.value);
    connection_break(&connection->base, header->status ? (int)header->status : VACCEL_EREMOTEIO,
                     "%.*s", (int)fields.sentence.size,
                     fields.sentence.size ? fields.sentence.text : "the agent says goodbye");
    return false;
}

static bool read_message(struct socket_connection *connection)
{
    struct wire_header header;
    struct wire_fault fault;
    int ret = stream_receive(&connection->stream, &header, sizeof(header));

    if (ret == VACCEL_OK && !wire_read_header(&header, &fault))
        return connection_distrust(&connection->base, fault.what, fault.value);
    if (ret == VACCEL_OK)
        ret = stream_receive(&connection->stream, connection->body, header.body_size);
    if (ret != VACCEL_OK) {
        give_up(connection, ret);
        return false;
    }
    switch (header.type) {
    case WIRE_ANSWER:
        return read_answer(connection, &header);
    case WIRE_PART:
        return read_part(connection, &header);
    case WIRE_GOODBYE:
        return read_goodbye(connection, &header);
    default:
        return connection_distrust(&connection->base, "an agent sends no requests", header.type);
    }
}

/* Whether anything came or went since this was last asked. */
static void notice_life(struct socket_connection *connection)
{
    uint64_t moved = atomic_load_explicit(&connection->stream.moved, memory_order_relaxed);

    if (moved == connection->moved)
        return;
    connection->moved = moved;
    connection->moved_at = platform_clock();
    connection->looks = 0;
}

/*
 * Not if too much else is being sent: that shows by itself whether the other side lives. Nor before
 * the welcome, with which the slots become others: the time for connecting is short.
 */
static void send_ping(struct socket_connection *connection)
{
    unsigned char buf[WIRE_HEADER_SIZE] __attribute__((aligned(WIRE_ALIGN)));
    struct wire_writer writer;
    struct slot *slot;

    if (!connection->base.welcomed)
        return;
    slot = slots_take_ping(&connection->slots);
    if (!slot)
        return;
    wire_begin(&writer, buf, sizeof(buf), WIRE_PING, slot->id);
    if (stream_try_send(&connection->stream, buf, wire_end(&writer)) != VACCEL_OK)
        slots_give_back(&connection->slots, slot);
}

/*
 * A third of the keepalive time went by without a message. Silence is the other side's only as far as it was
 * listened to: this process may itself have stood still.
 */
static void ask_for_life(struct socket_connection *connection)
{
    uint64_t silent;

    notice_life(connection);
    silent = (platform_clock() - connection->moved_at) / NS_PER_MS;
    if (++connection->looks < LOOKS || silent < connection->base.settings.keepalive_ms) {
        send_ping(connection);
        return;
    }
    connection_break(&connection->base, VACCEL_EREMOTEIO,
                     "no sign of life from the agent for %llu ms: it hangs, or the network is down",
                     (unsigned long long)silent);
}

/* False: the deadline came first. */
static bool readable_before(struct socket_connection *connection, uint64_t deadline)
{
    struct stream *stream = &connection->stream;
    uint64_t now = platform_clock();
    uint64_t left = deadline > now ? deadline - now : 0;
    uint64_t most =
        ((uint64_t)connection->base.settings.keepalive_ms + LOOKS - 1) / LOOKS * NS_PER_MS;

    if (stream_look(stream) != VACCEL_EAGAIN)
        return true;
    return stream->carrier->wait(stream, left < most ? left : most);
}

/*
 * A message that has begun may take the time that silence may; one that never ends must not hold us for
 * ever. Before the welcome there is only the time for connecting.
 */
static void set_last_moment(struct socket_connection *connection, uint64_t deadline)
{
    uint64_t grace = (uint64_t)connection->base.settings.keepalive_ms * NS_PER_MS;

    if (!connection->base.welcomed)
        grace = 0;
    connection->stream.deadline = deadline ? deadline + grace : 0;
}

void socket_read(struct socket_connection *connection, uint64_t deadline)
{
    int ret;

    notice_life(connection);
    if (deadline && !readable_before(connection, deadline)) {
        if (platform_clock() < deadline)
            ask_for_life(connection);
        return;
    }
    set_last_moment(connection, deadline);
    ret = stream_wait(&connection->stream);
    if (ret == VACCEL_OK)
        read_message(connection);
    else if (ret == VACCEL_EAGAIN)
        ask_for_life(connection);
    else
        give_up(connection, ret);
}
