/* SPDX-License-Identifier: Apache-2.0 */
#include "client/exchange.h"
#include "client/connection.h"
#include "vaccel.h"

void exchange_begin(struct exchange *exchange, enum wire_type type, void *buf, size_t room)
{
    wire_begin(&exchange->request, buf, room, type, 0);
    exchange->answer_size = EXCHANGE_ANSWER;
}

int connection_exchange(struct connection *connection, struct exchange *exchange)
{
    if (!wire_end(&exchange->request)) {
        vaccel_error("a request is too long for a message of %d bytes: it has too many arguments",
                     WIRE_BODY_MAX);
        return VACCEL_EINVAL;
    }
    if (connection_foreign(connection)) {
        vaccel_error("the session was begun before fork(), and stays the parent's: begin another");
        return VACCEL_ESESS;
    }
    return connection->transport->exchange(connection, exchange);
}

/* Too little room is no failure, and needs no words. */
static void log_refusal(const struct connection *connection, const struct wire_answer *answer)
{
    const struct wire_text *sentence = &answer->fields.sentence;

    if (sentence->size)
        vaccel_error("%s: %.*s", connection->name, (int)sentence->size, sentence->text);
    else if (answer->header.status != VACCEL_ERANGE)
        vaccel_error("%s: the agent answers with error %u, and does not say why", connection->name,
                     answer->header.status);
}

const char *exchange_take(struct exchange *exchange, const struct connection *connection,
                          const struct wire_answer *answer)
{
    if (answer->header.status != VACCEL_OK)
        log_refusal(connection, answer);
    if (exchange->take)
        return exchange->take(exchange, answer) ? NULL : "an answer does not fit its request";
    return answer->payload_size ? "an answer has a payload" : NULL;
}
