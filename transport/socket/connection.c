/* SPDX-License-Identifier: Apache-2.0 */
#include "socket/connection.h"
#include "socket/state.h"
#include "stream/address.h"
#include "vaccel.h"

#include <stdarg.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PEER_MOST = 64 };

static struct connection *connection_new(const struct connection_settings *settings, int fd)
{
    size_t length = strlen(settings->address) + 1;
    struct connection *connection = calloc(1, sizeof(*connection) + length);
    bool has_slots;

    if (!connection)
        return NULL;
    connection->body = malloc(WIRE_BODY_MAX);
    has_slots = slots_begin(&connection->slots, 1);
    if (!connection->body || !has_slots) {
        slots_end(&connection->slots);
        free(connection->body);
        free(connection);
        return NULL;
    }
    memcpy(connection->address, settings->address, length);
    connection->settings = *settings;
    connection->settings.address = connection->address;
    connection->users = 1;
    connection->generation = fork_generation;
    pthread_mutex_init(&connection->lock, NULL);
    stream_init(&connection->stream, fd, NULL);
    return connection;
}

static void connection_free(struct connection *connection)
{
    stream_end(&connection->stream);
    slots_end(&connection->slots);
    pthread_mutex_destroy(&connection->lock);
    free(connection->body);
    free(connection);
}

static bool take_welcome(struct exchange *exchange, const struct wire_answer *answer)
{
    *(struct wire_welcome *)exchange->context = answer->body.welcome;
    return true;
}

static int say_hello(struct connection *connection, struct wire_welcome *welcome)
{
    const struct wire_hello hello = {WIRE_MAGIC, WIRE_VERSION, WIRE_VERSION};
    unsigned char buf[WIRE_HEADER_SIZE + EXCHANGE_ROOM] __attribute__((aligned(WIRE_ALIGN)));
    struct exchange exchange = {.take = take_welcome, .context = welcome};
    size_t length = strnlen(program_invocation_short_name, PEER_MOST);

    exchange_begin(&exchange, WIRE_HELLO, buf, sizeof(buf));
    wire_put(&exchange.request, &hello, sizeof(hello));
    wire_put_field(&exchange.request, WIRE_TAG_PEER, program_invocation_short_name, length);
    return connection_exchange(connection, &exchange);
}

/* The agent said how many requests it takes at once. */
static int widen(struct connection *connection, const struct wire_welcome *welcome)
{
    slots_end(&connection->slots);
    connection->message_max = welcome->message_max;
    return slots_begin(&connection->slots, welcome->calls_max) ? VACCEL_OK : VACCEL_ENOMEM;
}

/* Within the time for connecting. */
static int begin(struct connection *connection)
{
    struct connection_settings wanted = connection->settings;
    struct wire_welcome welcome;
    int ret = stream_set_patience(&connection->stream, wanted.keepalive_ms);

    connection->settings.call_ms = wanted.connect_ms;
    if (ret == VACCEL_OK)
        ret = say_hello(connection, &welcome);
    if (ret == VACCEL_OK)
        ret = widen(connection, &welcome);
    connection->welcomed = ret == VACCEL_OK;
    connection->settings.call_ms = wanted.call_ms;
    return ret;
}

int connection_open(const struct connection_settings *settings, struct connection **connection)
{
    char why[ADDRESS_WHY_SIZE];
    int fd;
    int ret = address_connect(settings->address, settings->connect_ms, &fd, why, sizeof(why));

    if (ret != VACCEL_OK) {
        vaccel_error("no agent can be reached: %s; start one there, or let VACCEL_RPC_ADDRESS name "
                     "where one listens",
                     why);
        return ret;
    }
    *connection = connection_new(settings, fd);
    if (!*connection) {
        close(fd);
        return VACCEL_ENOMEM;
    }
    ret = begin(*connection);
    if (ret != VACCEL_OK)
        connection_drop(*connection);
    return ret;
}

struct connection *connection_hold(struct connection *connection)
{
    pthread_mutex_lock(&connection->lock);
    connection->users++;
    pthread_mutex_unlock(&connection->lock);
    return connection;
}

void connection_drop(struct connection *connection)
{
    bool last;

    if (connection_foreign(connection))
        return;
    pthread_mutex_lock(&connection->lock);
    last = --connection->users == 0;
    pthread_mutex_unlock(&connection->lock);
    if (last)
        connection_free(connection);
}

bool connection_usable(const struct connection *connection)
{
    return !connection_foreign(connection) && atomic_load(&connection->broken) == VACCEL_OK;
}

uint64_t connection_message_max(const struct connection *connection)
{
    return connection->message_max;
}

void connection_disown(struct connection *connection)
{
    close(connection->stream.fd);
}

void connection_break(struct connection *connection, int status, const char *format, ...)
{
    va_list arguments;
    bool first;

    pthread_mutex_lock(&connection->lock);
    first = atomic_load(&connection->broken) == VACCEL_OK;
    if (first) {
        va_start(arguments, format);
        vsnprintf(connection->reason, sizeof(connection->reason), format, arguments);
        va_end(arguments);
        atomic_store(&connection->broken, status);
    }
    pthread_mutex_unlock(&connection->lock);
    if (!first)
        return;
    shutdown(connection->stream.fd, SHUT_RDWR);
    slots_wake_all(&connection->slots);
}
