/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/read.h"
#include "platform/text.h"
#include "vaccel/arg.h"
#include "vaccel/resource.h"

static bool check_hello(const struct wire_hello *hello, struct wire_fault *fault)
{
    if (hello->magic != WIRE_MAGIC)
        return wire_refuse(fault, "a hello has another magic number: this is no vAccel client",
                           hello->magic);
    if (!hello->oldest || hello->oldest > hello->newest)
        return wire_refuse(fault, "a hello's oldest version is none, or above its newest",
                           hello->oldest);
    return true;
}

static bool check_zero(uint32_t zero, struct wire_fault *fault)
{
    return !zero || wire_refuse(fault, "what must be zero is not", zero);
}

static bool check_resource_new(const struct wire_resource_new *resource, struct wire_fault *fault)
{
    if (resource->type >= VACCEL_RESOURCE_MAX)
        return wire_refuse(fault, "there is no such type of resource", resource->type);
    if (resource->kind > WIRE_REMOTE)
        return wire_refuse(fault, "there is no such kind of resource", resource->kind);
    return resource->nr_blobs || wire_refuse(fault, "a resource needs a blob", 0);
}

static bool read_chunk(struct wire_reader *reader, struct wire_request *request)
{
    const struct wire_resource_chunk *chunk = &request->body.chunk;
    struct wire_fault *fault = reader->fault;

    if (chunk->size > WIRE_CHUNK_MAX)
        return wire_refuse(fault, "a chunk may have 4194304 bytes", chunk->size);
    if (chunk->offset > chunk->blob_size || chunk->size > chunk->blob_size - chunk->offset)
        return wire_refuse(fault, "a chunk lies outside of its blob", chunk->offset);
    if (!chunk->name_size != (chunk->offset != 0))
        return wire_refuse(fault, "a blob's first chunk has its name, and no other",
                           chunk->name_size);
    request->payload_size = chunk->size;
    return wire_take_text(reader, chunk->name_size, WIRE_NAME_MAX, &request->name);
}

static bool check_arg(const struct wire_arg *arg, struct wire_fault *fault)
{
    if (arg->type >= VACCEL_ARG_MAX)
        return wire_refuse(fault, "there is no such type of argument", arg->type);
    if (arg->flags & ~(WIRE_ARG_SENT | WIRE_ARG_RETURNED))
        return wire_refuse(fault, "an argument has unknown flags", arg->flags);
    return true;
}

/* All sizes together must be a number, so that nobody who adds them up later needs to ask. */
static bool check_args(const struct wire_arg *args, size_t count, struct wire_request *request,
                       struct wire_fault *fault)
{
    uint64_t all = 0;
    size_t i;

    for (i = 0; i < count; i++) {
        if (!check_arg(&args[i], fault))
            return false;
        if (__builtin_add_overflow(all, args[i].size, &all) || all > INT64_MAX)
            return wire_refuse(fault, "arguments are too large", args[i].size);
        if (args[i].flags & WIRE_ARG_SENT)
            request->payload_size += args[i].size;
    }
    return true;
}

static bool read_call(struct wire_reader *reader, struct wire_request *request)
{
    const struct wire_call *call = &request->body.call;
    uint64_t count = (uint64_t)call->nr_read + call->nr_write;

    if (call->op < WIRE_BY_NAME || (call->op == WIRE_BY_NAME) != (call->name_size != 0))
        return wire_refuse(reader->fault, "an operation has a number or a name",
                           (uint64_t)call->op);
    if (count > WIRE_ARGS_MAX)
        return wire_refuse(reader->fault, "a call may have 4000 arguments", count);
    request->args = wire_take_list(reader, count, sizeof(struct wire_arg),
                                   "a call has more arguments than its body");
    if (!request->args || !check_args(request->args, (size_t)count, request, reader->fault))
        return false;
    return wire_take_text(reader, call->name_size, WIRE_OP_NAME_SIZE - 1, &request->name);
}

/* Bytes of the fixed struct. */
static size_t fixed_size(uint16_t type)
{
    switch (type) {
    case WIRE_HELLO:
        return sizeof(struct wire_hello);
    case WIRE_CANCEL:
        return sizeof(struct wire_cancel);
    case WIRE_SESSION_BEGIN:
        return sizeof(struct wire_session_begin);
    case WIRE_SESSION_UPDATE:
        return sizeof(struct wire_session_update);
    case WIRE_SESSION_END:
    case WIRE_RESOURCE_END:
    case WIRE_PROFILE:
        return sizeof(struct wire_id);
    case WIRE_RESOURCE_NEW:
        return sizeof(struct wire_resource_new);
    case WIRE_RESOURCE_CHUNK:
        return sizeof(struct wire_resource_chunk);
    case WIRE_RESOURCE_REGISTER:
    case WIRE_RESOURCE_UNREGISTER:
    case WIRE_RESOURCE_SYNC:
        return sizeof(struct wire_resource_use);
    case WIRE_CALL:
        return sizeof(struct wire_call);
    case WIRE_OUTPUT_FETCH:
        return sizeof(struct wire_output_fetch);
    case WIRE_OUTPUT_DROP:
        return sizeof(struct wire_output_drop);
    default:
        return 0;
    }
}

static bool read_rest(struct wire_reader *reader, struct wire_request *request)
{
    struct wire_fault *fault = reader->fault;

    switch (request->header.type) {
    case WIRE_HELLO:
        return check_hello(&request->body.hello, fault);
    case WIRE_SESSION_BEGIN:
        return check_zero(request->body.session_begin.zero, fault);
    case WIRE_SESSION_UPDATE:
        return check_zero(request->body.session_update.zero, fault);
    case WIRE_RESOURCE_NEW:
        return check_resource_new(&request->body.resource_new, fault);
    case WIRE_RESOURCE_CHUNK:
        return read_chunk(reader, request);
    case WIRE_CALL:
        return read_call(reader, request);
    default:
        return true;
    }
}

static bool check_header(const struct wire_header *header, struct wire_fault *fault)
{
    if (header->type == WIRE_ANSWER || header->type == WIRE_PART || header->type == WIRE_GOODBYE)
        return wire_refuse(fault, "that type of message is no request", header->type);
    if (!header->id)
        return wire_refuse(fault, "a request's id is not 0", 0);
    return !header->status || wire_refuse(fault, "a request has no status", header->status);
}

static bool read_body(const struct wire_header *header, const void *body,
                      struct wire_request *request, struct wire_fault *fault)
{
    struct wire_reader reader = {body, header->body_size, fault};

    memset(request, 0, sizeof(*request));
    request->header = *header;
    return wire_read_header(header, fault) && check_header(header, fault) &&
           wire_take(&reader, &request->body, fixed_size(header->type)) &&
           read_rest(&reader, request) && wire_take_fields(&reader, &request->fields);
}

bool wire_read_request(const struct wire_header *header, const void *body,
                       struct wire_request *request, struct wire_fault *fault)
{
    return read_body(header, body, request, fault) &&
           wire_check_payload(header, request->payload_size, fault);
}

bool wire_read_bare_request(const struct wire_header *header, const void *body,
                            struct wire_request *request, struct wire_fault *fault)
{
    return wire_check_bare(header, fault) && read_body(header, body, request, fault);
}
