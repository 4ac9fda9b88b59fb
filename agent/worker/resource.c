/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/worker/resource.h"
#include "agent/worker/handlers.h"
#include "agent/worker/policy.h"
#include "agent/worker/session.h"
#include "agent/worker/worker.h"

/* A blob takes up something, even if it is empty, and a directory that its name asks for, too. */
enum { BLOBS_MOST = 65536, BLOB_COST = 4096 };

struct worker_resource *resource_use(struct client *client, uint64_t id)
{
    struct object *object = objects_use(&client->resources, id);

    if (!object)
        vaccel_error("this connection has no resource %llu", (unsigned long long)id);
    return (struct worker_resource *)object;
}

void resource_leave(struct client *client, struct worker_resource *resource)
{
    objects_leave(&client->resources, &resource->object);
}

static uint64_t cost_of(const struct wire_resource_new *wanted)
{
    uint64_t cost;

    return __builtin_add_overflow(wanted->size, wanted->nr_blobs * BLOB_COST, &cost) ? UINT64_MAX
                                                                                     : cost;
}

/* Count them against the limit of the connection. */
static int reserve_bytes(struct client *client, uint64_t bytes)
{
    uint64_t limit = worker.settings.limits.resource_bytes;
    bool fits;

    pthread_mutex_lock(&client->lock);
    fits = bytes <= limit - client->resource_bytes;
    if (fits)
        client->resource_bytes += bytes;
    pthread_mutex_unlock(&client->lock);
    if (fits)
        return VACCEL_OK;
    vaccel_error("%llu bytes more for a resource are too many: those of a connection may have %llu "
                 "together (setting resource_bytes)",
                 (unsigned long long)bytes, (unsigned long long)limit);
    return VACCEL_ENOSPC;
}

static int reserve(struct client *client, const struct wire_resource_new *wanted)
{
    if (wanted->nr_blobs > BLOBS_MOST) {
        vaccel_error("a resource may have %d blobs, not %llu", BLOBS_MOST,
                     (unsigned long long)wanted->nr_blobs);
        return VACCEL_ENOSPC;
    }
    return reserve_bytes(client, cost_of(wanted));
}

static void give_back(struct client *client, uint64_t bytes)
{
    pthread_mutex_lock(&client->lock);
    client->resource_bytes -= bytes;
    pthread_mutex_unlock(&client->lock);
}

static void resource_free(struct client *client, struct worker_resource *resource)
{
    if (resource->res)
        vaccel_resource_delete(resource->res);
    contents_free(resource);
    give_back(client, cost_of(&resource->wanted) + resource->directories * BLOB_COST);
    pthread_mutex_destroy(&resource->lock);
    free(resource);
}

static struct worker_resource *new_of(const struct wire_resource_new *wanted)
{
    struct worker_resource *resource = calloc(1, sizeof(*resource));

    if (!resource)
        return NULL;
    resource->blobs = calloc(wanted->nr_blobs, sizeof(*resource->blobs));
    if (!resource->blobs) {
        free(resource);
        return NULL;
    }
    resource->wanted = *wanted;
    pthread_mutex_init(&resource->lock, NULL);
    return resource;
}

int resource_new(struct client *client, struct incoming *incoming, struct answer *answer)
{
    const struct wire_resource_new *wanted = &incoming->request.body.resource_new;
    struct worker_resource *resource;
    struct wire_id id;
    int ret = reserve(client, wanted);

    if (ret != VACCEL_OK)
        return ret;
    resource = new_of(wanted);
    if (!resource) {
        give_back(client, cost_of(wanted));
        return VACCEL_ENOMEM;
    }
    id.id = objects_add(&client->resources, &resource->object);
    if (!id.id) {
        resource_free(client, resource);
        vaccel_error("a connection may have %llu resources (setting resources)",
                     (unsigned long long)worker.settings.limits.resources);
        return VACCEL_EUSERS;
    }
    wire_put(&answer->writer, &id, sizeof(id));
    return VACCEL_OK;
}

int chunk_place(struct client *client, struct incoming *incoming)
{
    size_t size = incoming->request.body.chunk.size;

    if (!buffer_take(&client->buffers, size, &incoming->buffer)) {
        vaccel_error("the agent has no memory for a chunk of %zu bytes", size);
        return VACCEL_ENOMEM;
    }
    incoming->chunk = (struct piece){incoming->buffer.data, size};
    incoming->payload = (struct pieces){.list = &incoming->chunk, .count = 1};
    return VACCEL_OK;
}

static uint64_t directories_in(const struct wire_text *name)
{
    uint64_t count = 0;
    size_t i;

    for (i = 0; i < name->size; i++)
        count += name->text[i] == '/';
    return count;
}

