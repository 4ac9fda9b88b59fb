/* SPDX-License-Identifier: Apache-2.0 */
#include "client/connection.h"
#include "client/hooks.h"
#include "vaccel.h"

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
static struct platform_mutex lock;
/* Counts what those wait for who find one being sent. Changed under the lock. */
static uint32_t settled;

void client_resources_lock(void)
{
    platform_lock(&lock);
}

void client_resources_unlock(void)
{
    platform_unlock(&lock);
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

    platform_lock(&lock);
    entry = find(res, connection);
    id = entry ? entry->id : 0;
    platform_unlock(&lock);
    return id;
}

/* Under the lock. */
static void tell_settled(void)
{
    __atomic_add_fetch(&settled, 1, __ATOMIC_RELAXED);
    platform_wake(&settled);
}

/* Under the lock, which is free meanwhile. */
static void wait_for_settled(void)
{
    uint32_t seen = __atomic_load_n(&settled, __ATOMIC_RELAXED);

    platform_unlock(&lock);
    platform_wait(&settled, seen, 0);
    platform_lock(&lock);
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
    platform_free(entry);
    tell_settled();
}

/* Under the lock: an entry that one session more uses. *@fresh: the caller has to send it. */
static struct remote_resource *enter(struct vaccel_resource *res, struct connection *connection,
                                     bool *fresh)
{
    struct remote_resource *entry;

    while ((entry = find(res, connection)) && !entry->id)
        wait_for_settled();
    *fresh = !entry;
    if (!entry) {
        entry = platform_alloc_zeroed(sizeof(*entry));
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

    platform_lock(&lock);
    if (--entry->sessions == 0) {
        id = entry->id;
        forget(res, entry);
    }
    platform_unlock(&lock);
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
    platform_lock(&lock);
    if (ret == VACCEL_OK)
        entry->id = id;
    tell_settled();
    platform_unlock(&lock);
    return ret;
}

int client_resource_register(struct vaccel_resource *res, struct vaccel_session *sess)
{
    struct wire_resource_use body = {.session = (uint64_t)sess->remote_id};
    struct connection *connection = sess->priv;
    struct remote_resource *entry;
    bool fresh;
    int ret;

    platform_lock(&lock);
    entry = enter(res, connection, &fresh);
    platform_unlock(&lock);
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

    platform_lock(&lock);
    entry = find(res, connection);
    platform_unlock(&lock);
    if (!entry)
        return VACCEL_OK;
    if (connection_usable(connection))
        ret = client_tell(connection, WIRE_RESOURCE_UNREGISTER, &body, sizeof(body));
    ended = tell_end(connection, leave(res, entry));
    return ret == VACCEL_OK ? ended : ret;
}

/* The contents change, not their size. */
static bool take_contents(struct exchange *exchange, const struct wire_answer *answer)
{
    if (answer->header.status == VACCEL_OK)
        return answer->body.size.size == exchange->in.list->size;
    exchange->in.count = 0;
    return true;
}

int client_resource_sync(struct vaccel_resource *res, struct vaccel_session *sess)
{
    const struct wire_resource_use body = {client_resource_id(res, sess->priv),
                                           (uint64_t)sess->remote_id};
    unsigned char buf[EXCHANGE_ROOM] __attribute__((aligned(WIRE_ALIGN)));
    struct piece contents = {res->blobs[0]->data, res->blobs[0]->size};
    struct piece place;
    struct exchange exchange = {
        .in = {.list = &contents, .count = 1}, .take = take_contents, .places = &place};

    exchange_begin(&exchange, WIRE_RESOURCE_SYNC, buf, sizeof(buf));
    wire_put(&exchange.request, &body, sizeof(body));
    return connection_exchange(sess->priv, &exchange);
}
