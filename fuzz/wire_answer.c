/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a client takes apart: an answer from an agent, or a goodbye. The first byte is the type of the
 * request that it answers.
 */
#include "message.h"

static void use_returned(const struct wire_answer *answer)
{
    uint64_t sent = 0;
    uint32_t i;

    message_use(answer->returned, answer->body.called.nr_returned * sizeof(struct wire_returned));
    for (i = 0; i < answer->body.called.nr_returned; i++)
        sent += answer->returned[i].sent;
    if (sent != answer->payload_size)
        abort();
}

static void use_regions(const struct wire_answer *answer)
{
    uint32_t i;

    for (i = 0; i < answer->body.profile.nr_regions; i++)
        message_use(answer->regions[i].name, strlen(answer->regions[i].name) + 1);
}

static void use(enum wire_type type, const struct wire_answer *answer)
{
    if (answer->header.payload_size > answer->payload_size)
        abort();
    message_use_fields(&answer->fields);
    if (type == WIRE_CALL)
        use_returned(answer);
    else if (type == WIRE_PROFILE && !answer->header.status)
        use_regions(answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct wire_fault fault = {0};
    struct wire_fields fields;
    struct wire_answer answer;
    struct wire_header header;
    unsigned char *body;

    if (size < 1 + sizeof(header))
        return 0;
    body = message_of(data + 1, size - 1, &header);
    if (wire_read_answer(data[0], &header, body, &answer, &fault))
        use(data[0], &answer);
    else if (!fault.what)
        abort();
    if (wire_read_goodbye(&header, body, &fields, &fault))
        message_use_fields(&fields);
    free(body);
    return 0;
}