/* As many directories as its name has may have to be made, until it is known how many were. */
static int begin_blob(struct client *client, struct worker_resource *resource,
                      const struct incoming *incoming)
{
    const struct wire_text *name = &incoming->request.name;
    uint64_t most = resource->wanted.kind == WIRE_DIRECTORY ? directories_in(name) : 0;
    uint64_t before = resource->directories;
    int ret = reserve_bytes(client, most * BLOB_COST);

    if (ret != VACCEL_OK)
        return ret;
    ret = contents_begin_blob(resource, &incoming->request.body.chunk, name);
    give_back(client, (most - (resource->directories - before)) * BLOB_COST);
    return ret;
}

static int take_chunk(struct client *client, struct worker_resource *resource,
                      const struct incoming *incoming)
{
    const struct wire_resource_chunk *chunk = &incoming->request.body.chunk;
    int ret = contents_check_chunk(resource, chunk);

    if (ret == VACCEL_OK && chunk->name_size)
        ret = begin_blob(client, resource, incoming);
    if (ret == VACCEL_OK)
        ret = contents_take(resource, chunk, incoming->payload.list, incoming->payload.count);
    return ret;
}

int resource_chunk(struct client *client, struct incoming *incoming, struct answer *answer)
{
    struct worker_resource *resource = resource_use(client, incoming->request.body.chunk.resource);
    int ret;

    (void)answer;
    if (!resource)
        return VACCEL_ENOENT;
    pthread_mutex_lock(&resource->lock);
    ret = take_chunk(client, resource, incoming);
    pthread_mutex_unlock(&resource->lock);
    resource_leave(client, resource);
    return ret;
}

static int make_of_paths(struct worker_resource *resource)
{
    const char **paths = calloc(resource->nr_blobs, sizeof(*paths));
    uint64_t i;
    int ret;

    if (!paths)
        return VACCEL_ENOMEM;
    for (i = 0; i < resource->nr_blobs; i++)
        paths[i] = resource->blobs[i].path;
    ret = vaccel_resource_multi_new(&resource->res, paths, resource->nr_blobs,
                                    (vaccel_resource_type_t)resource->wanted.type);
    free(paths);
    return ret;
}

static int make_of_blobs(struct worker_resource *resource, struct vaccel_blob *blobs,
                         const struct vaccel_blob **pointers)
{
    const struct resource_blob *from = resource->blobs;
    uint64_t made;
    int ret = VACCEL_OK;

    for (made = 0; made < resource->nr_blobs && ret == VACCEL_OK; made++) {
        ret = vaccel_blob_init_from_buf(&blobs[made], from[made].data, from[made].size, false,
                                        from[made].name, NULL, false);
        pointers[made] = &blobs[made];
    }
    if (ret == VACCEL_OK)
        ret = vaccel_resource_from_blobs(&resource->res, pointers, made,
                                         (vaccel_resource_type_t)resource->wanted.type);
    else
        made--;
    while (made)
        vaccel_blob_release(&blobs[--made]);
    return ret;
}

static int make_of_memory(struct worker_resource *resource)
{
    struct vaccel_blob *blobs = calloc(resource->nr_blobs, sizeof(*blobs));
    const struct vaccel_blob **pointers = calloc(resource->nr_blobs, sizeof(*pointers));
    int ret = VACCEL_ENOMEM;

    if (blobs && pointers)
        ret = make_of_blobs(resource, blobs, pointers);
    free(blobs);
    free(pointers);
    return ret;
}

/* All that is left may be needed, until it is known how much it was. */
static int fetch(struct client *client, struct worker_resource *resource)
{
    uint64_t left;
    uint64_t size;
    int ret;

    pthread_mutex_lock(&client->lock);
    left = worker.settings.limits.resource_bytes - client->resource_bytes;
    client->resource_bytes += left;
    pthread_mutex_unlock(&client->lock);
    ret = contents_fetch(resource, left, &size);
    resource->wanted.size += size;
    resource->promised += size;
    pthread_mutex_lock(&client->lock);
    client->resource_bytes -= left - size;
    pthread_mutex_unlock(&client->lock);
    return ret;
}

/* Under its lock: one of the library's, if it is none yet. */
static int make(struct client *client, struct worker_resource *resource)
{
    int ret;

    if (resource->res)
        return VACCEL_OK;
    if (!contents_complete(resource)) {
        vaccel_error("the resource's contents are not complete: %llu of %llu blobs came",
                     (unsigned long long)resource->nr_blobs,
                     (unsigned long long)resource->wanted.nr_blobs);
        return VACCEL_EINVAL;
    }
    switch (resource->wanted.kind) {
    case WIRE_DIRECTORY:
        return vaccel_resource_new(&resource->res, resource->directory,
                                   (vaccel_resource_type_t)resource->wanted.type);
    case WIRE_MEMORY:
        return make_of_memory(resource);
    case WIRE_REMOTE:
        ret = fetch(client, resource);
        return ret == VACCEL_OK ? make_of_paths(resource) : ret;
    default:
        return make_of_paths(resource);
    }
}

