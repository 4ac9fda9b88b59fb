/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/worker/connection.h"
#include "agent/log.h"
#include "agent/worker/incoming.h"
#include "agent/worker/list.h"
#include "agent/worker/worker.h"
#include "wire/goodbye.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

void connection_log(const struct connection *connection, const char *text)
{
    static struct log_budget budget = {.lock = PTHREAD_MUTEX_INITIALIZER};

    if (agent_log_allows(&budget))
        agent_warn("%s: %s", connection->peer, text);
}

static void close_way(struct connection *connection, const char *reason, int way)
{
    if (!readers_close(&connection->readers))
        return;
    if (reason)
        connection_log(connection, reason);
    shutdown(connection->stream.fd, way);
}

void connection_close(struct connection *connection, const char *reason)
{
    close_way(connection, reason, SHUT_RDWR);
}

/* What the client still sends is read at the end, lest it takes the goodbye away. */
static void say_goodbye(struct connection *connection, int status, const char *sentence, bool waits)
{
    unsigned char buf[WIRE_GOODBYE_ROOM] __attribute__((aligned(WIRE_ALIGN)));
    size_t size = wire_goodbye(buf, sizeof(buf), (uint32_t)status, sentence);

    if (waits)
        stream_send_last(&connection->stream, buf, size);
    else
        stream_try_send(&connection->stream, buf, size);
    close_way(connection, NULL, SHUT_WR);
}

void connection_say_goodbye(struct connection *connection, int status, const char *sentence)
{
    say_goodbye(connection, status, sentence, true);
}

static bool takes_bytes(const struct connection *connection)
{
    struct pollfd socket = {.fd = connection->stream.fd, .events = POLLOUT};

    return poll(&socket, 1, 0) > 0;
}

void connection_try_goodbye(struct connection *connection, int status, const char *sentence)
{
    if (takes_bytes(connection))
        say_goodbye(connection, status, sentence, false);
    else
        connection_close(connection, NULL);
}

static void *serve(void *context);

static bool count_thread(struct connection *connection)
{
    bool more;

    pthread_mutex_lock(&connection->lock);
    more = connection->threads <= worker.settings.limits.calls;
    connection->threads += more;
    pthread_mutex_unlock(&connection->lock);
    return more;
}

/* Returns whether it was the last. */
static bool discount_thread(struct connection *connection)
{
    bool last;

    pthread_mutex_lock(&connection->lock);
    last = --connection->threads == 0;
    pthread_mutex_unlock(&connection->lock);
    return last;
}

/* The caller's turn to read. NULL: the connection is being closed. */
static struct incoming *read_one(struct connection *connection)
{
    struct incoming *request = NULL;

    incoming_read(connection, &request);
    if (readers_leave(&connection->readers) && request && count_thread(connection) &&
        !thread_start(serve, connection))
        discount_thread(connection);
    return request;
}

static void run(struct connection *connection, struct incoming *request)
{
    uint64_t begun = monotonic_ns();

    incoming_run(connection, request);
    readers_note_time(&connection->readers, monotonic_ns() - begun);
}

static void *serve(void *context)
{
    struct connection *connection = context;
    struct incoming *request;

    while (readers_enter(&connection->readers)) {
        request = read_one(connection);
        if (request)
            run(connection, request);
    }
    if (discount_thread(connection)) {
        list_remove(connection);
        connection_free(connection);
    }
    return NULL;
}

static bool prepare(struct connection *connection)
{
    const struct settings *settings = &worker.settings;

    connection->body = malloc(WIRE_BODY_MAX);
    return objects_begin(&connection->sessions, settings->limits.sessions) &&
           objects_begin(&connection->resources, settings->limits.resources) && connection->body &&
           stream_set_patience(&connection->stream, (unsigned int)settings->timeouts.stall_ms) ==
               VACCEL_OK;
}

static void refuse(int fd, unsigned int slot, const char *peer)
{
    agent_error("%s: no memory or descriptors for one more connection", peer);
    close(fd);
    worker_tell_closed(slot);
}

void connection_begin(int fd, unsigned int slot, const char *peer)
{
    struct connection *connection = calloc(1, sizeof(*connection));

    if (!connection) {
        refuse(fd, slot, peer);
        return;
    }
    stream_init(&connection->stream, fd, &worker.ledger->sending[slot]);
    pthread_mutex_init(&connection->lock, NULL);
    pthread_cond_init(&connection->answered, NULL);
    buffer_cache_begin(&connection->buffers);
    connection->slot = slot;
    connection->begun = monotonic_ms();
    connection->threads = 1;
    readers_begin(&connection->readers);
    snprintf(connection->peer, sizeof(connection->peer), "%s", peer);
    list_add(connection);
    if (prepare(connection) && thread_start(serve, connection))
        return;
    agent_error("%s: no memory, descriptors or threads for one more connection", peer);
    list_remove(connection);
    connection_free(connection);
}
