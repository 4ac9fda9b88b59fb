/* SPDX-License-Identifier: Apache-2.0 */
#include "client/connection.h"
#include "platform/text.h"
#include "vaccel.h"

#include <stdarg.h>

enum { PEER_MOST = 64 };

unsigned int connection_generation;

void connection_begin(struct connection *connection, const struct transport *transport,
                      const char *name, const struct connection_settings *settings)
{
    connection->transport = transport;
    connection->name = name;
    connection->settings = *settings;
    connection->generation = connection_generation;
    atomic_init(&connection->status, VACCEL_OK);
    atomic_init(&connection->users, 1);
}

static bool take_welcome(struct exchange *exchange, const struct wire_answer *answer)
{
    *(struct wire_welcome *)exchange->context = answer->body.welcome;
    return true;
}

static int ask_for_welcome(struct connection *connection, struct wire_welcome *welcome)
{
    const struct wire_hello hello = {WIRE_MAGIC, WIRE_VERSION, WIRE_VERSION};
    unsigned char buf[WIRE_HEADER_SIZE + EXCHANGE_ROOM] __attribute__((aligned(WIRE_ALIGN)));
    struct exchange exchange = {.take = take_welcome, .context = welcome};
    const char *peer = connection->settings.peer;
    size_t length = text_length(peer);

    exchange_begin(&exchange, WIRE_HELLO, buf, sizeof(buf));
    wire_put(&exchange.request, &hello, sizeof(hello));
    wire_put_field(&exchange.request, WIRE_TAG_PEER, peer, length < PEER_MOST ? length : PEER_MOST);
    return connection_exchange(connection, &exchange);
}

int connection_say_hello(struct connection *connection, struct wire_welcome *welcome)
{
    unsigned int call_ms = connection->settings.call_ms;
    int ret;

    connection->settings.call_ms = connection->settings.connect_ms;
    ret = ask_for_welcome(connection, welcome);
    connection->settings.call_ms = call_ms;
    if (ret == VACCEL_OK)
        connection->message_max = welcome->message_max;
    return ret;
}

struct connection *connection_hold(struct connection *connection)
{
    atomic_fetch_add(&connection->users, 1);
    return connection;
}

void connection_drop(struct connection *connection)
{
    if (!connection_foreign(connection) && atomic_fetch_sub(&connection->users, 1) == 1)
        connection->transport->close(connection);
}

bool connection_usable(const struct connection *connection)
{
    return !connection_foreign(connection) && !connection_broken(connection);
}

void connection_break(struct connection *connection, int status, const char *format, ...)
{
    va_list arguments;
    bool first;

    platform_lock(&connection->lock);
    first = !connection_broken(connection);
    if (first) {
        va_start(arguments, format);
        platform_format(connection->reason, sizeof(connection->reason), format, arguments);
        va_end(arguments);
        atomic_store(&connection->status, status);
    }
    platform_unlock(&connection->lock);
    if (first)
        connection->transport->broken(connection);
}

bool connection_distrust(struct connection *connection, const char *what, uint64_t value)
{
    connection_break(connection, VACCEL_EREMOTEIO,
                     "the other side does not keep to the protocol: %s (%llu)", what,
                     (unsigned long long)value);
    return false;
}

int connection_refuse_broken(const struct connection *connection)
{
    vaccel_error("%s: %s", connection->name, connection->reason);
    return atomic_load(&connection->status);
}

/* Which time it was that did not do. */
int connection_refuse_late(const struct connection *connection, const char *what)
{
    if (connection->welcomed)
        vaccel_error("%s: %s within %u ms (VACCEL_RPC_TIMEOUT)", connection->name, what,
                     connection->settings.call_ms);
    else
        vaccel_error(
            "%s: no welcome came within %u ms (VACCEL_RPC_CONNECT_TIMEOUT): is it an agent "
            "that listens there?",
            connection->name, connection->settings.call_ms);
    return VACCEL_EREMOTEIO;
}
