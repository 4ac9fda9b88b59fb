/* SPDX-License-Identifier: Apache-2.0 */
#include "client/exchange.h"
#include "socket/state.h"
#include "vaccel.h"

enum { NS_PER_MS = 1000000 };

void exchange_begin(struct exchange *exchange, enum wire_type type, void *buf, size_t room)
{
    wire_begin(&exchange->request, buf, room, type, 0);
}

static struct timespec moment(uint64_t ns)
{
    return (struct timespec){(time_t)(ns / 1000000000), (long)(ns % 1000000000)};
}

/* Returns whether the deadline has passed. */
static bool sleep_until(struct connection *connection, pthread_cond_t *changed, uint64_t deadline)
{
    struct timespec until = moment(deadline);

    if (!deadline) {
        pthread_cond_wait(changed, &connection->lock);
        return false;
    }
    return pthread_cond_timedwait(changed, &connection->lock, &until) == ETIMEDOUT;
}

static int refuse_broken(const struct connection *connection)
{
    vaccel_error("%s: %s", connection->address, connection->reason);
    return connection->broken;
}

static int refuse_late(const struct connection *connection, const char *what)
{
    vaccel_error("%s: %s within %u ms, the time that VACCEL_RPC_TIMEOUT or, to connect, "
                 "VACCEL_RPC_CONNECT_TIMEOUT gives",
                 connection->address, what, connection->settings.call_ms);
    return VACCEL_EREMOTEIO;
}

/* Under the lock. Waits while the agent has as many requests as it takes. */
static int take_slot(struct connection *connection, struct exchange *exchange, uint64_t deadline,
                     struct slot **slot)
{
    enum wire_type type = wire_header_of(&exchange->request)->type;
    bool late = false;

    while (!connection->broken) {
        *slot = slots_take(&connection->slots, exchange, type);
        if (*slot)
            return VACCEL_OK;
        if (late)
            return refuse_late(connection, "the agent has too many requests to take one more");
        late = sleep_until(connection, &connection->slots.freed, deadline);
    }
    return refuse_broken(connection);
}

/* A failed sending need not be the end: the agent's reason may be there to be read. */
static void send_request(struct connection *connection, struct exchange *exchange,
                         const struct slot *slot)
{
    struct wire_header *header = wire_header_of(&exchange->request);
    int ret;

    header->id = slot->id;
    header->deadline_ms = connection->settings.call_ms;
    ret = stream_send(&connection->stream, header, exchange->request.size, &exchange->out);
    if (ret == VACCEL_OK || ret == VACCEL_ESESS)
        return;
    pthread_mutex_lock(&connection->lock);
    connection_break(connection, VACCEL_EREMOTEIO,
                     ret == VACCEL_EAGAIN
                         ? "the agent takes no bytes: it hangs, or the network is down"
                         : "sending failed");
    pthread_mutex_unlock(&connection->lock);
}

/* What was being received when the connection broke never will be. */
static void settle_broken(struct connection *connection)
{
    size_t i;

    for (i = 0; connection->broken && i < connection->slots.count; i++)
        if (connection->slots.list[i].state == SLOT_RECEIVING) {
            connection->slots.list[i].state = SLOT_WAITING;
            pthread_cond_signal(&connection->slots.list[i].changed);
        }
}

static void read_for_all(struct connection *connection, uint64_t deadline)
{
    connection->reading = true;
    pthread_mutex_unlock(&connection->lock);
    connection_read(connection, deadline);
    pthread_mutex_lock(&connection->lock);
    connection->reading = false;
    settle_broken(connection);
}

/* Under the lock: until the answer is there, the connection broken, or nobody answers in time. */
static void wait(struct connection *connection, struct slot *slot, uint64_t deadline)
{
    while (slot->state != SLOT_DONE && !(slot->state == SLOT_WAITING && connection->broken)) {
        if (slot->state == SLOT_RECEIVING)
            deadline = 0;
        if (deadline && connection_clock() >= deadline)
            return;
        if (!connection->reading && !connection->broken) {
            read_for_all(connection, deadline);
        } else {
            slot->sleeps = true;
            sleep_until(connection, &slot->changed, deadline);
            slot->sleeps = false;
        }
    }
}

/* Somebody must go on reading. */
static void hand_on_reading(struct connection *connection)
{
    struct slot *next = connection->reading ? NULL : slots_sleeping(&connection->slots);

    if (next)
        pthread_cond_signal(&next->changed);
}

/* So that the agent need not send what nobody takes. It may be too busy to be told. */
static void cancel(struct connection *connection, uint64_t id)
{
    unsigned char buf[WIRE_HEADER_SIZE + sizeof(struct wire_cancel)]
        __attribute__((aligned(WIRE_ALIGN)));
    const struct wire_cancel body = {id};
    struct wire_writer writer;
    int ret;

    wire_begin(&writer, buf, sizeof(buf), WIRE_CANCEL, id);
    wire_put(&writer, &body, sizeof(body));
    stream_try_send(&connection->stream, buf, wire_end(&writer), &ret);
}

static int abandon(struct connection *connection, struct slot *slot)
{
    uint64_t id = slot->id;

    slot->state = SLOT_ABANDONED;
    slot->exchange = NULL;
    pthread_mutex_unlock(&connection->lock);
    cancel(connection, id);
    pthread_mutex_lock(&connection->lock);
    return refuse_late(connection, "no answer came");
}

static int conclude(struct connection *connection, struct slot *slot)
{
    int ret;

    if (slot->state == SLOT_WAITING && !connection->broken)
        return abandon(connection, slot);
    ret = slot->state == SLOT_DONE ? slot->status : refuse_broken(connection);
    slots_give_back(&connection->slots, slot);
    return ret;
}

static int exchange_in_slot(struct connection *connection, struct exchange *exchange,
                            struct slot *slot, uint64_t deadline)
{
    int ret;

    pthread_mutex_unlock(&connection->lock);
    send_request(connection, exchange, slot);
    pthread_mutex_lock(&connection->lock);
    wait(connection, slot, deadline);
    ret = conclude(connection, slot);
    hand_on_reading(connection);
    return ret;
}

int connection_exchange(struct connection *connection, struct exchange *exchange)
{
    uint64_t wait_ms = connection->settings.call_ms;
    uint64_t deadline = wait_ms ? connection_clock() + wait_ms * NS_PER_MS : 0;
    struct slot *slot;
    int ret;

    if (!wire_end(&exchange->request)) {
        vaccel_error("a request is too long for a message of %d bytes: it has too many arguments",
                     WIRE_BODY_MAX);
        return VACCEL_EINVAL;
    }
    if (connection_foreign(connection)) {
        vaccel_error("the session was begun before fork(), and stays the parent's: begin another");
        return VACCEL_ESESS;
    }
    pthread_mutex_lock(&connection->lock);
    ret = take_slot(connection, exchange, deadline, &slot);
    if (ret == VACCEL_OK)
        ret = exchange_in_slot(connection, exchange, slot, deadline);
    pthread_mutex_unlock(&connection->lock);
    return ret;
}
