/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/worker/receive.h"

/* Reading requests; of one connection, one thread at a time. */

enum { FAULT_SIZE = 256, STALLS_MOST = 3 };

/* The client broke the protocol: nothing that it sends after that can be understood. */
static int distrust(struct connection *connection, const struct wire_fault *fault)
{
    char text[FAULT_SIZE];

    snprintf(text, sizeof(text), "the client does not keep to the protocol: %s (%llu)", fault->what,
             (unsigned long long)fault->value);
    client_log(&connection->client, text);
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

static int answer_ping(struct connection *connection, uint64_t id)
{
    struct wire_header answer = {.type = WIRE_ANSWER, .id = id};
    int ret = stream_send(&connection->stream, &answer, sizeof(answer), NULL);

    return ret == VACCEL_OK ? ret : lose(connection, ret);
}

/* Receive a part where it belongs. If it was the last, the request is complete. */
static int receive_part(struct connection *connection, struct received *received,
                        const struct wire_header *header, struct received **complete)
{
    size_t size = header->payload_size;
    int ret;

    if (received->incoming.refused)
        ret = stream_discard(&connection->stream, size);
    else
        ret = stream_receive_pieces(&connection->stream, &received->incoming.payload, size);
    if (ret != VACCEL_OK)
        return lose(connection, ret);
    received->left -= size;
    if (!received->left)
        *complete = received;
    return VACCEL_OK;
}

static int read_part(struct connection *connection, const struct wire_header *header,
                     struct received **complete)
{
    struct received **at = &connection->partial;
    struct received *received;
    bool more = header->flags & WIRE_MORE;
    int ret;

    while (*at && (*at)->incoming.request.header.id != header->id)
        at = &(*at)->next_partial;
    received = *at;
    if (!received)
        return distrust_value(connection, "a part of no request", header->id);
    if (header->payload_size > received->left || more != (header->payload_size < received->left))
        return distrust_value(connection, "a part is too short or too long", header->payload_size);
    ret = receive_part(connection, received, header, complete);
    if (ret == VACCEL_OK && *complete)
        *at = received->next_partial;
    return ret;
}

static struct received *received_new(struct connection *connection,
                                     const struct wire_header *header)
{
    struct received *received = malloc(sizeof(*received) + header->body_size);

    if (!received)
        return NULL;
    incoming_begin(&received->incoming);
    memcpy(received->body, connection->body, header->body_size);
    return received;
}

void received_free(struct connection *connection, struct received *received)
{
    incoming_end(&connection->client, &received->incoming);
    free(received);
}

/* A new request. Too many of which the payload is outstanding would be too much to keep. */
static int begin_request(struct connection *connection, struct received *received,
                         struct received **complete)
{
    struct incoming *incoming = &received->incoming;
    const struct wire_header *header = &incoming->request.header;
    int ret;

    if (!incoming_enlist(&connection->client, incoming)) {
        ret = distrust_value(connection, "an id is in use by a request without an answer",
                             header->id);
        free(received);
        return ret;
    }
    received->left = incoming->request.payload_size;
    incoming_admit(&connection->client, incoming);
    ret = receive_part(connection, received, header, complete);
    if (ret == VACCEL_OK && !*complete && !incoming->counted)
        ret = distrust_value(connection,
                             "more requests than the limit, and their payload is still "
                             "to come",
                             header->id);
    if (ret == VACCEL_OK && *complete)
        return VACCEL_OK;
    if (ret != VACCEL_OK) {
        received_free(connection, received);
        return ret;
    }
    received->next_partial = connection->partial;
    connection->partial = received;
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
                        struct received **complete)
{
    struct wire_fault fault;
    struct received *received;
    struct wire_request *request;
    int ret = check_greeting(connection, header->type);

    if (ret != VACCEL_OK)
        return ret;
    received = received_new(connection, header);
    if (!received) {
        connection_say_goodbye(connection, VACCEL_ENOMEM, "the agent has no memory for a request");
        return VACCEL_ENOMEM;
    }
    request = &received->incoming.request;
    if (!wire_read_request(header, received->body, request, &fault)) {
        free(received);
        return distrust(connection, &fault);
    }
    if (header->type != WIRE_PING && header->type != WIRE_CANCEL)
        return begin_request(connection, received, complete);
    if (header->type == WIRE_CANCEL)
        incoming_cancel(&connection->client, request->body.cancel.call);
    else
        ret = answer_ping(connection, header->id);
    free(received);
    return ret;
}

static int read_message(struct connection *connection, struct received **complete)
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

void receive_request(struct connection *connection, struct received **complete)
{
    int ret;

    do {
        ret = wait_for_message(connection);
        ret = ret == VACCEL_OK ? read_message(connection, complete) : lose(connection, ret);
    } while (!*complete && ret == VACCEL_OK &&
             (connection->partial || readers_may_wait(&connection->readers)));
}
