/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/worker/handlers.h"
#include "agent/worker/session.h"

/* Outputs that a session holds. */

static int fetch(struct client *client, struct incoming *incoming, struct worker_session *session,
                 struct vaccel_output *out, struct answer *answer)
{
    int ret = vaccel_output_fetch(&session->sess, out);

    /* With no room the library tells its size. */
    if (ret != VACCEL_ERANGE || out->size > incoming->request.body.fetch.room)
        return ret;
    ret = incoming_reserve(client, incoming, out->size);
    if (ret != VACCEL_OK)
        return ret;
    out->data = malloc(out->size ? out->size : 1);
    if (!out->data)
        return VACCEL_ENOMEM;
    answer->data = out->data;
    return vaccel_output_fetch(&session->sess, out);
}

int output_fetch(struct client *client, struct incoming *incoming, struct answer *answer)
{
    const struct wire_output_fetch *body = &incoming->request.body.fetch;
    struct worker_session *session = session_use(client, body->session);
    struct vaccel_output out = {.held = (vaccel_id_t)body->held};
    struct wire_size size;
    int ret;

    if (!session)
        return VACCEL_ESESS;
    ret = fetch(client, incoming, session, &out, answer);
    session_leave(client, session);
    size.size = ret == VACCEL_OK || ret == VACCEL_ERANGE ? out.size : 0;
    wire_put(&answer->writer, &size, sizeof(size));
    if (ret == VACCEL_OK) {
        answer->piece = (struct piece){out.data, out.size};
        answer->payload = (struct pieces){.list = &answer->piece, .count = 1};
    }
    return ret;
}

int output_drop(struct client *client, struct incoming *incoming, struct answer *answer)
{
    const struct wire_output_drop *body = &incoming->request.body.drop;
    struct worker_session *session = session_use(client, body->session);
    struct vaccel_output out = {.held = (vaccel_id_t)body->held};
    int ret;

    (void)answer;
    if (!session)
        return VACCEL_ESESS;
    ret = vaccel_output_drop(&session->sess, &out);
    session_leave(client, session);
    return ret;
}
