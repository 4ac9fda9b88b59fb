/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/worker/device/request.h"
#include "agent/worker/handlers.h"
#include "agent/worker/worker.h"

/* A request's life: from a chain to its answer, and which are kept. */

struct device_request *request_new(struct device *device)
{
    struct device_request *request;

    pthread_mutex_lock(&device->lock);
    request = device->spare;
    if (request)
        device->spare = request->next;
    pthread_mutex_unlock(&device->lock);
    if (!request)
        request = malloc(sizeof(*request));
    if (!request)
        return NULL;
    incoming_begin(&request->incoming);
    memset(&request->next, 0,
           offsetof(struct device_request, chain) - offsetof(struct device_request, next));
    return request;
}

static void keep(struct device *device, struct device_request *request)
{
    pthread_mutex_lock(&device->lock);
    request->next = device->spare;
    device->spare = request;
    pthread_mutex_unlock(&device->lock);
}

void request_free(struct device *device, struct device_request *request)
{
    request_unplace(device, request);
    if (request->memory)
        request_return(device, request, 0);
    if (request->is_listed)
        incoming_end(&device->client, &request->incoming);
    free(request->data);
    free(request->chunks);
    keep(device, request);
}

void request_take(struct device *device, struct device_request *request)
{
    request->memory = guest_memory_use(device->virtio.memory);
    pthread_mutex_lock(&device->lock);
    device->nr_requests++;
    pthread_mutex_unlock(&device->lock);
}

/* The memory of one is not used any more. */
static void leave_memory(struct device *device, struct guest_memory *memory)
{
    bool tell;

    guest_memory_leave(memory);
    pthread_mutex_lock(&device->lock);
    tell = --device->nr_requests == 0 && device->stopping;
    pthread_mutex_unlock(&device->lock);
    if (tell)
        virtio_device_tell(&device->virtio);
}

void request_return(struct device *device, struct device_request *request, uint64_t written)
{
    struct guest_memory *memory = request->memory;

    request->memory = NULL;
    ring_return(device_ring(device), request->chain.head,
                written < UINT32_MAX ? (uint32_t)written : UINT32_MAX);
    request_unplace(device, request);
    leave_memory(device, memory);
}

/* From here on nothing of it may be used: who fills its rooms may free it. */
static void return_and_hold(struct device *device, struct device_request *request)
{
    struct guest_memory *memory = request->memory;
    uint64_t written = request->written;
    uint16_t head = request->chain.head;

    request_unplace(device, request);
    request->memory = NULL;
    request_hold(device, request);
    ring_return(device_ring(device), head, (uint32_t)written);
    leave_memory(device, memory);
}

/* Nobody waits for what runs. Returns whether anything does. */
static bool cancel_all(struct client *client)
{
    struct incoming *incoming;
    bool any = false;

    pthread_mutex_lock(&client->lock);
    for (incoming = client->unanswered; incoming; incoming = incoming->next_unanswered) {
        if (incoming->request.header.type == WIRE_HELLO)
            continue;
        incoming->cancelled = true;
        any = true;
    }
    pthread_mutex_unlock(&client->lock);
    return any;
}

void device_end_connection(struct device *device)
{
    atomic_store(&device->greeted, false);
    atomic_fetch_add(&device->connection, 1);
    requests_drop(device);
    if (cancel_all(&device->client))
        device_have_watched(device);
}

static void write_goodbye(struct device_request *request, int status, const char *sentence)
{
    struct chain *chain = &request->chain;

    request->written = chain_say_goodbye(chain, chain->accel.answer_size, status, sentence);
}

void request_refuse(struct device *device, struct device_request *request, int status,
                    const char *sentence)
{
    device_end_connection(device);
    write_goodbye(request, status, sentence);
    request_return(device, request, request->written);
    request_free(device, request);
}

static void say_goodbye(struct client *client, struct incoming *incoming, int status,
                        const char *sentence)
{
    device_end_connection((struct device *)client);
    write_goodbye((struct device_request *)incoming, status, sentence);
}

/* What is left of it stays with the request. */
static void keep_rest(struct device *device, struct device_request *request, struct answer *answer)
{
    struct incoming *incoming = &request->incoming;

    if (!request_may_hold(device)) {
        say_goodbye(&device->client, incoming, VACCEL_EAGAIN,
                    "too many answers wait for rooms that were not asked for");
        return;
    }
    request->must_hold = true;
    incoming->payload = answer->payload;
    if (answer->payload.list == &answer->piece) {
        incoming->chunk = answer->piece;
        incoming->payload.list = &incoming->chunk;
    }
    request->data = answer->data;
    answer->data = NULL;
}

static void put_answer(struct client *client, struct incoming *incoming, struct answer *answer,
                       size_t size)
{
    struct device *device = (struct device *)client;
    struct device_request *request = (struct device_request *)incoming;
    const struct wire_header *header = wire_header_of(&answer->writer);
    struct chain *chain = &request->chain;

    if (request->connection != atomic_load(&device->connection)) {
        write_goodbye(request, VACCEL_ESESS, "the connection was over before the request ended");
        return;
    }
    if (!size || size > incoming->answer_room) {
        say_goodbye(client, incoming, VACCEL_ERANGE, "a chain has too little room for its answer");
        return;
    }
    chain_copy_in(&chain->write, 0, header, size);
    request->written = size;
    if (answer->payload.count &&
        request_put_rooms(request, &answer->payload, chain, incoming->answer_room))
        keep_rest(device, request, answer);
    if (header->status == VACCEL_OK && incoming->request.header.type == WIRE_HELLO)
        atomic_store(&device->greeted, true);
}

const struct client_carrier device_carrier = {
    .prepare = request_place,
    .answer = put_answer,
    .say_goodbye = say_goodbye,
};

/* Under the client's lock: requests of the connection before, whose calls may still run. */
static bool others_run(const struct client *client)
{
    const struct incoming *incoming = client->unanswered;

    while (incoming && incoming->request.header.type == WIRE_HELLO)
        incoming = incoming->next_unanswered;
    return incoming != NULL || client->nr_answering;
}

/* Whatever the connection before this hello had is gone when this returns. */
static void begin_anew(struct device *device)
{
    struct client *client = &device->client;

    requests_drop(device);
    pthread_mutex_lock(&client->lock);
    while (others_run(client))
        pthread_cond_wait(&client->ended, &client->lock);
    pthread_mutex_unlock(&client->lock);
    requests_drop(device);
    sessions_free(client);
    resources_free(client);
    objects_renew(&client->sessions);
    objects_renew(&client->resources);
}

uint64_t request_run(struct device *device, struct device_request *request)
{
    uint64_t plugin_ns;

    if (request->incoming.request.header.type == WIRE_HELLO)
        begin_anew(device);
    incoming_run(&device->client, &request->incoming);
    plugin_ns = request->incoming.plugin_ns;
    if (request->must_hold) {
        return_and_hold(device, request);
        return plugin_ns;
    }
    request_return(device, request, request->written);
    request_free(device, request);
    return plugin_ns;
}
