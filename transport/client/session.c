/* SPDX-License-Identifier: Apache-2.0 */
#include "client/hooks.h"
#include "socket/current.h"
#include "vaccel.h"

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

/* An old connection may turn out to be lost only now: the agent was restarted. Then once more. */
int client_session_init(struct vaccel_session *sess, uint32_t flags)
{
    struct connection *connection;
    bool fresh = false;
    bool again;
    int ret;

    do {
        ret = current_connection(&connection, &fresh);
        if (ret != VACCEL_OK)
            return ret;
        ret = begin(connection, flags, sess);
        again = ret != VACCEL_OK && !fresh && !connection_usable(connection);
        if (ret != VACCEL_OK)
            connection_drop(connection);
    } while (again);
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
