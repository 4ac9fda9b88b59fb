/* SPDX-License-Identifier: Apache-2.0 */
/* What an agent takes apart: a request from a client. What is accepted must keep its promises. */
#include "message.h"

static void use_call(const struct wire_request *request)
{
    const struct wire_call *call = &request->body.call;
    size_t count = (size_t)call->nr_read + call->nr_write;
    uint64_t sent = 0;
    uint64_t all = 0;
    size_t i;

    if (count > WIRE_ARGS_MAX)
        abort();
    message_use(request->args, count * sizeof(*request->args));
    for (i = 0; i < count; i++) {
        if (__builtin_add_overflow(all, request->args[i].size, &all))
            abort();
        if (request->args[i].flags & WIRE_ARG_SENT)
            sent += request->args[i].size;
    }
    if (sent != request->payload_size)
        abort();
}

static void use_chunk(const struct wire_request *request)
{
    const struct wire_resource_chunk *chunk = &request->body.chunk;

    if (chunk->offset + chunk->size > chunk->blob_size || chunk->size != request->payload_size)
        abort();
}

static void use(const struct wire_request *request)
{
    if (!request->header.id || request->header.payload_size > request->payload_size)
        abort();
    message_use_text(&request->name, WIRE_NAME_MAX);
    message_use_fields(&request->fields);
    if (request->header.type == WIRE_CALL)
        use_call(request);
    else if (request->header.type == WIRE_RESOURCE_CHUNK)
        use_chunk(request);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct wire_fault fault = {0};
    struct wire_request request;
    struct wire_header header;
    unsigned char *body;

    if (size < sizeof(header))
        return 0;
    body = message_of(data, size, &header);
    if (wire_read_request(&header, body, &request, &fault))
        use(&request);
    else if (!fault.what)
        abort();
    free(body);
    return 0;
}
