/* SPDX-License-Identifier: Apache-2.0 */
#include "client/hooks.h"
#include "vaccel.h"

static bool take(struct exchange *exchange, const struct wire_answer *answer)
{
    struct vaccel_output *out = exchange->context;
    uint64_t size = answer->body.size.size;

    if (answer->header.status != VACCEL_OK) {
        if (answer->header.status == VACCEL_ERANGE)
            out->size = size;
        exchange->in.count = 0;
        return true;
    }
    if (size > out->size)
        return false;
    out->size = size;
    out->held = 0;
    exchange->in.list->size = size;
    return true;
}

int client_output_fetch(struct vaccel_session *sess, struct vaccel_output *out)
{
    const struct wire_output_fetch body = {(uint64_t)sess->remote_id, (uint64_t)out->held,
                                           out->size};
    unsigned char buf[EXCHANGE_ROOM] __attribute__((aligned(WIRE_ALIGN)));
    struct piece room = {out->data, out->size};
    struct piece place;
    struct exchange exchange = {
        .in = {.list = &room, .count = 1}, .take = take, .context = out, .places = &place};

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
