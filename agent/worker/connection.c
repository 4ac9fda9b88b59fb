/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/worker/connection.h"
#include "agent/log.h"
#include "agent/worker/incoming.h"
#include "agent/worker/list.h"
#include "agent/worker/worker.h"
#include "wire/goodbye.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

static void wake_one(const struct connection *connection)
{
    eventfd_write(connection->kick, 1);
}

static void close_way(struct connection *connection, const char *reason, int way)
{
    bool first;

    pthread_mutex_lock(&connection->lock);
    first = !connection->closing;
    connection->closing = true;
    pthread_mutex_unlock(&connection->lock);
    if (!first)
        return;
    if (reason)
        agent_warn("%s: %s", connection->peer, reason);
    shutdown(connection->stream.fd, way);
    wake_one(connection);
}

void connection_close(struct connection *connection, const char *reason)
{
    close_way(connection, reason, SHUT_RDWR);
}

/* What the client still sends is read at the end, lest it takes the goodbye away. */
void connection_say_goodbye(struct connection *connection, int status, const char *sentence)
{
    unsigned char buf[WIRE_GOODBYE_ROOM] __attribute__((aligned(WIRE_ALIGN)));
    size_t size = wire_goodbye(buf, sizeof(buf), (uint32_t)status, sentence);
    int ret;

    stream_try_send(&connection->stream, buf, size, &ret);
    close_way(connection, NULL, SHUT_WR);
}

/* False: the connection is being closed; whoever is told so tells the next. */
static bool wait_for_request(struct connection *connection)
{
    struct epoll_event event = {0};
    bool closing;

    pthread_mutex_lock(&connection->lock);
    connection->waiting++;
    pthread_mutex_unlock(&connection->lock);
    epoll_wait(connection->epoll, &event, 1, -1);
    pthread_mutex_lock(&connection->lock);
    connection->waiting--;
    if (event.data.fd == connection->kick)
        connection->kicked = false;
    else if (event.events & EPOLLRDHUP)
        connection->ended = true;
    closing = connection->closing;
    pthread_mutex_unlock(&connection->lock);
    if (closing)
        wake_one(connection);
    return !closing;
}

static void *serve(void *context);

/* Somebody must be there to read the next request, while the caller runs this one. */
static void let_others_read(struct connection *connection, bool more)
{
    bool spawn;
    bool kick;

    pthread_mutex_lock(&connection->lock);
    more |= connection->ended;
    connection->unread = more;
    spawn = !connection->waiting && connection->threads <= worker.settings.limits.calls;
    kick = more && !spawn && connection->waiting && !connection->kicked;
    connection->threads += spawn;
    connection->kicked |= kick;
    pthread_mutex_unlock(&connection->lock);
    if (kick)
        wake_one(connection);
    if (spawn && !thread_start(serve, connection)) {
        pthread_mutex_lock(&connection->lock);
        connection->threads--;
        pthread_mutex_unlock(&connection->lock);
    }
}

static struct incoming *next_request(struct connection *connection)
{
    struct stream *stream = &connection->stream;
    struct incoming *request = NULL;
    bool more = false;

    pthread_mutex_lock(&connection->reading);
    if (incoming_read(connection, &request) == VACCEL_OK)
        more = stream->start < stream->end || !stream->drained;
    pthread_mutex_unlock(&connection->reading);
    if (request)
        let_others_read(connection, more);
    return request;
}

static bool is_unread(struct connection *connection)
{
    bool unread;

    pthread_mutex_lock(&connection->lock);
    unread = connection->unread && !connection->closing;
    pthread_mutex_unlock(&connection->lock);
    return unread;
}

static void *serve(void *context)
{
    struct connection *connection = context;
    struct incoming *request;
    bool last;

    do {
        do {
            request = next_request(connection);
            if (request)
                incoming_run(connection, request);
        } while (request && is_unread(connection));
    } while (wait_for_request(connection));
    pthread_mutex_lock(&connection->lock);
    last = --connection->threads == 0;
    pthread_mutex_unlock(&connection->lock);
    if (last) {
        list_remove(connection);
        connection_free(connection);
    }
    return NULL;
}

static bool watch(const struct connection *connection, int fd)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP | EPOLLET, .data.fd = fd};

    return epoll_ctl(connection->epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

static bool prepare(struct connection *connection)
{
    const struct settings *settings = &worker.settings;

    connection->epoll = epoll_create1(EPOLL_CLOEXEC);
    connection->kick = eventfd(0, EFD_CLOEXEC);
    connection->body = malloc(WIRE_BODY_MAX);
    return objects_begin(&connection->sessions, settings->limits.sessions) &&
           objects_begin(&connection->resources, settings->limits.resources) && connection->body &&
           connection->epoll >= 0 && connection->kick >= 0 &&
           stream_set_patience(&connection->stream, (unsigned int)settings->timeouts.stall_ms) ==
               VACCEL_OK &&
           watch(connection, connection->stream.fd) && watch(connection, connection->kick);
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
    pthread_mutex_init(&connection->reading, NULL);
    pthread_mutex_init(&connection->lock, NULL);
    buffer_cache_begin(&connection->buffers);
    connection->slot = slot;
    connection->begun = monotonic_ms();
    connection->threads = 1;
    snprintf(connection->peer, sizeof(connection->peer), "%s", peer);
    list_add(connection);
    if (prepare(connection) && thread_start(serve, connection))
        return;
    agent_error("%s: no memory, descriptors or threads for one more connection", peer);
    list_remove(connection);
    connection_free(connection);
}
