/* SPDX-License-Identifier: Apache-2.0 */
#include "client/hooks.h"
#include "socket/connection.h"
#include "vaccel.h"

#include <pthread.h>

/*
 * What the other sides know of a resource: one entry for each connection that it was sent over. It is
 * sent once for all sessions of a connection, and ended with the last of them.
 */
struct remote_resource {
    struct remote_resource *next;
    struct connection *connection;
    uint64_t id; /* 0: is being sent */
    unsigned int sessions;
};

/* Of all entries; held for a few instructions. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t sent = PTHREAD_COND_INITIALIZER;

void client_resources_lock(void)
{
    pthread_mutex_lock(&lock);
}

void client_resources_unlock(void)
{
    pthread_mutex_unlock(&lock);
}

static struct remote_resource *first(struct vaccel_resource *res)
{
    return vaccel_plugin_resource_state(&vaccel_this_plugin, res);
}

static void set_first(struct vaccel_resource *res, struct remote_resource *entry)
{
    vaccel_plugin_set_resource_state(&vaccel_this_plugin, res, entry);
}

static struct remote_resource *find(struct vaccel_resource *res,
                                    const struct connection *connection)
{
    struct remote_resource *entry = first(res);

    while (entry && entry->connection != connection)
        entry = entry->next;
    return entry;
}

uint64_t client_resource_id(struct vaccel_resource *res, const struct connection *connection)
{
    const struct remote_resource *entry;
    uint64_t id;

    pthread_mutex_lock(&lock);
    entry = find(res, connection);
    id = entry ? entry->id : 0;
    pthread_mutex_unlock(&lock);
    return id;
}

/* Under the lock. */
static void forget(struct vaccel_resource *res, struct remote_resource *entry)
{
    struct remote_resource *other = first(res);

    if (other == entry) {
        set_first(res, entry->next);
    } else {
        while (other->next != entry)
            other = other->next;
        other->next = entry->next;
    }
    free(entry);
    pthread_cond_broadcast(&sent);
}

/* Under the lock: an entry that one session more uses. *@fresh: the caller has to send it. */
static struct remote_resource *enter(struct vaccel_resource *res, struct connection *connection,
                                     bool *fresh)
{
    struct remote_resource *entry;

    while ((entry = find(res, connection)) && !entry->id)
        pthread_cond_wait(&sent, &lock);
    *fresh = !entry;
    if (!entry) {
        entry = calloc(1, sizeof(*entry));
        if (!entry)
            return NULL;
        entry->connection = connection;
        entry->next = first(res);
        set_first(res, entry);
    }
    entry->sessions++;
    return entry;
}

/* Returns the id under which the other side is to forget it; 0: others use it still. */
static uint64_t leave(struct vaccel_resource *res, struct remote_resource *entry)
{
    uint64_t id = 0;

    pthread_mutex_lock(&lock);
    if (--entry->sessions == 0) {
        id = entry->id;
        forget(res, entry);
    }
    pthread_mutex_unlock(&lock);
    return id;
}

static int tell_end(struct connection *connection, uint64_t id)
{
    const struct wire_id body = {id};

    return id && connection_usable(connection)
               ? client_tell(connection, WIRE_RESOURCE_END, &body, sizeof(body))
               : VACCEL_OK;
}

static int send_once(struct vaccel_resource *res, struct remote_resource *entry, bool fresh)
{
    uint64_t id = 0;
    int ret;

    if (!fresh)
        return VACCEL_OK;
    ret = client_resource_send(entry->connection, res, &id);
    pthread_mutex_lock(&lock);
    if (ret == VACCEL_OK)
        entry->id = id;
    pthread_cond_broadcast(&sent);
    pthread_mutex_unlock(&lock);
    return ret;
}

int client_resource_register(struct vaccel_resource *res, struct vaccel_session *sess)
{
    struct wire_resource_use body = {.session = (uint64_t)sess->remote_id};
    struct connection *connection = sess->priv;
    struct remote_resource *entry;
    bool fresh;
    int ret;

    pthread_mutex_lock(&lock);
    entry = enter(res, connection, &fresh);
    pthread_mutex_unlock(&lock);
    if (!entry)
        return VACCEL_ENOMEM;
    ret = send_once(res, entry, fresh);
    if (ret == VACCEL_OK) {
        body.resource = entry->id;
        __atomic_store_n(&res->remote_id, (vaccel_id_t)entry->id, __ATOMIC_RELAXED);
        ret = client_tell(connection, WIRE_RESOURCE_REGISTER, &body, sizeof(body));
    }
    if (ret != VACCEL_OK)
        tell_end(connection, leave(res, entry));
    return ret;
}

int client_resource_unregister(struct vaccel_resource *res, struct vaccel_session *sess)
{
    struct connection *connection = sess->priv;
    struct wire_resource_use body = {client_resource_id(res, connection),
                                     (uint64_t)sess->remote_id};
    struct remote_resource *entry;
    int ret = VACCEL_OK;
    int ended;

    pthread_mutex_lock(&lock);
    entry = find(res, connection);
    pthread_mutex_unlock(&lock);
    if (!entry)
        return VACCEL_OK;
    if (connection_usable(connection))
        ret = client_tell(connection, WIRE_RESOURCE_UNREGISTER, &body, sizeof(body));
    ended = tell_end(connection, leave(res, entry));
    return ret == VACCEL_OK ? ended : ret;
}

struct sync {
    struct vaccel_blob *blob;
    struct iovec room;
};

/* The contents change, not their size. */
static bool take_contents(struct exchange *exchange, const struct wire_answer *answer)
{
    struct sync *sync = exchange->context;

    if (answer->header.status != VACCEL_OK)
        return true;
    if (answer->body.size.size != sync->blob->size)
        return false;
    sync->room = (struct iovec){sync->blob->data, sync->blob->size};
    exchange->in = (struct pieces){.list = &sync->room, .count = 1};
    return true;
}

int client_resource_sync(struct vaccel_resource *res, struct vaccel_session *sess)
{
    const struct wire_resource_use body = {client_resource_id(res, sess->priv),
                                           (uint64_t)sess->remote_id};
    unsigned char buf[EXCHANGE_ROOM] __attribute__((aligned(WIRE_ALIGN)));
    struct sync sync = {.blob = res->blobs[0]};
    struct exchange exchange = {.take = take_contents, .context = &sync};

    exchange_begin(&exchange, WIRE_RESOURCE_SYNC, buf, sizeof(buf));
    wire_put(&exchange.request, &body, sizeof(body));
    return connection_exchange(sess->priv, &exchange);
}
