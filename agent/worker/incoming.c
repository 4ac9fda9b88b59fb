/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/worker/incoming.h"
#include "agent/worker/handlers.h"
#include "agent/worker/worker.h"
#include "platform/hosted/log_tap.h"
#include "wire/write.h"

/* Reading requests; of one connection, one thread at a time. */

enum { FAULT_SIZE = 256, STALLS_MOST = 3 };

/* The client broke the protocol: nothing that it sends after that can be understood. */
static int distrust(struct connection *connection, const struct wire_fault *fault)
{
    char text[FAULT_SIZE];

    snprintf(text, sizeof(text), "the client does not keep to the protocol: %s (%llu)", fault->what,
             (unsigned long long)fault->value);
    connection_log(connection, text);
    connection_say_goodbye(connection, VACCEL_EBACKEND, text);
    return VACCEL_EINVAL;
}

static int distrust_value(struct connection *connection, const char *what, uint64_t value)
{
    const struct wire_fault fault = {what, value};

    return distrust(connection, &fault);
}

/* The stream ended, or failed. */
static int lose(struct connection *connection, int ret)
{
    const char *reason = "the socket failed: it is disconnected";

    if (ret == VACCEL_ESESS)
        reason = NULL;
    else if (ret == VACCEL_EAGAIN)
        reason = "stopped in the middle of a message: it is disconnected (setting stall_ms)";
    connection_close(connection, reason);
    return ret;
}

static struct incoming *find_unanswered(const struct connection *connection, uint64_t id)
{
    struct incoming *incoming = connection->unanswered;

    while (incoming && incoming->request.header.id != id)
        incoming = incoming->next_unanswered;
    return incoming;
}

static void cancel(struct connection *connection, uint64_t id)
{
    struct incoming *incoming;

    pthread_mutex_lock(&connection->lock);
    incoming = find_unanswered(connection, id);
    if (incoming)
        incoming->cancelled = true;
    pthread_mutex_unlock(&connection->lock);
}

static int answer_ping(struct connection *connection, uint64_t id)
{
    struct wire_header answer = {.type = WIRE_ANSWER, .id = id};
    int ret = stream_send(&connection->stream, &answer, sizeof(answer), NULL);

    return ret == VACCEL_OK ? ret : lose(connection, ret);
}

static bool draining_refuses(uint16_t type)
{
    return type == WIRE_CALL || type == WIRE_SESSION_BEGIN || type == WIRE_RESOURCE_NEW ||
           type == WIRE_RESOURCE_CHUNK || type == WIRE_RESOURCE_REGISTER;
}

/* Whether its id is free; then it is listed, and counted if there may be one more. */
static bool enlist(struct connection *connection, struct incoming *incoming)
{
    bool known;

    pthread_mutex_lock(&connection->lock);
    known = find_unanswered(connection, incoming->request.header.id);
    if (!known) {
        incoming->next_unanswered = connection->unanswered;
        connection->unanswered = incoming;
        incoming->counted = connection->nr_unanswered < worker.settings.limits.calls;
        connection->nr_unanswered += incoming->counted;
    }
    pthread_mutex_unlock(&connection->lock);
    return !known;
}

/* Errors are logged, which the client gets to read. */
static int admit(const struct incoming *incoming)
{
    if (!incoming->counted) {
        vaccel_error("%llu requests of this connection are unanswered, and it may have no more "
                     "(setting calls)",
                     (unsigned long long)worker.settings.limits.calls);
        return VACCEL_EAGAIN;
    }
    if (atomic_load_explicit(&worker.draining, memory_order_relaxed) &&
        draining_refuses(incoming->request.header.type)) {
        vaccel_error("the agent is shutting down, and begins nothing new");
        return VACCEL_EAGAIN;
    }
    return VACCEL_OK;
}

static void prepare(struct connection *connection, struct incoming *incoming)
{
    int ret;

    platform_log_tap(incoming->sentence, sizeof(incoming->sentence));
    ret = admit(incoming);
    if (ret == VACCEL_OK && incoming->request.header.type == WIRE_CALL)
        ret = call_prepare(connection, incoming);
    else if (ret == VACCEL_OK && incoming->request.header.type == WIRE_RESOURCE_CHUNK)
        ret = chunk_prepare(connection, incoming);
    platform_log_tap(NULL, 0);
    incoming->refused = ret;
}

