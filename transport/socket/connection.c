/* SPDX-License-Identifier: Apache-2.0 */
#include "socket/connection.h"
#include "socket/state.h"
#include "platform/text.h"
#include "stream/address.h"
#include "vaccel.h"

#include <sys/socket.h>
#include <unistd.h>

static void broken(struct connection *base)
{
    struct socket_connection *connection = (struct socket_connection *)base;

    shutdown(connection->stream.fd, SHUT_RDWR);
    slots_wake_all(&connection->slots);
}

static void disown(struct connection *base)
{
    close(((struct socket_connection *)base)->stream.fd);
}

static void connection_close(struct connection *base)
{
    struct socket_connection *connection = (struct socket_connection *)base;

    stream_end(&connection->stream);
    slots_end(&connection->slots);
    platform_free(connection->body);
    platform_free(connection);
}

static const struct transport transport = {
    .exchange = socket_exchange,
    .broken = broken,
    .disown = disown,
    .close = connection_close,
};

static struct socket_connection *connection_new(const struct connection_settings *settings, int fd)
{
    size_t length = text_length(settings->address) + 1;
    struct socket_connection *connection = platform_alloc_zeroed(sizeof(*connection) + length);
    bool has_slots;

    if (!connection)
        return NULL;
    connection->body = platform_alloc(WIRE_BODY_MAX);
    has_slots = slots_begin(&connection->slots, 1);
    if (!connection->body || !has_slots) {
        slots_end(&connection->slots);
        platform_free(connection->body);
        platform_free(connection);
        return NULL;
    }
    memcpy(connection->address, settings->address, length);
    connection_begin(&connection->base, &transport, connection->address, settings);
    stream_init(&connection->stream, fd, NULL);
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

int socket_connection_open(const struct connection_settings *settings,
                           struct connection **connection)
{
    char why[ADDRESS_WHY_SIZE];
    struct socket_connection *made;
    int fd;
    int ret = address_connect(settings->address, settings->connect_ms, &fd, why, sizeof(why));

    if (ret != VACCEL_OK) {
        vaccel_error("no agent can be reached: %s; start one there, or let VACCEL_RPC_ADDRESS name "
                     "where one listens",
                     why);
        return ret;
    }
    made = connection_new(settings, fd);
    if (!made) {
        close(fd);
        return VACCEL_ENOMEM;
    }
    *connection = &made->base;
    ret = begin(made);
    if (ret != VACCEL_OK)
        connection_drop(*connection);
    return ret;
}
