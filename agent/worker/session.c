/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/worker/session.h"
#include "agent/worker/handlers.h"
#include "agent/worker/worker.h"
#include "core/session.h"

struct worker_session *session_use(struct client *client, uint64_t id)
{
    struct object *object = objects_use(&client->sessions, id);

    if (!object)
        vaccel_error("this connection has no session %llu", (unsigned long long)id);
    return (struct worker_session *)object;
}

void session_leave(struct client *client, struct worker_session *session)
{
    objects_leave(&client->sessions, &session->object);
}

static void session_free(struct worker_session *session)
{
    vaccel_session_release(&session->sess);
    pthread_rwlock_destroy(&session->choice);
    pthread_mutex_destroy(&session->lock);
    free(session);
}

static void limit_held_outputs(struct worker_session *session)
{
    struct session_core *core = core_load(&session->sess.core);

    core->held_limit = worker.settings.limits.held_bytes;
}

static int session_new(uint32_t hint, struct worker_session **session)
{
    int ret;

    *session = calloc(1, sizeof(**session));
    if (!*session)
        return VACCEL_ENOMEM;
    ret = vaccel_session_init(&(*session)->sess, hint);
    if (ret != VACCEL_OK) {
        free(*session);
        return ret;
    }
    pthread_rwlock_init(&(*session)->choice, NULL);
    pthread_mutex_init(&(*session)->lock, NULL);
    limit_held_outputs(*session);
    return VACCEL_OK;
}

int session_begin(struct client *client, struct incoming *incoming, struct answer *answer)
{
    struct worker_session *session;
    struct wire_id id;
    int ret = session_new(incoming->request.body.session_begin.hint, &session);

    if (ret != VACCEL_OK)
        return ret;
    id.id = objects_add(&client->sessions, &session->object);
    if (!id.id) {
        vaccel_error("a connection may have %llu sessions (setting sessions)",
                     (unsigned long long)worker.settings.limits.sessions);
        session_free(session);
        return VACCEL_EUSERS;
    }
    wire_put(&answer->writer, &id, sizeof(id));
    return VACCEL_OK;
}

int session_update(struct client *client, struct incoming *incoming, struct answer *answer)
{
    const struct wire_session_update *body = &incoming->request.body.session_update;
    struct worker_session *session = session_use(client, body->session);
    int ret;

    (void)answer;
    if (!session)
        return VACCEL_ESESS;
    pthread_rwlock_wrlock(&session->choice);
    ret = vaccel_session_update(&session->sess, body->hint);
    pthread_rwlock_unlock(&session->choice);
    session_leave(client, session);
    return ret;
}

int session_end(struct client *client, struct incoming *incoming, struct answer *answer)
{
    uint64_t id = incoming->request.body.id.id;
    struct object *object = objects_take(&client->sessions, id);

    (void)answer;
    if (!object) {
        vaccel_error("this connection has no session %llu", (unsigned long long)id);
        return VACCEL_ESESS;
    }
    session_free((struct worker_session *)object);
    return VACCEL_OK;
}

void sessions_free(struct client *client)
{
    struct object *object;

    while ((object = objects_take_any(&client->sessions)))
        session_free((struct worker_session *)object);
}

/* Under the lock. NULL: there are too many. */
static struct wire_region *region_of(struct worker_session *session, const char *name)
{
    size_t i;

    for (i = 0; i < session->nr_regions; i++)
        if (!strcmp(session->regions[i].name, name))
            return &session->regions[i];
    if (session->nr_regions == REGIONS_MOST)
        return NULL;
    snprintf(session->regions[i].name, WIRE_OP_NAME_SIZE, "%s", name);
    session->nr_regions++;
    return &session->regions[i];
}

void session_count(struct worker_session *session, const char *name, uint64_t time_ns)
{
    struct wire_region *region;

    pthread_mutex_lock(&session->lock);
    region = region_of(session, name);
    if (region) {
        region->time_ns += time_ns;
        region->nr_calls++;
    }
    pthread_mutex_unlock(&session->lock);
}

static int put_profile(struct worker_session *session, struct answer *answer)
{
    struct wire_profile profile = {0};
    size_t size = ANSWER_ROOM + sizeof(profile) + sizeof(session->regions);
    void *room = malloc(size);

    if (!room)
        return VACCEL_ENOMEM;
    answer_enlarge(answer, room, size);
    pthread_mutex_lock(&session->lock);
    profile.nr_regions = (uint32_t)session->nr_regions;
    wire_put(&answer->writer, &profile, sizeof(profile));
    wire_put(&answer->writer, session->regions, session->nr_regions * sizeof(struct wire_region));
    pthread_mutex_unlock(&session->lock);
    return VACCEL_OK;
}

int session_profile(struct client *client, struct incoming *incoming, struct answer *answer)
{
    struct worker_session *session = session_use(client, incoming->request.body.id.id);
    int ret;

    if (!session)
        return VACCEL_ESESS;
    ret = put_profile(session, answer);
    session_leave(client, session);
    return ret;
}
