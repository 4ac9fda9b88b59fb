/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/worker/device/request.h"
#include "agent/worker/device/log.h"
#include "agent/worker/worker.h"

/* What a chain asks for; by who reads. */

enum {
    MESSAGE_AT = sizeof(struct accel_head),
    BODY_AT = MESSAGE_AT + WIRE_HEADER_SIZE,
    FAULT_SIZE = 256,
};

/* Requests of a virtio-blk driver, which takes a carrier for the disk that it says it is: an empty one. */
enum { BLK_FLUSH = 4, BLK_GET_ID = 8, BLK_ID_SIZE = 20, BLK_OK = 0, BLK_IOERR = 1 };

static void answer_disk(struct device *device, struct device_request *request)
{
    static const char name[BLK_ID_SIZE] = "vaccel";
    struct chain_side *write = &request->chain.write;
    uint32_t type = request->chain.accel.magic;
    uint8_t status = type == BLK_FLUSH ? BLK_OK : BLK_IOERR;

    if (type == BLK_GET_ID && write->size > BLK_ID_SIZE) {
        chain_copy_in(write, 0, name, sizeof(name));
        status = BLK_OK;
    }
    if (write->size)
        chain_copy_in(write, write->size - 1, &status, 1);
    request_return(device, request, write->size);
    request_free(device, request);
}

static struct device_request *distrust_value(struct device *device, struct device_request *request,
                                             const char *what, uint64_t value)
{
    char text[FAULT_SIZE];

    snprintf(text, sizeof(text), "the client does not keep to the protocol: %s (%llu)", what,
             (unsigned long long)value);
    device_log("%s", text);
    request_refuse(device, request, VACCEL_EBACKEND, text);
    return NULL;
}

static struct device_request *distrust(struct device *device, struct device_request *request,
                                       const struct wire_fault *fault)
{
    return distrust_value(device, request, fault->what, fault->value);
}

/* Nothing is written, as it has no answer. */
static struct device_request *give_back(struct device *device, struct device_request *request)
{
    request_return(device, request, 0);
    request_free(device, request);
    return NULL;
}

/* Its chain is the only one that it has. */
static bool is_whole(const struct device_request *request)
{
    return !(request->chain.accel.flags & ACCEL_MORE);
}

static struct device_request *take_partial(struct device *device, uint64_t id)
{
    struct device_request **at = &device->partial;
    struct device_request *found;

    pthread_mutex_lock(&device->lock);
    while (*at && (*at)->incoming.request.header.id != id)
        at = &(*at)->next;
    found = *at;
    if (found)
        *at = found->next;
    pthread_mutex_unlock(&device->lock);
    return found;
}

static void add_partial(struct device *device, struct device_request *request)
{
    pthread_mutex_lock(&device->lock);
    request->next = device->partial;
    device->partial = request;
    pthread_mutex_unlock(&device->lock);
}

/* The answer goes to the last chain. */
static void adopt_chain(struct device_request *request, struct device_request *part)
{
    ptrdiff_t read = part->chain.read.segments - part->chain.segments;
    ptrdiff_t write = part->chain.write.segments - part->chain.segments;

    memcpy(&request->chain, &part->chain,
           offsetof(struct chain, segments) + part->chain.nr_segments * sizeof(struct segment));
    request->chain.read.segments = request->chain.segments + read;
    request->chain.write.segments = request->chain.segments + write;
    request->memory = part->memory;
    part->memory = NULL;
    request->incoming.answer_room = request->chain.accel.answer_size;
}

static const char no_room[] = "a chain has not as much room for its answer";

static bool has_answer_room(const struct device_request *request)
{
    uint32_t size = request->chain.accel.answer_size;

    return size >= WIRE_HEADER_SIZE && size <= request->chain.write.size;
}

static struct device_request *begin_running(struct device *device, struct device_request *request)
{
    atomic_store(&request->is_running, true);
    if (request->incoming.deadline)
        device_have_watched(device);
    return request;
}

static struct device_request *read_part(struct device *device, struct device_request *part,
                                        uint64_t id)
{
    struct device_request *request;

    if (part->chain.read.size == BODY_AT && is_whole(part)) {
        request_pull(device, part, id);
        return NULL;
    }
    request = take_partial(device, id);
    if (!request)
        return distrust_value(device, part, "a part of no request", id);
    if (!request_take_payload(request, &part->chain, BODY_AT) ||
        (request->left != 0) == is_whole(part) || part->chain.read.size == BODY_AT) {
        request_free(device, request);
        return distrust_value(device, part, "a part is too short or too long", id);
    }
    if (!request->left && !has_answer_room(part)) {
        request_free(device, request);
        return distrust_value(device, part, no_room, part->chain.accel.answer_size);
    }
    if (request->left) {
        add_partial(device, request);
        return give_back(device, part);
    }
    adopt_chain(request, part);
    request_free(device, part);
    return begin_running(device, request);
}

