/* SPDX-License-Identifier: Apache-2.0 */
#include "virtio/connection.h"
#include "platform/text.h"
#include "virtio/state.h"
#include "vaccel.h"

enum { NS_PER_US = 1000, OWN_CHAINS = 2 };

static void broken(struct connection *base)
{
    struct virtio_connection *connection = (struct virtio_connection *)base;

    if (atomic_load(&connection->wanting))
        queue_tell_wanting(connection);
}

/* Whether a thread may be about to use the port. */
static bool any_at_work(const struct virtio_connection *connection)
{
    uint32_t state;
    size_t i;

    for (i = 0; i < connection->nr_chains; i++) {
        state = chain_state(&connection->chains[i]);
        if (state == CHAIN_TAKEN || state == CHAIN_BACK)
            return true;
    }
    return false;
}

static void close_port(struct virtio_connection *connection)
{
    struct virtio_port *port = connection->port;

    connection->port = NULL;
    if (port->ops->close)
        port->ops->close(port);
}

static void retire(struct connection *base)
{
    struct virtio_connection *connection = (struct virtio_connection *)base;
    struct virtio_port *port = connection->port;
    unsigned int attempt = 0;

    atomic_store(&connection->hopeless, true);
    queue_tell_wanting(connection);
    while (any_at_work(connection)) {
        if (port->ops->wake)
            port->ops->wake(port);
        platform_pause(attempt++);
    }
    queue_give_up(connection);
    close_port(connection);
}

/* Shared memory stays the parent's, too; so the rest is left as it is. */
static void disown(struct connection *base)
{
    struct virtio_connection *connection = (struct virtio_connection *)base;

    if (connection->port)
        close_port(connection);
}

static void free_chains(struct virtio_connection *connection)
{
    size_t i;

    for (i = 0; i < connection->nr_chains + OWN_CHAINS; i++) {
        platform_free(connection->chains[i].segments);
        platform_free_shared(connection->chains[i].stage);
    }
    platform_free(connection->chains);
}

static void virtio_close(struct connection *base)
{
    struct virtio_connection *connection = (struct virtio_connection *)base;

    if (connection->port) {
        if (!connection->stopped)
            connection->port->ops->reset(connection->port);
        close_port(connection);
    }
    free_chains(connection);
    platform_free(connection);
}

static const struct transport transport = {
    .exchange = virtio_exchange,
    .broken = broken,
    .retire = retire,
    .disown = disown,
    .close = virtio_close,
};

static struct virtio_connection *connection_new(struct virtio_port *port,
                                                const struct connection_settings *settings)
{
    struct virtio_connection *connection = platform_alloc_zeroed(sizeof(*connection));

    if (!connection)
        return NULL;
    connection->chains = platform_alloc_zeroed((1 + OWN_CHAINS) * sizeof(struct chain));
    if (!connection->chains) {
        platform_free(connection);
        return NULL;
    }
    text_format(connection->name, sizeof(connection->name), "%s", port->name);
    connection_begin(&connection->base, &transport, connection->name, settings);
    connection->nr_chains = 1;
    connection->port = port;
    connection->spin_ns = (uint64_t)settings->spin_us * NS_PER_US;
    return connection;
}

/* The agent said how many requests it takes at once. The chain that said hello is kept. */
static int widen(struct virtio_connection *connection, uint32_t calls_max)
{
    size_t count = calls_max < CHAINS_MOST ? calls_max : CHAINS_MOST;
    struct chain *chains = platform_alloc_zeroed((count + OWN_CHAINS) * sizeof(*chains));

    if (!chains)
        return VACCEL_ENOMEM;
    chains[0] = connection->chains[0];
    platform_free(connection->chains);
    connection->chains = chains;
    connection->nr_chains = count;
    return VACCEL_OK;
}

static int use_queue(struct virtio_connection *connection)
{
    size_t size = connection->port->queue_size;

    if (size < SEGMENTS_LEAST + SEGMENTS_RESERVED) {
        vaccel_error("%s: its queue has %zu descriptors: it needs %d", connection->base.name, size,
                     SEGMENTS_LEAST + SEGMENTS_RESERVED);
        return VACCEL_ENODEV;
    }
    connection->room = size - SEGMENTS_RESERVED;
    connection->segments_most = connection->room < SEGMENTS_MOST ? connection->room : SEGMENTS_MOST;
    return VACCEL_OK;
}

static int begin(struct virtio_connection *connection)
{
    struct wire_welcome welcome;
    int ret = connection->port->ops->open(connection->port);

    connection->stopped = ret != VACCEL_OK;
    if (ret == VACCEL_OK)
        ret = use_queue(connection);
    if (ret == VACCEL_OK)
        ret = connection_say_hello(&connection->base, &welcome);
    if (ret == VACCEL_OK)
        ret = widen(connection, welcome.calls_max);
    connection->base.welcomed = ret == VACCEL_OK;
    return ret;
}

int virtio_connection_open(struct virtio_port *port, const struct connection_settings *settings,
                           struct connection **connection)
{
    struct virtio_connection *made = connection_new(port, settings);
    int ret;

    if (!made) {
        if (port->ops->close)
            port->ops->close(port);
        return VACCEL_ENOMEM;
    }
    *connection = &made->base;
    ret = begin(made);
    if (ret != VACCEL_OK)
        connection_drop(*connection);
    return ret;
}
