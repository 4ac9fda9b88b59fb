/* SPDX-License-Identifier: Apache-2.0 */
#include "socket/state.h"
#include "vaccel.h"

enum { NS_PER_MS = 1000000 };

/* A failed sending need not be the end: the agent's reason may be there to be read. */
static void send_request(struct socket_connection *connection, struct exchange *exchange,
                         const struct slot *slot)
{
    struct wire_header *header = wire_header_of(&exchange->request);
    int ret;

    header->id = atomic_load_explicit(&slot->id, memory_order_relaxed);
    header->deadline_ms = connection->base.settings.call_ms;
    ret = stream_send(&connection->stream, header, exchange->request.size, &exchange->out);
    if (ret == VACCEL_OK || ret == VACCEL_ESESS)
        return;
    connection_break(&connection->base, VACCEL_EREMOTEIO,
                     ret == VACCEL_EAGAIN
                         ? "the agent takes no bytes: it hangs, or the network is down"
                         : "sending failed");
}

/* What was being received when the connection broke never will be. By who reads, at the end. */
static void settle_broken(struct socket_connection *connection)
{
    struct slots *slots = &connection->slots;
    int receiving;
    size_t i;

    for (i = 0; connection_broken(&connection->base) && i < slots->count; i++) {
        receiving = SLOT_RECEIVING;
        if (atomic_compare_exchange_strong(&slots->list[i].state, &receiving, SLOT_WAITING))
            slots_wake(&slots->list[i]);
    }
}

/* False: another thread reads. */
static bool read_for_all(struct socket_connection *connection, uint64_t deadline)
{
    if (atomic_exchange(&connection->reading, true))
        return false;
    if (!connection_broken(&connection->base))
        socket_read(connection, deadline);
    settle_broken(connection);
    atomic_store(&connection->reading, false);
    return true;
}

/* Somebody must go on reading. */
static void hand_on_reading(struct socket_connection *connection)
{
    if (!atomic_load(&connection->reading))
        slots_wake_any(&connection->slots);
}

/*
 * If all slots are of calls that nobody waits for, nobody reads the answers that would free them. False:
 * they are not, or another thread reads.
 */
static bool read_for_abandoned(struct socket_connection *connection, uint64_t deadline)
{
    if (!slots_all_abandoned(&connection->slots) || !read_for_all(connection, deadline))
        return false;
    hand_on_reading(connection);
    slots_wake_wanting(&connection->slots);
    return true;
}

/* Waits while the agent has as many requests as it takes. NULL: *@error says why. */
static struct slot *take_slot(struct socket_connection *connection, struct exchange *exchange,
                              uint64_t deadline, int *error)
{
    enum wire_type type = wire_header_of(&exchange->request)->type;
    struct slot *slot;

    while (!connection_broken(&connection->base)) {
        slot = slots_take(&connection->slots, exchange, type);
        if (slot)
            return slot;
        if (deadline && platform_clock() >= deadline) {
            *error = connection_refuse_late(&connection->base,
                                            "the agent has too many requests to take one more");
            return NULL;
        }
        if (!read_for_abandoned(connection, deadline))
            slots_wait_for_free(&connection->slots, &connection->reading, deadline);
    }
    *error = connection_refuse_broken(&connection->base);
    return NULL;
}

static bool is_over(const struct socket_connection *connection, const struct slot *slot)
{
    int state = atomic_load(&slot->state);

    return state == SLOT_DONE || (state == SLOT_WAITING && connection_broken(&connection->base));
}

/* While another thread reads: until that one wakes us, be it with our answer or to read ourselves. */
static void let_others_read(struct socket_connection *connection, struct slot *slot,
                            uint64_t deadline)
{
    slots_fall_asleep(&connection->slots, slot);
    if (atomic_load(&connection->reading) && !is_over(connection, slot))
        slots_sleep(slot, deadline);
    slots_rise(&connection->slots, slot);
}

/* Until the answer is there, the connection broken, or nobody answers in time. */
static void wait(struct socket_connection *connection, struct slot *slot, uint64_t deadline)
{
    while (!is_over(connection, slot)) {
        if (atomic_load(&slot->state) == SLOT_RECEIVING)
            deadline = 0; /* it is there; only this takes its time */
        if (deadline && platform_clock() >= deadline)
            return;
        if (!read_for_all(connection, deadline))
            let_others_read(connection, slot, deadline);
    }
}

/* So that the agent need not send what nobody takes. It may be too busy to be told. */
static void cancel(struct socket_connection *connection, uint64_t id)
{
    unsigned char buf[WIRE_HEADER_SIZE + sizeof(struct wire_cancel)]
        __attribute__((aligned(WIRE_ALIGN)));
    const struct wire_cancel body = {id};
    struct wire_writer writer;

    wire_begin(&writer, buf, sizeof(buf), WIRE_CANCEL, id);
    wire_put(&writer, &body, sizeof(body));
    stream_try_send(&connection->stream, buf, wire_end(&writer));
}

/* Nobody waits any more. False: the answer has come at the last moment. */
static bool abandon(struct socket_connection *connection, struct slot *slot)
{
    uint64_t id = atomic_load_explicit(&slot->id, memory_order_relaxed);
    int waiting = SLOT_WAITING;

    if (!atomic_compare_exchange_strong(&slot->state, &waiting, SLOT_ABANDONED))
        return false;
    slots_wake_wanting(&connection->slots);
    cancel(connection, id);
    return true;
}

/* After wait(), of which the deadline may have passed. */
static int conclude(struct socket_connection *connection, struct slot *slot)
{
    int ret;

    if (!is_over(connection, slot)) {
        if (abandon(connection, slot))
            return connection_refuse_late(&connection->base, "no answer came");
        wait(connection, slot, 0);
    }
    ret = atomic_load(&slot->state) == SLOT_DONE ? slot->status
                                                 : connection_refuse_broken(&connection->base);
    slots_give_back(&connection->slots, slot);
    return ret;
}

int socket_exchange(struct connection *base, struct exchange *exchange)
{
    struct socket_connection *connection = (struct socket_connection *)base;
    uint64_t wait_ms = base->settings.call_ms;
    uint64_t deadline = wait_ms ? platform_clock() + wait_ms * NS_PER_MS : 0;
    struct slot *slot;
    int ret;

    slot = take_slot(connection, exchange, deadline, &ret);
    if (!slot)
        return ret;
    send_request(connection, exchange, slot);
    wait(connection, slot, deadline);
    ret = conclude(connection, slot);
    hand_on_reading(connection);
    return ret;
}
