/* SPDX-License-Identifier: Apache-2.0 */
#include "virtio/layout.h"
#include "virtio/state.h"
#include "vaccel.h"

/* Requests of the connection's own. For these two there is always room in the queue. */

enum { PLACE_PING, PLACE_CANCEL };

/* Under the lock. The chain is of who has the lock, unless it is posted. */
static bool post_own(struct virtio_connection *connection, size_t place,
                     struct wire_writer *message, size_t answer_size)
{
    struct chain *chain = &connection->chains[connection->nr_chains + place];
    struct virtio_port *port = connection->port;
    size_t nr_readable;
    size_t nr_writable;

    if (connection_broken(&connection->base) || chain_state(chain) != CHAIN_FREE ||
        !chain_prepare(connection, chain))
        return false;
    chain->id = chain_next_id(connection, chain);
    wire_header_of(message)->id = chain->id;
    wire_end(message);
    nr_readable = layout_message(port, chain, message, answer_size, &nr_writable);
    if (!nr_readable || nr_readable + nr_writable > SEGMENTS_RESERVED / 2)
        return false;
    chain->posted_at = platform_clock();
    __atomic_store_n(&chain->state, CHAIN_POSTED, __ATOMIC_SEQ_CST);
    if (!port->ops->post(port, chain->segments, nr_readable, nr_writable, chain)) {
        __atomic_store_n(&chain->state, CHAIN_FREE, __ATOMIC_SEQ_CST);
        return false;
    }
    connection->in_flight++;
    port->ops->notify(port);
    return true;
}

void ping_send(struct virtio_connection *connection)
{
    unsigned char buf[WIRE_HEADER_SIZE] __attribute__((aligned(WIRE_ALIGN)));
    struct wire_writer message;

    wire_begin(&message, buf, sizeof(buf), WIRE_PING, 0);
    queue_lock(connection);
    if (connection->base.welcomed)
        post_own(connection, PLACE_PING, &message, EXCHANGE_ANSWER);
    connection->pinged_at = platform_clock();
    queue_unlock(connection);
}

bool cancel_send(struct virtio_connection *connection, uint64_t id)
{
    unsigned char buf[WIRE_HEADER_SIZE + sizeof(struct wire_cancel)]
        __attribute__((aligned(WIRE_ALIGN)));
    const struct wire_cancel body = {id};
    struct wire_writer message;
    bool sent;

    wire_begin(&message, buf, sizeof(buf), WIRE_CANCEL, 0);
    wire_put(&message, &body, sizeof(body));
    queue_lock(connection);
    sent = post_own(connection, PLACE_CANCEL, &message, 0);
    queue_unlock(connection);
    return sent;
}
