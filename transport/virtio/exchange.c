/* SPDX-License-Identifier: Apache-2.0 */
#include "virtio/layout.h"
#include "virtio/state.h"
#include "platform/text.h"
#include "vaccel.h"

/*
 * A request and its answer. Nearly always that is one chain. If it needs more segments than a chain may
 * have, its payload goes there in several, and what the last one has no room for is asked for.
 */

enum { NS_PER_MS = 1000000 };

static int refuse_unseen(const struct layout *layout)
{
    vaccel_error("%s: a request does not fit into chains of %zu segments",
                 layout->connection->base.name, layout->connection->segments_most);
    return VACCEL_EINVAL;
}

/* What the device wrote cannot be. */
static int distrust(const struct layout *layout, const char *what, uint64_t value)
{
    answer_distrust(layout->connection, what, value);
    return connection_refuse_broken(&layout->connection->base);
}

static void set_flags(const struct layout *layout, uint32_t flags)
{
    memcpy(layout->stage + STAGE_REQUEST + offsetof(struct accel_head, flags), &flags,
           sizeof(flags));
}

static int take_answer(const struct layout *layout, bool *believed)
{
    const struct answer_place place = {layout->answer, layout->exchange->answer_size,
                                       layout->chain->written, layout->chain->id};
    int ret = answer_take(layout->connection, &place, layout->exchange, believed);

    return *believed ? ret : connection_refuse_broken(&layout->connection->base);
}

/* Segments that the answer alone may need; one more where it is cut. 0: it needs too many. */
static size_t for_answer(const struct layout *layout)
{
    struct virtio_port *port = layout->connection->port;
    size_t most = layout->connection->segments_most;
    size_t count = port->ops->map(port, layout->answer, layout->exchange->answer_size,
                                  layout->chain->segments, most - 2);

    return count ? count + 1 : 0;
}

/*
 * A chain with more payload, and room for an answer that does not wait for the rest. *@ended: it came, and
 * is no success; or the chain was lost.
 */
static int send_more(struct layout *layout, size_t nr_readable, uint64_t deadline, bool *ended)
{
    struct layout_cursor early = {.first = layout->writable.first};
    struct virtio_connection *connection = layout->connection;
    struct chain *chain = layout->chain;
    size_t nr_writable = layout_next(connection->port, &early, chain->segments + nr_readable,
                                     connection->segments_most - nr_readable);
    bool believed;
    int ret;

    *ended = true;
    if (!nr_readable || !layout_at_end(&early))
        return refuse_unseen(layout);
    ret = chain_run(connection, chain, nr_readable, nr_writable, deadline);
    *ended = ret != VACCEL_OK || chain->written;
    if (ret != VACCEL_OK || !chain->written)
        return ret;
    ret = take_answer(layout, &believed);
    if (believed && ret == VACCEL_OK)
        return distrust(layout, "an answer before its request was sent", chain->id);
    return ret;
}

/* All that is to be read but for what the last chain has: *@nr_readable segments, of @most. */
static int send_split(struct layout *layout, size_t most, uint64_t deadline, size_t *nr_readable,
                      bool *ended)
{
    struct virtio_connection *connection = layout->connection;
    struct virtio_segment *segments = layout->chain->segments;
    uint32_t answer_size = (uint32_t)layout->exchange->answer_size;
    size_t head;
    size_t more;
    int ret;

    set_flags(layout, ACCEL_MORE);
    do {
        ret = send_more(layout, *nr_readable, deadline, ended);
        if (*ended)
            return ret;
        head = layout_part(layout, ACCEL_MORE, answer_size, segments, most);
        more = layout_next(connection->port, &layout->readable, segments + head, most - head);
        *nr_readable = head && more ? head + more : 0;
    } while (!layout_at_end(&layout->readable));
    layout_part(layout, 0, answer_size, segments, most);
    return VACCEL_OK;
}

/* What the answer has beyond the first chain's rooms. */
static int fetch_rest(struct layout *layout, uint64_t deadline)
{
    struct virtio_connection *connection = layout->connection;
    struct chain *chain = layout->chain;
    size_t most = connection->segments_most;
    size_t from = layout->writable.moved;
    size_t nr_readable = layout_part(layout, 0, 0, chain->segments, most);
    size_t nr_writable = layout_next(connection->port, &layout->writable,
                                     chain->segments + nr_readable, most - nr_readable);
    int ret;

    if (!nr_readable || !nr_writable)
        return refuse_unseen(layout);
    ret = chain_run(connection, chain, nr_readable, nr_writable, deadline);
    if (ret != VACCEL_OK)
        return ret;
    if (chain->written < layout_expected(layout, from, layout->writable.moved))
        return distrust(layout, "the rest of an answer was not written", chain->written);
    return VACCEL_OK;
}

static int receive(struct layout *layout, uint64_t deadline)
{
    bool believed;
    size_t covered = layout->writable.moved;
    int status = take_answer(layout, &believed);
    int ret = VACCEL_OK;

    if (!believed)
        return status;
    if (layout->chain->written < layout_expected(layout, 0, covered))
        return distrust(layout, "an answer's payload was not written", layout->chain->written);
    while (ret == VACCEL_OK && !layout_at_end(&layout->writable))
        ret = fetch_rest(layout, deadline);
    if (ret != VACCEL_OK)
        return ret;
    layout_copy_back(layout);
    return status;
}

static int carry(struct layout *layout, uint64_t deadline)
{
    struct virtio_connection *connection = layout->connection;
    struct virtio_port *port = connection->port;
    struct chain *chain = layout->chain;
    size_t most = connection->segments_most;
    size_t reserved = for_answer(layout);
    bool ended = false;
    size_t nr_readable;
    size_t nr_writable;
    int ret = VACCEL_OK;

    if (!reserved)
        return refuse_unseen(layout);
    nr_readable = layout_next(port, &layout->readable, chain->segments, most - reserved);
    if (!layout_at_end(&layout->readable))
        ret = send_split(layout, most - reserved, deadline, &nr_readable, &ended);
    if (ret != VACCEL_OK || ended)
        return ret;
    nr_writable =
        layout_next(port, &layout->writable, chain->segments + nr_readable, most - nr_readable);
    if (!nr_readable || layout->writable.moved < layout->exchange->answer_size)
        return refuse_unseen(layout);
    ret = chain_run(connection, chain, nr_readable, nr_writable, deadline);
    return ret == VACCEL_OK ? receive(layout, deadline) : ret;
}

int virtio_exchange(struct connection *base, struct exchange *exchange)
{
    struct virtio_connection *connection = (struct virtio_connection *)base;
    struct wire_header *header = wire_header_of(&exchange->request);
    uint64_t wait_ms = base->settings.call_ms;
    uint64_t deadline = wait_ms ? platform_clock() + wait_ms * NS_PER_MS : 0;
    struct layout layout;
    int ret;
    struct chain *chain = chain_take(connection, deadline, &ret);

    if (!chain)
        return ret;
    header->id = chain->id;
    header->deadline_ms = (uint32_t)wait_ms;
    ret = layout_begin(&layout, connection, chain, exchange);
    if (ret == VACCEL_OK) {
        ret = carry(&layout, deadline);
        layout_end(&layout);
    }
    if (atomic_load(&connection->hopeless) && chain_state(chain) == CHAIN_TAKEN)
        queue_give_up(connection);
    chain_give_back(connection, chain);
    return ret;
}