/* The first of several chains. Its own is returned once its bytes are copied. */
static struct device_request *begin_partial(struct device *device, struct device_request *request)
{
    if (!request->incoming.counted)
        return distrust_value(device, request,
                              "more requests than the limit, and their payload is "
                              "still to come",
                              request->incoming.request.header.id);
    request_take_payload(request, &request->chain, request->payload_at);
    request_return(device, request, 0);
    add_partial(device, request);
    return NULL;
}

/* All of it, or the beginning. */
static bool fits_payload(const struct device_request *request)
{
    uint64_t there = request->chain.read.size - request->payload_at;
    uint64_t all = request->incoming.request.payload_size;

    return is_whole(request) ? there == all : there < all;
}

static struct device_request *begin(struct device *device, struct device_request *request)
{
    struct incoming *incoming = &request->incoming;

    if (!is_whole(request))
        request->left = incoming->request.payload_size;
    if (!incoming_enlist(&device->client, incoming))
        return distrust_value(device, request, "an id is in use by a request without an answer",
                              incoming->request.header.id);
    request->is_listed = true;
    incoming_admit(&device->client, incoming);
    if (request->left)
        return begin_partial(device, request);
    return begin_running(device, request);
}

static struct device_request *answer_ping(struct device *device, struct device_request *request)
{
    struct wire_header answer = {.type = WIRE_ANSWER, .id = request->incoming.request.header.id};

    chain_copy_in(&request->chain.write, 0, &answer, sizeof(answer));
    request_return(device, request, sizeof(answer));
    request_free(device, request);
    return NULL;
}

static struct device_request *cancel(struct device *device, struct device_request *request)
{
    if (incoming_cancel(&device->client, request->incoming.request.body.cancel.call))
        device_have_watched(device);
    return give_back(device, request);
}

static struct device_request *read_request(struct device *device, struct device_request *request,
                                           const struct wire_header *header)
{
    struct wire_fault fault;

    if (!wire_read_bare_request(header, request->body, &request->incoming.request, &fault))
        return distrust(device, request, &fault);
    if (!is_whole(request) && header->type != WIRE_CALL && header->type != WIRE_RESOURCE_CHUNK)
        return distrust_value(device, request, "a message without payload has no parts",
                              header->type);
    if (!fits_payload(request))
        return distrust_value(device, request, "a chain has too few or too many bytes to read",
                              request->chain.read.size);
    if (header->type == WIRE_CANCEL)
        return cancel(device, request);
    if (is_whole(request) && !has_answer_room(request))
        return distrust_value(device, request, no_room, request->chain.accel.answer_size);
    if (header->type == WIRE_PING)
        return answer_ping(device, request);
    if (header->type == WIRE_HELLO)
        device_end_connection(device);
    request->connection = atomic_load(&device->connection);
    return begin(device, request);
}

/* A message's header; its body is copied, too, before anything is made of it. */
static struct device_request *read_message(struct device *device, struct device_request *request)
{
    struct chain_side *read = &request->chain.read;
    struct wire_header header;
    struct wire_fault fault;

    if (!chain_copy_out(read, MESSAGE_AT, &header, sizeof(header)))
        return distrust_value(device, request, "a chain is too short for a message", read->size);
    if (!wire_read_header(&header, &fault))
        return distrust(device, request, &fault);
    if (header.type == WIRE_CANCEL && !atomic_load(&device->greeted))
        return give_back(device, request);
    if (header.type != WIRE_HELLO && !atomic_load(&device->greeted)) {
        request_refuse(device, request, VACCEL_ESESS, "the connection is over: say hello first");
        return NULL;
    }
    if (!chain_copy_out(read, BODY_AT, request->body, header.body_size))
        return distrust_value(device, request, "a chain is too short for its body", read->size);
    request->payload_at = BODY_AT + header.body_size;
    request->incoming.answer_room = request->chain.accel.answer_size;
    if (header.type == WIRE_PART)
        return read_part(device, request, header.id);
    return read_request(device, request, &header);
}

struct device_request *request_read(struct device *device, struct device_request *request)
{
    const struct accel_head *accel = &request->chain.accel;

    if (request->chain.read.size < sizeof(*accel))
        return distrust_value(device, request, "a chain is too short for a message",
                              request->chain.read.size);
    if (accel->magic != WIRE_MAGIC) {
        answer_disk(device, request);
        return NULL;
    }
    if (accel->zero || accel->flags & ~(uint32_t)ACCEL_MORE)
        return distrust_value(device, request, "a chain's head has unknown flags", accel->flags);
    return read_message(device, request);
}
