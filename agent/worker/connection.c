/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/worker/connection.h"
#include "agent/log.h"
#include "agent/worker/call.h"
#include "agent/worker/fault.h"
#include "agent/worker/handlers.h"
#include "agent/worker/list.h"
#include "agent/worker/receive.h"
#include "agent/worker/worker.h"
#include "wire/goodbye.h"

#include <sys/socket.h>
#include <unistd.h>

enum { GOODBYE_READS = 64, GOODBYE_MS = 50 };

static void close_way(struct connection *connection, const char *reason, int way)
{
    if (!readers_close(&connection->readers))
        return;
    if (reason)
        client_log(&connection->client, reason);
    connection->stream.carrier->shutdown(&connection->stream, way);
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

void connection_try_goodbye(struct connection *connection, int status, const char *sentence)
{
    if (connection->stream.carrier->takes_bytes(&connection->stream))
        say_goodbye(connection, status, sentence, false);
    else
        connection_close(connection, NULL);
}

/* The bytes of a call's arguments, or a chunk's, are received into memory of ours. */
static int prepare_payload(struct client *client, struct incoming *incoming)
{
    switch (incoming->request.header.type) {
    case WIRE_CALL:
        return call_place(client, incoming, NULL);
    case WIRE_RESOURCE_CHUNK:
        return chunk_place(client, incoming);
    default:
        return VACCEL_OK;
    }
}

static void send_answer(struct client *client, struct incoming *incoming, struct answer *answer,
                        size_t size)
{
    struct connection *connection = (struct connection *)client;
    void *head = wire_header_of(&answer->writer);
    int ret = stream_send(&connection->stream, head, size, &answer->payload);

    (void)incoming;
    if (ret != VACCEL_OK)
        connection_close(connection, ret == VACCEL_EAGAIN
                                         ? "takes no answers: it is disconnected (setting stall_ms)"
                                         : NULL);
}

static void answer_goodbye(struct client *client, struct incoming *incoming, int status,
                           const char *sentence)
{
    (void)incoming;
    connection_say_goodbye((struct connection *)client, status, sentence);
}

static const struct client_carrier stream_client = {
    .prepare = prepare_payload,
    .answer = send_answer,
    .say_goodbye = answer_goodbye,
};

static void *serve(void *context);

static bool count_thread(struct connection *connection)
{
    bool more;

    pthread_mutex_lock(&connection->client.lock);
    more = connection->threads <= worker.settings.limits.calls;
    connection->threads += more;
    pthread_mutex_unlock(&connection->client.lock);
    return more;
}

/* Returns whether it was the last. */
static bool discount_thread(struct connection *connection)
{
    bool last;

    pthread_mutex_lock(&connection->client.lock);
    last = --connection->threads == 0;
    pthread_mutex_unlock(&connection->client.lock);
    return last;
}

/* The caller's turn to read. NULL: the connection is being closed, or it is another thread's turn to wait. */
static struct received *read_one(struct connection *connection)
{
    struct received *request = NULL;

    receive_request(connection, &request);
    if (readers_leave(&connection->readers, request != NULL) && request &&
        count_thread(connection) && !thread_start(serve, connection))
        discount_thread(connection);
    return request;
}

static void run(struct connection *connection, struct received *request)
{
    uint64_t begun = monotonic_ns();

    incoming_run(&connection->client, &request->incoming);
    fault_end();
    received_free(connection, request);
    readers_note_time(&connection->readers, monotonic_ns() - begun);
}

/* A socket that is closed with bytes unread resets the connection, and what was said last is lost. */
static void let_goodbye_arrive(struct connection *connection)
{
    struct stream *stream = &connection->stream;
    struct iovec room;
    int reads = GOODBYE_READS;

    stream->carrier->set_patience(stream, GOODBYE_MS, GOODBYE_MS);
    do
        room = (struct iovec){connection->body, WIRE_BODY_MAX};
    while (reads-- > 0 && stream->carrier->receive(stream, &room, 1, 0) > 0);
}

static void connection_free(struct connection *connection)
{
    struct received *partial;
    unsigned int slot = connection->slot;

    if (connection->body)
        let_goodbye_arrive(connection);
    while ((partial = connection->partial)) {
        connection->partial = partial->next_partial;
        received_free(connection, partial);
    }
    client_end(&connection->client);
    stream_end(&connection->stream);
    readers_end(&connection->readers);
    free(connection->body);
    free(connection);
    if (slot != CONNECTION_NO_SLOT)
        worker_tell_closed(slot);
    list_forget_one();
}

static void *serve(void *context)
{
    struct connection *connection = context;
    struct received *request;

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

void connection_log_refused(const char *peer, const char *why)
{
    static struct log_budget budget = {.lock = PTHREAD_MUTEX_INITIALIZER};

    if (agent_log_allows(&budget))
        agent_error("%s: %s", peer, why);
}

static struct connection *connection_new(const char *peer)
{
    struct connection *connection = calloc(1, sizeof(*connection));

    if (!connection)
        connection_log_refused(peer, "no memory for one more connection");
    return connection;
}

static bool has_bytes(void *context)
{
    struct connection *connection = context;

    return stream_look(&connection->stream) != VACCEL_EAGAIN;
}

static unsigned int running(void *context)
{
    struct connection *connection = context;

    return client_unanswered(&connection->client);
}

static const struct readers_source source = {has_bytes, running};

/* Its stream is there. If it cannot be served all is freed. */
static void begin(struct connection *connection, unsigned int slot, const char *peer)
{
    unsigned int patience = (unsigned int)worker.settings.timeouts.stall_ms;
    bool begun = client_begin(&connection->client, &stream_client, peer, 0);

    readers_begin(&connection->readers, &source, connection);
    connection->slot = slot;
    connection->begun = monotonic_ms();
    connection->threads = 1;
    connection->body = malloc(WIRE_BODY_MAX);
    list_add(connection);
    stream_set_patience(&connection->stream, patience);
    if (begun && connection->body && thread_start(serve, connection))
        return;
    connection_log_refused(peer, "no memory or threads for one more connection");
    list_remove(connection);
    connection_free(connection);
}

void connection_begin(int fd, unsigned int slot, const char *peer)
{
    struct connection *connection = connection_new(peer);

    if (!connection) {
        close(fd);
        worker_tell_closed(slot);
        return;
    }
    stream_init(&connection->stream, fd, &worker.ledger->sending[slot]);
    begin(connection, slot, peer);
}

bool connection_begin_carried(const struct stream_carrier *carrier, void *carried, const char *peer)
{
    struct connection *connection = connection_new(peer);

    if (!connection)
        return false;
    stream_init_carried(&connection->stream, carrier, carried);
    begin(connection, CONNECTION_NO_SLOT, peer);
    return true;
}