/* Which session and which resource a request names, both in use. */
struct pair {
    struct worker_session *session;
    struct worker_resource *resource;
};

static void pair_leave(struct client *client, const struct pair *pair)
{
    if (pair->resource)
        resource_leave(client, pair->resource);
    if (pair->session)
        session_leave(client, pair->session);
}

static int pair_use(struct client *client, const struct incoming *incoming, struct pair *pair)
{
    const struct wire_resource_use *body = &incoming->request.body.resource_use;

    pair->resource = NULL;
    pair->session = session_use(client, body->session);
    if (!pair->session)
        return VACCEL_ESESS;
    pair->resource = resource_use(client, body->resource);
    if (pair->resource)
        return VACCEL_OK;
    pair_leave(client, pair);
    return VACCEL_ENOENT;
}

int resource_register(struct client *client, struct incoming *incoming, struct answer *answer)
{
    struct pair pair;
    int ret = pair_use(client, incoming, &pair);

    (void)answer;
    if (ret != VACCEL_OK)
        return ret;
    pthread_mutex_lock(&pair.resource->lock);
    ret = make(client, pair.resource);
    pthread_mutex_unlock(&pair.resource->lock);
    if (ret == VACCEL_OK)
        ret = vaccel_resource_register(pair.resource->res, &pair.session->sess);
    pair_leave(client, &pair);
    return ret;
}

/* Of the two calls that need a registration. */
static int with_registered(struct client *client, const struct incoming *incoming,
                           struct pair *pair)
{
    bool made;
    int ret = pair_use(client, incoming, pair);

    if (ret != VACCEL_OK)
        return ret;
    pthread_mutex_lock(&pair->resource->lock);
    made = pair->resource->res != NULL;
    pthread_mutex_unlock(&pair->resource->lock);
    if (made)
        return VACCEL_OK;
    vaccel_error("the resource is registered with no session");
    pair_leave(client, pair);
    return VACCEL_EPERM;
}

int resource_unregister(struct client *client, struct incoming *incoming, struct answer *answer)
{
    struct pair pair;
    int ret = with_registered(client, incoming, &pair);

    (void)answer;
    if (ret != VACCEL_OK)
        return ret;
    ret = vaccel_resource_unregister(pair.resource->res, &pair.session->sess);
    pair_leave(client, &pair);
    return ret;
}

/*
 * The bytes are sent from a copy: the resource may be gone, or change, before they are on their way.
 */
static int sync(struct client *client, struct incoming *incoming, const struct pair *pair,
                struct answer *answer)
{
    int ret = vaccel_resource_sync(pair->resource->res, &pair->session->sess);
    const struct vaccel_blob *blob;
    struct wire_size size;

    if (ret != VACCEL_OK)
        return ret;
    blob = pair->resource->res->blobs[0];
    ret = incoming_reserve(client, incoming, blob->size);
    if (ret != VACCEL_OK)
        return ret;
    answer->data = malloc(blob->size);
    if (!answer->data)
        return VACCEL_ENOMEM;
    memcpy(answer->data, blob->data, blob->size);
    answer->piece = (struct piece){answer->data, blob->size};
    answer->payload = (struct pieces){.list = &answer->piece, .count = 1};
    size.size = blob->size;
    wire_put(&answer->writer, &size, sizeof(size));
    return VACCEL_OK;
}

int resource_sync(struct client *client, struct incoming *incoming, struct answer *answer)
{
    struct pair pair;
    int ret = with_registered(client, incoming, &pair);

    if (ret != VACCEL_OK)
        return ret;
    ret = sync(client, incoming, &pair, answer);
    pair_leave(client, &pair);
    return ret;
}

int resource_end(struct client *client, struct incoming *incoming, struct answer *answer)
{
    uint64_t id = incoming->request.body.id.id;
    struct object *object = objects_take(&client->resources, id);

    (void)answer;
    if (!object) {
        vaccel_error("this connection has no resource %llu", (unsigned long long)id);
        return VACCEL_ENOENT;
    }
    resource_free(client, (struct worker_resource *)object);
    return VACCEL_OK;
}

void resources_free(struct client *client)
{
    struct object *object;

    while ((object = objects_take_any(&client->resources)))
        resource_free(client, (struct worker_resource *)object);
}
