/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/worker/fault.h"
#include "agent/worker/handlers.h"
#include "agent/worker/text.h"
#include "agent/worker/worker.h"
#include "core/log.h"

/* From a complete request to its answer. */

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

int hello_handle(struct client *client, struct incoming *incoming, struct answer *answer)
{
    const struct wire_hello *hello = &incoming->request.body.hello;
    const struct wire_welcome welcome = {
        .magic = WIRE_MAGIC,
        .version = WIRE_VERSION,
        .calls_max = (uint32_t)worker.settings.limits.calls,
        .message_max = worker.settings.limits.message_bytes,
    };

    (void)client;
    if (hello->oldest > WIRE_VERSION || hello->newest < WIRE_VERSION) {
        vaccel_error("the client speaks versions %u to %u of the protocol, the agent only %d: "
                     "install versions of vAccel that go together",
                     hello->oldest, hello->newest, WIRE_VERSION);
        incoming->ends_connection = true;
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

static int handle(struct client *client, struct incoming *incoming, struct answer *answer)
{
    if (incoming->refused)
        return incoming->refused;
    if (incoming->deadline && monotonic_ms() >= incoming->deadline)
        return refuse_late();
    return handler_of(incoming->request.header.type)(client, incoming, answer);
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

/* As much of it as there is room for beside what the answer must have. */
static void put_sentence(struct answer *answer, struct incoming *incoming)
{
    size_t room = incoming->answer_room;

    if (room)
        text_cut(incoming->sentence, room > answer->writer.size ? room - answer->writer.size : 0);
    wire_put_sentence(&answer->writer, incoming->sentence);
}

static void send_answer(struct client *client, struct incoming *incoming, struct answer *answer,
                        int status)
{
    uint16_t type = incoming->request.header.type;
    size_t size;

    if (!incoming_settle(client, incoming)) {
        strip(answer);
        status = VACCEL_EREMOTEIO;
    }
    complete_body(answer, type);
    if (status != VACCEL_OK)
        put_sentence(answer, incoming);
    size = wire_end(&answer->writer);
    wire_header_of(&answer->writer)->status = (uint32_t)status;
    client->carrier->answer(client, incoming, answer, size);
}

/* Who has no memory seldom says more. */
static void name_want(struct incoming *incoming, int status)
{
    if (status == VACCEL_ENOMEM && !incoming->sentence[0])
        snprintf(incoming->sentence, sizeof(incoming->sentence), "the agent has no memory for it");
}

/* What an operator would look after; the other errors are the client's. */
static void log_failure(const struct client *client, const struct incoming *incoming, int status)
{
    if (status != VACCEL_EBACKEND && status != VACCEL_ENODEV && status != VACCEL_ENOMEM &&
        !incoming->ends_connection)
        return;
    client_log(client,
               incoming->sentence[0] ? incoming->sentence : "a plugin failed, and did not say why");
}

void incoming_run(struct client *client, struct incoming *incoming)
{
    uint64_t id = incoming->request.header.id;
    struct answer answer;
    int status;

    fault_begin();
    answer.payload = (struct pieces){0};
    answer.room = NULL;
    answer.data = NULL;
    wire_begin(&answer.writer, answer.small, sizeof(answer.small), WIRE_ANSWER, id);
    log_tap((struct log_tap){incoming->sentence, sizeof(incoming->sentence)});
    status = handle(client, incoming, &answer);
    log_tap((struct log_tap){0});
    name_want(incoming, status);
    if (status != VACCEL_OK)
        log_failure(client, incoming, status);
    fault_tell();
    if (incoming->ends_connection)
        client->carrier->say_goodbye(client, incoming, status, incoming->sentence);
    else
        send_answer(client, incoming, &answer, status);
    free(answer.room);
    free(answer.data);
}
