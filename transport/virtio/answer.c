/* SPDX-License-Identifier: Apache-2.0 */
#include "platform/text.h"
#include "virtio/state.h"
#include "vaccel.h"

/* An answer is copied out of shared memory before it is judged, and not read there again. */

enum { FEW = 2048 };

int answer_distrust(struct virtio_connection *connection, const char *what, uint64_t value)
{
    connection_distrust(&connection->base, what, value);
    atomic_store(&connection->hopeless, true);
    return VACCEL_EREMOTEIO;
}

/* The device goes on; what is in flight comes back. */
static int take_goodbye(struct virtio_connection *connection, const struct wire_header *header,
                        const void *body)
{
    int status = header->status ? (int)header->status : VACCEL_EREMOTEIO;
    struct wire_fields fields;
    struct wire_fault fault;

    if (!wire_check_bare(header, &fault) || !wire_read_goodbye(header, body, &fields, &fault))
        return answer_distrust(connection, fault.what, fault.value);
    connection_break(&connection->base, status, "%.*s", (int)fields.sentence.size,
                     fields.sentence.size ? fields.sentence.text : "the agent says goodbye");
    return status;
}

static int judge(struct virtio_connection *connection, const struct answer_place *place,
                 const struct wire_header *header, const void *body, struct exchange *exchange,
                 bool *believed)
{
    enum wire_type type = exchange ? wire_header_of(&exchange->request)->type : WIRE_PING;
    const char *misfit = NULL;
    struct wire_answer answer;
    struct wire_fault fault;

    if (header->type == WIRE_GOODBYE)
        return take_goodbye(connection, header, body);
    if (header->id != place->id)
        return answer_distrust(connection, "an answer to another request", header->id);
    if (!wire_read_bare_answer(type, header, body, &answer, &fault))
        return answer_distrust(connection, fault.what, fault.value);
    if (exchange)
        misfit = exchange_take(exchange, &connection->base, &answer);
    if (misfit)
        return answer_distrust(connection, misfit, type);
    *believed = true;
    return (int)header->status;
}

int answer_take(struct virtio_connection *connection, const struct answer_place *place,
                struct exchange *exchange, bool *believed)
{
    size_t most = place->size < place->written ? place->size : place->written;
    unsigned char few[FEW] __attribute__((aligned(WIRE_ALIGN)));
    unsigned char *body = few;
    struct wire_header header;
    int ret;

    *believed = false;
    if (most < sizeof(header))
        return answer_distrust(connection, "an answer was not written", place->written);
    memcpy(&header, place->data, sizeof(header));
    if (header.body_size > most - sizeof(header))
        return answer_distrust(connection, "an answer's body was not written", header.body_size);
    if (header.body_size > FEW)
        body = platform_alloc(header.body_size);
    if (!body) {
        connection_break(&connection->base, VACCEL_ENOMEM, "there is no memory for an answer");
        return VACCEL_ENOMEM;
    }
    memcpy(body, place->data + sizeof(header), header.body_size);
    ret = judge(connection, place, &header, body, exchange, believed);
    if (body != few)
        platform_free(body);
    return ret;
}
