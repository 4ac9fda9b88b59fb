/* SPDX-License-Identifier: Apache-2.0 */
#include "client/hooks.h"
#include "vaccel.h"

static bool take(struct exchange *exchange, const struct wire_answer *answer)
{
    uint32_t i;

    (void)exchange;
    for (i = 0; answer->header.status == VACCEL_OK && i < answer->body.profile.nr_regions; i++)
        vaccel_info("[prof] %s in the agent: total_time: %llu nsec nr_entries: %llu",
                    answer->regions[i].name, (unsigned long long)answer->regions[i].time_ns,
                    (unsigned long long)answer->regions[i].nr_calls);
    return true;
}

void client_profile(const struct vaccel_session *sess)
{
    const struct wire_id body = {(uint64_t)sess->remote_id};
    unsigned char buf[EXCHANGE_ROOM] __attribute__((aligned(WIRE_ALIGN)));
    struct exchange exchange = {.take = take};

    exchange_begin(&exchange, WIRE_PROFILE, buf, sizeof(buf));
    exchange.answer_size = WIRE_HEADER_SIZE + WIRE_BODY_MAX;
    wire_put(&exchange.request, &body, sizeof(body));
    connection_exchange(sess->priv, &exchange);
}
