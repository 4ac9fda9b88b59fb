/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/worker/handlers.h"
#include "agent/worker/list.h"
#include "agent/worker/worker.h"
#include "platform/hosted/log_tap.h"

#include <sys/socket.h>
#include <unistd.h>

/* From a complete request to its answer, and the end of a connection. */

enum { GOODBYE_READS = 64, GOODBYE_MS = 50 };

static handler handler_of(uint16_t type)
{
    switch (type) {
    case WIRE_HELLO:
        return hello_handle;
    case WIRE_SESSION_BEGIN:
        return session_begin;
    case WIRE_SESSION_UPDATE:
        return session_update;
    case WIRE_SESSION_END:
        return session_end;
    case WIRE_RESOURCE_NEW:
        return resource_new;
    case WIRE_RESOURCE_CHUNK:
        return resource_chunk;
    case WIRE_RESOURCE_REGISTER:
        return resource_register;
    case WIRE_RESOURCE_UNREGISTER:
        return resource_unregister;
    case WIRE_RESOURCE_SYNC:
        return resource_sync;
    case WIRE_RESOURCE_END:
        return resource_end;
    case WIRE_CALL:
        return call_handle;
    case WIRE_OUTPUT_FETCH:
        return output_fetch;
    case WIRE_OUTPUT_DROP:
        return output_drop;
    default:
        return session_profile;
    }
}

void answer_enlarge(struct answer *answer, void *room, size_t size)
{
    uint64_t id = wire_header_of(&answer->writer)->id;

    answer->room = room;
    wire_begin(&answer->writer, room, size, WIRE_ANSWER, id);
}

int hello_handle(struct connection *connection, struct incoming *incoming, struct answer *answer)
{
    const struct wire_hello *hello = &incoming->request.body.hello;
    const struct wire_welcome welcome = {
        .magic = WIRE_MAGIC,
        .version = WIRE_VERSION,
        .calls_max = (uint32_t)worker.settings.limits.calls,
        .message_max = worker.settings.limits.message_bytes,
    };
    char sentence[SENTENCE_SIZE];

    if (hello->oldest > WIRE_VERSION || hello->newest < WIRE_VERSION) {
        snprintf(sentence, sizeof(sentence),
                 "the client speaks versions %u to %u of the protocol, the agent only %d: install "
                 "versions of vAccel that go together",
                 hello->oldest, hello->newest, WIRE_VERSION);
        connection_log(connection, sentence);
        connection_say_goodbye(connection, VACCEL_ENOTSUP, sentence);
        return VACCEL_ENOTSUP;
    }
    wire_put(&answer->writer, &welcome, sizeof(welcome));
    return VACCEL_OK;
}

static int refuse_late(void)
{
    vaccel_error("the request's deadline had passed before it could be begun");
    return VACCEL_EREMOTEIO;
}

static int handle(struct connection *connection, struct incoming *incoming, struct answer *answer)
{
    if (incoming->refused)
        return incoming->refused;
    if (incoming->deadline && monotonic_ms() >= incoming->deadline)
        return refuse_late();
    return handler_of(incoming->request.header.type)(connection, incoming, answer);
}

/* A refused request's answer has the struct that wire.h asks for, empty. */
static void complete_body(struct answer *answer, uint16_t type)
{
    static const uint64_t nothing;

    if (answer->writer.size == WIRE_HEADER_SIZE && (type == WIRE_CALL || type == WIRE_OUTPUT_FETCH))
        wire_put(&answer->writer, &nothing, sizeof(nothing));
}

/* Nobody takes it any more. */
static void strip(struct answer *answer)
{
    struct wire_header *header = wire_header_of(&answer->writer);

    wire_begin(&answer->writer, header, answer->writer.room, WIRE_ANSWER, header->id);
    answer->payload = (struct pieces){0};
}

static void send_answer(struct connection *connection, struct incoming *incoming,
                        struct answer *answer, int status)
{
    uint16_t type = incoming->request.header.type;
    struct wire_header *header;
    size_t size;
    int ret;

    if (!incoming_settle(connection, incoming)) {
        strip(answer);
        status = VACCEL_EREMOTEIO;
    }
    complete_body(answer, type);
    if (status != VACCEL_OK)
        wire_put_sentence(&answer->writer, incoming->sentence);
    size = wire_end(&answer->writer);
    header = wire_header_of(&answer->writer);
    header->status = (uint32_t)status;
    ret = stream_send(&connection->stream, header, size, &answer->payload);
    if (ret != VACCEL_OK)
        connection_close(connection, ret == VACCEL_EAGAIN
                                         ? "takes no answers: it is disconnected (setting stall_ms)"
                                         : NULL);
}

/* What an operator would look after; the other errors are the client's. */
static void log_failure(const struct connection *connection, const struct incoming *incoming,
                        int status)
{
    if (status != VACCEL_EBACKEND && status != VACCEL_ENODEV && status != VACCEL_ENOMEM)
        return;
    connection_log(connection, incoming->sentence[0] ? incoming->sentence
                                                     : "a plugin failed, and did not say why");
}

void incoming_run(struct connection *connection, struct incoming *incoming)
{
    uint64_t id = incoming->request.header.id;
    struct answer answer;
    int status;

    answer.payload = (struct pieces){0};
    answer.room = NULL;
    answer.data = NULL;
    wire_begin(&answer.writer, answer.small, sizeof(answer.small), WIRE_ANSWER, id);
    platform_log_tap(incoming->sentence, sizeof(incoming->sentence));
    status = handle(connection, incoming, &answer);
    platform_log_tap(NULL, 0);
    if (status != VACCEL_OK)
        log_failure(connection, incoming, status);
    send_answer(connection, incoming, &answer, status);
    free(answer.room);
    free(answer.data);
    incoming_free(connection, incoming);
}

/* A socket that is closed with bytes unread resets the connection, and what was said last is lost. */
static void let_goodbye_arrive(struct connection *connection)
{
    const struct timeval patience = {.tv_usec = GOODBYE_MS * 1000};
    int reads = GOODBYE_READS;
    int fd = connection->stream.fd;

    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    while (reads-- > 0 && recv(fd, connection->body, WIRE_BODY_MAX, 0) > 0)
        continue;
}

void connection_free(struct connection *connection)
{
    struct incoming *partial;
    unsigned int slot = connection->slot;

    if (connection->body)
        let_goodbye_arrive(connection);
    while ((partial = connection->partial)) {
        connection->partial = partial->next_partial;
        incoming_free(connection, partial);
    }
    sessions_free(connection);
    resources_free(connection);
    objects_end(&connection->sessions);
    objects_end(&connection->resources);
    buffer_cache_end(&connection->buffers);
    stream_end(&connection->stream);
    readers_end(&connection->readers);
    pthread_cond_destroy(&connection->answered);
    pthread_mutex_destroy(&connection->lock);
    free(connection->body);
    free(connection);
    worker_tell_closed(slot);
    list_forget_one();
}
