/* SPDX-License-Identifier: Apache-2.0 */
#include "client/hooks.h"
#include "vaccel.h"

struct fetch {
    struct vaccel_output *out;
    struct iovec room;
};

static bool take(struct exchange *exchange, const struct wire_answer *answer)
{
    struct fetch *fetch = exchange->context;
    uint64_t size = answer->body.size.size;

    if (answer->header.status == VACCEL_ERANGE) {
        fetch->out->size = size;
        return true;
    }
    if (answer->header.status != VACCEL_OK)
        return true;
    if (size > fetch->out->size)
        return false;
    fetch->out->size = size;
    fetch->out->held = 0;
    fetch->room = (struct iovec){fetch->out->data, size};
    exchange->in = (struct pieces){.list = &fetch->room, .count = 1};
    return true;
}

int client_output_fetch(struct vaccel_session *sess, struct vaccel_output *out)
{
    const struct wire_output_fetch body = {(uint64_t)sess->remote_id, (uint64_t)out->held,
                                           out->size};
    unsigned char buf[EXCHANGE_ROOM] __attribute__((aligned(WIRE_ALIGN)));
    struct fetch fetch = {.out = out};
    struct exchange exchange = {.take = take, .context = &fetch};

    exchange_begin(&exchange, WIRE_OUTPUT_FETCH, buf, sizeof(buf));
    wire_put(&exchange.request, &body, sizeof(body));
    return connection_exchange(sess->priv, &exchange);
}

int client_output_drop(struct vaccel_session *sess, struct vaccel_output *out)
{
    const struct wire_output_drop body = {(uint64_t)sess->remote_id, (uint64_t)out->held};
    int ret = client_tell(sess->priv, WIRE_OUTPUT_DROP, &body, sizeof(body));

    if (ret == VACCEL_OK)
        out->held = 0;
    return ret;
}
