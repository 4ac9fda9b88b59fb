/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/worker/vsock/streams.h"
#include "agent/device.h"

/* In the ledger. The last number of all is no port. */
enum { NO_PORT = 0 };

static uint32_t noted(uint32_t port)
{
    return port + 1;
}

void streams_begin(struct streams *streams, struct device_ledger *ledger, size_t most)
{
    streams->ledger = ledger;
    streams->most = most;
    pthread_mutex_init(&streams->lock, NULL);
}

void streams_end(struct streams *streams)
{
    pthread_mutex_destroy(&streams->lock);
}

static struct vsock_stream **bucket_of(struct streams *streams, uint32_t port)
{
    return &streams->buckets[port % STREAM_BUCKETS];
}

/* Where it is noted, or would be. Under the lock, as what follows. */
static struct vsock_stream **place_of(struct streams *streams, uint32_t port)
{
    struct vsock_stream **at = bucket_of(streams, port);

    while (*at && (*at)->port != port)
        at = &(*at)->next;
    return at;
}

static size_t free_slot(const struct streams *streams)
{
    size_t slot = 0;

    while (slot < CONNECTIONS_MOST && atomic_load(&streams->ledger->ports[slot]) != NO_PORT)
        slot++;
    return slot;
}

static struct vsock_stream *add(struct streams *streams, struct vsock *vsock, uint32_t port)
{
    struct vsock_stream **at = place_of(streams, port);
    size_t slot = free_slot(streams);
    struct vsock_stream *stream;

    if (*at || streams->count == streams->most || slot == CONNECTIONS_MOST ||
        noted(port) == NO_PORT)
        return NULL;
    stream = vsock_stream_new(vsock, port);
    if (!stream)
        return NULL;
    stream->is_listed = true;
    stream->slot = slot;
    atomic_store(&streams->ledger->ports[slot], noted(port));
    streams->count++;
    *at = stream;
    return stream;
}

struct vsock_stream *streams_add(struct streams *streams, struct vsock *vsock, uint32_t port)
{
    struct vsock_stream *stream;

    pthread_mutex_lock(&streams->lock);
    stream = add(streams, vsock, port);
    pthread_mutex_unlock(&streams->lock);
    return stream;
}

struct vsock_stream *streams_find(struct streams *streams, uint32_t port)
{
    struct vsock_stream *stream;

    pthread_mutex_lock(&streams->lock);
    stream = *place_of(streams, port);
    if (stream)
        pthread_mutex_lock(&stream->lock);
    pthread_mutex_unlock(&streams->lock);
    return stream;
}

static void unlist(struct streams *streams, struct vsock_stream **at)
{
    struct vsock_stream *stream = *at;

    *at = stream->next;
    stream->is_listed = false;
    atomic_store(&streams->ledger->ports[stream->slot], NO_PORT);
}

static void reset(struct streams *streams, struct vsock_stream **at)
{
    struct vsock_stream *stream = *at;

    unlist(streams, at);
    pthread_mutex_lock(&stream->lock);
    vsock_stream_reset(stream);
    pthread_mutex_unlock(&stream->lock);
}

void streams_reset(struct streams *streams, uint32_t port)
{
    struct vsock_stream **at;

    pthread_mutex_lock(&streams->lock);
    at = place_of(streams, port);
    if (*at)
        reset(streams, at);
    pthread_mutex_unlock(&streams->lock);
}

void streams_reset_all(struct streams *streams)
{
    size_t i;

    pthread_mutex_lock(&streams->lock);
    for (i = 0; i < STREAM_BUCKETS; i++)
        while (streams->buckets[i])
            reset(streams, &streams->buckets[i]);
    pthread_mutex_unlock(&streams->lock);
}

/* It is listed. */
static void unlist_one(struct streams *streams, const struct vsock_stream *stream)
{
    struct vsock_stream **at = bucket_of(streams, stream->port);

    while (*at != stream)
        at = &(*at)->next;
    unlist(streams, at);
}

bool streams_remove(struct streams *streams, struct vsock_stream *stream)
{
    bool was_listed;

    pthread_mutex_lock(&streams->lock);
    was_listed = stream->is_listed;
    if (was_listed)
        unlist_one(streams, stream);
    streams->count--;
    pthread_mutex_unlock(&streams->lock);
    /* Who has found it before lets go of it first. */
    vsock_stream_wait_let_go(stream);
    vsock_stream_free(stream);
    return was_listed;
}