static void set_deadline(struct incoming *incoming)
{
    uint32_t ms = incoming->request.header.deadline_ms;

    incoming->deadline = ms ? monotonic_ms() + ms : 0;
}

static struct incoming *incoming_new(struct connection *connection,
                                     const struct wire_header *header)
{
    struct incoming *incoming = malloc(sizeof(*incoming) + header->body_size);

    if (!incoming)
        return NULL;
    memset(incoming, 0, offsetof(struct incoming, sentence));
    incoming->sentence[0] = '\0';
    memcpy(incoming->body, connection->body, header->body_size);
    return incoming;
}

/* Under the lock. */
static void unlist(struct connection *connection, struct incoming *incoming)
{
    struct incoming **at = &connection->unanswered;

    while (*at && *at != incoming)
        at = &(*at)->next_unanswered;
    if (*at)
        *at = incoming->next_unanswered;
    connection->nr_unanswered -= incoming->counted;
}

bool incoming_settle(struct connection *connection, struct incoming *incoming)
{
    bool wanted;

    pthread_mutex_lock(&connection->lock);
    unlist(connection, incoming);
    incoming->answering = true;
    connection->nr_answering++;
    wanted = !incoming->cancelled;
    pthread_mutex_unlock(&connection->lock);
    return wanted;
}

static bool fits(const struct connection *connection, uint64_t bytes)
{
    uint64_t limit = worker.settings.limits.connection_bytes;

    return !connection->bytes || !bytes ||
           (connection->bytes <= limit && bytes <= limit - connection->bytes);
}

/* What is counted for an answer that is being sent may just have arrived, and is waited for. */
int incoming_reserve(struct connection *connection, struct incoming *incoming, uint64_t bytes)
{
    bool reserved;

    pthread_mutex_lock(&connection->lock);
    while (!fits(connection, bytes) && connection->nr_answering)
        pthread_cond_wait(&connection->answered, &connection->lock);
    reserved = fits(connection, bytes);
    if (reserved)
        connection->bytes += bytes;
    pthread_mutex_unlock(&connection->lock);
    if (!reserved) {
        vaccel_error("%llu bytes more are too many for the calls of one connection: they may have "
                     "%llu at once (setting connection_bytes)",
                     (unsigned long long)bytes,
                     (unsigned long long)worker.settings.limits.connection_bytes);
        return VACCEL_ENOSPC;
    }
    incoming->bytes += bytes;
    return VACCEL_OK;
}

void incoming_free(struct connection *connection, struct incoming *incoming)
{
    pthread_mutex_lock(&connection->lock);
    connection->bytes -= incoming->bytes;
    if (incoming->answering) {
        connection->nr_answering--;
        pthread_cond_broadcast(&connection->answered);
    } else {
        unlist(connection, incoming);
    }
    pthread_mutex_unlock(&connection->lock);
    buffer_give(&connection->buffers, &incoming->buffer);
    free(incoming->call);
    free(incoming);
}

/* Receive a part where it belongs. If it was the last, the request is complete. */
static int receive_part(struct connection *connection, struct incoming *incoming,
                        const struct wire_header *header, struct incoming **complete)
{
    size_t size = header->payload_size;
    int ret;

    if (incoming->refused)
        ret = stream_discard(&connection->stream, size);
    else
        ret = stream_receive_pieces(&connection->stream, &incoming->payload, size);
    if (ret != VACCEL_OK)
        return lose(connection, ret);
    incoming->left -= size;
    if (!incoming->left)
        *complete = incoming;
    return VACCEL_OK;
}

static int read_part(struct connection *connection, const struct wire_header *header,
                     struct incoming **complete)
{
    struct incoming **at = &connection->partial;
    struct incoming *incoming;
    bool more = header->flags & WIRE_MORE;
    int ret;

