/* SPDX-License-Identifier: Apache-2.0 */
#include "socket/connection.h"
#include "socket/state.h"
#include "platform/text.h"
#include "vaccel.h"

#include <sys/socket.h>

static void broken(struct connection *base)
{
    struct socket_connection *connection = (struct socket_connection *)base;

    connection->stream.carrier->shutdown(&connection->stream, SHUT_RDWR);
    slots_wake_all(&connection->slots);
}

static void disown(struct connection *base)
{
    struct stream *stream = &((struct socket_connection *)base)->stream;

    stream->carrier->close(stream);
}

void socket_connection_free(struct socket_connection *connection)
{
    slots_end(&connection->slots);
    platform_free(connection->body);
    platform_free(connection);
}

static void connection_close(struct connection *base)
{
    struct socket_connection *connection = (struct socket_connection *)base;

    stream_end(&connection->stream);
    socket_connection_free(connection);
}

static const struct transport transport = {
    .exchange = socket_exchange,
    .broken = broken,
    .disown = disown,
    .close = connection_close,
};

struct socket_connection *socket_connection_new(const struct connection_settings *settings)
{
    size_t length = text_length(settings->address) + 1;
    struct socket_connection *connection = platform_alloc_zeroed(sizeof(*connection) + length);
    bool has_slots;

    if (!connection)
        return NULL;
    connection->body = platform_alloc(WIRE_BODY_MAX);
    has_slots = slots_begin(&connection->slots, 1);
    if (!connection->body || !has_slots) {
        socket_connection_free(connection);
        return NULL;
    }
    memcpy(connection->address, settings->address, length);
    connection_begin(&connection->base, &transport, connection->address, settings);
    return connection;
}

/* The agent said how many requests it takes at once. */
static int widen(struct socket_connection *connection, const struct wire_welcome *welcome)
{
    slots_end(&connection->slots);
    return slots_begin(&connection->slots, welcome->calls_max) ? VACCEL_OK : VACCEL_ENOMEM;
}

static int begin(struct socket_connection *connection)
{
    unsigned int keepalive_ms = connection->base.settings.keepalive_ms;
    struct wire_welcome welcome;
    int ret;

    stream_set_patience(&connection->stream, keepalive_ms);
    ret = connection_say_hello(&connection->base, &welcome);
    if (ret == VACCEL_OK)
        ret = widen(connection, &welcome);
    connection->base.welcomed = ret == VACCEL_OK;
    return ret;
}

int socket_connection_begin(struct socket_connection *made, struct connection **connection)
{
    int ret = begin(made);

    *connection = &made->base;
    if (ret != VACCEL_OK)
        connection_drop(*connection);
    return ret;
}
