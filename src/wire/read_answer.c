/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/read.h"
#include "platform/text.h"
#include "vaccel/error.h"

static bool read_returned(struct wire_reader *reader, struct wire_answer *answer)
{
    uint64_t count = answer->body.called.nr_returned;
    uint64_t i;

    answer->returned = wire_take_list(reader, count, sizeof(struct wire_returned),
                                      "an answer returns more arguments than its body has");
    if (!answer->returned)
        return false;
    for (i = 0; i < count; i++)
        if (answer->returned[i].sent > INT64_MAX ||
            __builtin_add_overflow(answer->payload_size, answer->returned[i].sent,
                                   &answer->payload_size))
            return wire_refuse(reader->fault, "an answer's payload is too large",
                               answer->returned[i].sent);
    return true;
}

static bool read_regions(struct wire_reader *reader, struct wire_answer *answer)
{
    uint64_t count = answer->body.profile.nr_regions;
    uint64_t i;

    answer->regions = wire_take_list(reader, count, sizeof(struct wire_region),
                                     "a profile has more regions than its body");
    if (!answer->regions)
        return false;
    for (i = 0; i < count; i++)
        if (answer->regions[i].name[WIRE_OP_NAME_SIZE - 1])
            return wire_refuse(reader->fault, "a region's name has no NUL", i);
    return true;
}

static bool read_id(struct wire_answer *answer, struct wire_fault *fault)
{
    if (answer->body.id.id && answer->body.id.id <= INT64_MAX)
        return true;
    return wire_refuse(fault, "an id is 0 or above 63 bits", answer->body.id.id);
}

static bool read_welcome(struct wire_answer *answer, struct wire_fault *fault)
{
    const struct wire_welcome *welcome = &answer->body.welcome;

    if (welcome->magic != WIRE_MAGIC)
        return wire_refuse(fault, "a welcome has another magic number: this is no vAccel agent",
                           welcome->magic);
    if (welcome->version != WIRE_VERSION)
        return wire_refuse(fault, "the agent chose a version that was not offered",
                           welcome->version);
    if (welcome->zero || welcome->zero_too)
        return wire_refuse(fault, "what must be zero is not", welcome->zero_too);
    return welcome->calls_max || wire_refuse(fault, "the agent takes no calls", 0);
}

/* Bytes of the fixed struct; an answer that refuses has one only where wire.h says so. */
static size_t fixed_size(enum wire_type type, bool refused)
{
    if (type == WIRE_CALL)
        return sizeof(struct wire_called);
    if (type == WIRE_OUTPUT_FETCH)
        return sizeof(struct wire_size);
    if (refused)
        return 0;
    switch (type) {
    case WIRE_HELLO:
        return sizeof(struct wire_welcome);
    case WIRE_SESSION_BEGIN:
    case WIRE_RESOURCE_NEW:
        return sizeof(struct wire_id);
    case WIRE_RESOURCE_SYNC:
        return sizeof(struct wire_size);
    case WIRE_PROFILE:
        return sizeof(struct wire_profile);
    default:
        return 0;
    }
}

static bool read_rest(struct wire_reader *reader, enum wire_type type, struct wire_answer *answer)
{
    switch (type) {
    case WIRE_HELLO:
        return read_welcome(answer, reader->fault);
    case WIRE_SESSION_BEGIN:
    case WIRE_RESOURCE_NEW:
        return read_id(answer, reader->fault);
    case WIRE_RESOURCE_SYNC:
        answer->payload_size = answer->body.size.size;
        return true;
    case WIRE_OUTPUT_FETCH:
        answer->payload_size = answer->header.status == VACCEL_OK ? answer->body.size.size : 0;
        return true;
    case WIRE_CALL:
        return read_returned(reader, answer);
    case WIRE_PROFILE:
        return read_regions(reader, answer);
    default:
        return true;
    }
}

static bool read_body(enum wire_type request_type, const struct wire_header *header,
                      const void *body, struct wire_answer *answer, struct wire_fault *fault)
{
    struct wire_reader reader = {body, header->body_size, fault};
    size_t fixed = fixed_size(request_type, header->status != VACCEL_OK);

    memset(answer, 0, sizeof(*answer));
    answer->header = *header;
    if (!wire_read_header(header, fault))
        return false;
    if (header->type != WIRE_ANSWER)
        return wire_refuse(fault, "a message is no answer", header->type);
    if (!wire_take(&reader, &answer->body, fixed))
        return false;
    return (!fixed || read_rest(&reader, request_type, answer)) &&
           wire_take_fields(&reader, &answer->fields);
}

bool wire_read_answer(enum wire_type request_type, const struct wire_header *header,
                      const void *body, struct wire_answer *answer, struct wire_fault *fault)
{
    return read_body(request_type, header, body, answer, fault) &&
           wire_check_payload(header, answer->payload_size, fault);
}

bool wire_read_bare_answer(enum wire_type request_type, const struct wire_header *header,
                           const void *body, struct wire_answer *answer, struct wire_fault *fault)
{
    return wire_check_bare(header, fault) && read_body(request_type, header, body, answer, fault);
}