    while (*at && (*at)->request.header.id != header->id)
        at = &(*at)->next_partial;
    incoming = *at;
    if (!incoming)
        return distrust_value(connection, "a part of no request", header->id);
    if (header->payload_size > incoming->left || more != (header->payload_size < incoming->left))
        return distrust_value(connection, "a part is too short or too long", header->payload_size);
    ret = receive_part(connection, incoming, header, complete);
    if (ret == VACCEL_OK && *complete)
        *at = incoming->next_partial;
    return ret;
}

/* A new request. Too many of which the payload is outstanding would be too much to keep. */
static int begin_request(struct connection *connection, struct incoming *incoming,
                         struct incoming **complete)
{
    const struct wire_header *header = &incoming->request.header;
    int ret;

    if (!enlist(connection, incoming)) {
        ret = distrust_value(connection, "an id is in use by a request without an answer",
                             header->id);
        free(incoming);
        return ret;
    }
    set_deadline(incoming);
    incoming->left = incoming->request.payload_size;
    prepare(connection, incoming);
    ret = receive_part(connection, incoming, header, complete);
    if (ret == VACCEL_OK && !*complete && !incoming->counted)
        ret = distrust_value(connection,
                             "more requests than the limit, and their payload is still "
                             "to come",
                             header->id);
    if (ret == VACCEL_OK && *complete)
        return VACCEL_OK;
    if (ret != VACCEL_OK) {
        incoming_free(connection, incoming);
        return ret;
    }
    incoming->next_partial = connection->partial;
    connection->partial = incoming;
    return VACCEL_OK;
}

static int check_greeting(struct connection *connection, uint16_t type)
{
    bool greeted = atomic_load_explicit(&connection->greeted, memory_order_relaxed);

    if (greeted == (type == WIRE_HELLO))
        return distrust_value(connection, "the first message, and no other, is a hello", type);
    if (!greeted)
        atomic_store(&connection->greeted, true);
    return VACCEL_OK;
}

static int read_request(struct connection *connection, const struct wire_header *header,
                        struct incoming **complete)
{
    struct wire_fault fault;
    struct incoming *incoming;
    int ret = check_greeting(connection, header->type);

    if (ret != VACCEL_OK)
        return ret;
    incoming = incoming_new(connection, header);
    if (!incoming) {
        connection_say_goodbye(connection, VACCEL_ENOMEM, "the agent has no memory for a request");
        return VACCEL_ENOMEM;
    }
    if (!wire_read_request(header, incoming->body, &incoming->request, &fault)) {
        free(incoming);
        return distrust(connection, &fault);
    }
    if (header->type != WIRE_PING && header->type != WIRE_CANCEL)
        return begin_request(connection, incoming, complete);
    if (header->type == WIRE_CANCEL)
        cancel(connection, incoming->request.body.cancel.call);
    else
        ret = answer_ping(connection, header->id);
    free(incoming);
    return ret;
}

static int read_message(struct connection *connection, struct incoming **complete)
{
    struct wire_header header;
    struct wire_fault fault;
    int ret = stream_receive(&connection->stream, &header, sizeof(header));

    if (ret != VACCEL_OK)
        return lose(connection, ret);
    if (!wire_read_header(&header, &fault))
        return distrust(connection, &fault);
    ret = stream_receive(&connection->stream, connection->body, header.body_size);
    if (ret != VACCEL_OK)
        return lose(connection, ret);
    return header.type == WIRE_PART ? read_part(connection, &header, complete)
                                    : read_request(connection, &header, complete);
}

/* A client may be silent for ever, but not in the middle of a payload. */
static int wait_for_message(struct connection *connection)
{
    int stalls = 0;
    int ret;

    do {
        ret = stream_wait(&connection->stream);
        if (atomic_load(&connection->readers.closing))
            return VACCEL_ESESS;
        stalls += connection->partial != NULL;
    } while (ret == VACCEL_EAGAIN && stalls < STALLS_MOST);
    return ret;
}

void incoming_read(struct connection *connection, struct incoming **complete)
{
    int ret = VACCEL_OK;

    while (!*complete && ret == VACCEL_OK) {
        ret = wait_for_message(connection);
        ret = ret == VACCEL_OK ? read_message(connection, complete) : lose(connection, ret);
    }
}
