/* SPDX-License-Identifier: Apache-2.0 */
#include "client/current.h"
#include "client/hooks.h"
#include "vaccel.h"

enum { ATTEMPTS = 3 }; /* at an old connection, at a new one, at the next worker */

int client_tell(struct connection *connection, enum wire_type type, const void *body, size_t size)
{
    unsigned char buf[EXCHANGE_ROOM] __attribute__((aligned(WIRE_ALIGN)));
    struct exchange exchange = {0};

    exchange_begin(&exchange, type, buf, sizeof(buf));
    wire_put(&exchange.request, body, size);
    return connection_exchange(connection, &exchange);
}

static bool take_id(struct exchange *exchange, const struct wire_answer *answer)
{
    *(uint64_t *)exchange->context = answer->body.id.id;
    return true;
}

int client_ask_id(struct connection *connection, enum wire_type type, const void *body, size_t size,
                  uint64_t *id)
{
    unsigned char buf[EXCHANGE_ROOM] __attribute__((aligned(WIRE_ALIGN)));
    struct exchange exchange = {.take = take_id, .context = id};

    exchange_begin(&exchange, type, buf, sizeof(buf));
    wire_put(&exchange.request, body, size);
    return connection_exchange(connection, &exchange);
}

static int begin(struct connection *connection, uint32_t flags, struct vaccel_session *sess)
{
    const struct wire_session_begin body = {.hint = flags};
    uint64_t id;
    int ret = client_ask_id(connection, WIRE_SESSION_BEGIN, &body, sizeof(body), &id);

    if (ret != VACCEL_OK)
        return ret;
    sess->remote_id = (vaccel_id_t)id;
    sess->priv = connection;
    return VACCEL_OK;
}

/* *@lost: the connection was, and nothing has run: it is worth another attempt. */
static int attempt(struct vaccel_session *sess, uint32_t flags, bool *lost)
{
    struct connection *connection;
    bool fresh;
    int ret = current_connection(&connection, &fresh);

    *lost = ret == VACCEL_EBACKEND; /* the worker died before it said welcome */
    if (ret != VACCEL_OK)
        return ret;
    ret = begin(connection, flags, sess);
    if (ret == VACCEL_OK)
        return VACCEL_OK;
    *lost = !connection_usable(connection) && (!fresh || ret == VACCEL_EBACKEND);
    connection_drop(connection);
    return ret;
}

/* An old connection may turn out to be lost only now, a new one may meet a worker that just dies. */
int client_session_init(struct vaccel_session *sess, uint32_t flags)
{
    int attempts = ATTEMPTS;
    bool lost;
    int ret;

    do
        ret = attempt(sess, flags, &lost);
    while (lost && --attempts > 0);
    return ret;
}

int client_session_release(struct vaccel_session *sess)
{
    const struct wire_id body = {(uint64_t)sess->remote_id};
    struct connection *connection = sess->priv;
    int ret = VACCEL_OK;

    if (!connection)
        return VACCEL_OK;
    if (connection_usable(connection)) {
        if (vaccel_prof_enabled())
            client_profile(sess);
        ret = client_tell(connection, WIRE_SESSION_END, &body, sizeof(body));
    }
    sess->priv = NULL;
    connection_drop(connection);
    return ret;
}

int client_session_update(struct vaccel_session *sess, uint32_t flags)
{
    const struct wire_session_update body = {.session = (uint64_t)sess->remote_id, .hint = flags};

    return client_tell(sess->priv, WIRE_SESSION_UPDATE, &body, sizeof(body));
}
