/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/worker/incoming.h"
#include "agent/worker/worker.h"
#include "core/log.h"

/* Which requests have no answer yet, and what is counted for them. */

void incoming_begin(struct incoming *incoming)
{
    memset(incoming, 0, offsetof(struct incoming, sentence));
    incoming->sentence[0] = '\0';
}

static void set_deadline(struct incoming *incoming)
{
    uint32_t ms = incoming->request.header.deadline_ms;

    incoming->deadline = ms ? monotonic_ms() + ms : 0;
}

static struct incoming *find_unanswered(const struct client *client, uint64_t id)
{
    struct incoming *incoming = client->unanswered;

    while (incoming && incoming->request.header.id != id)
        incoming = incoming->next_unanswered;
    return incoming;
}

bool incoming_cancel(struct client *client, uint64_t id)
{
    struct incoming *incoming;

    pthread_mutex_lock(&client->lock);
    incoming = find_unanswered(client, id);
    if (incoming)
        incoming->cancelled = true;
    pthread_mutex_unlock(&client->lock);
    return incoming != NULL;
}

static bool draining_refuses(uint16_t type)
{
    return type == WIRE_CALL || type == WIRE_SESSION_BEGIN || type == WIRE_RESOURCE_NEW ||
           type == WIRE_RESOURCE_CHUNK || type == WIRE_RESOURCE_REGISTER;
}

bool incoming_enlist(struct client *client, struct incoming *incoming)
{
    bool known;

    set_deadline(incoming);
    pthread_mutex_lock(&client->lock);
    known = find_unanswered(client, incoming->request.header.id);
    if (!known) {
        incoming->next_unanswered = client->unanswered;
        client->unanswered = incoming;
        incoming->counted = client->nr_unanswered < worker.settings.limits.calls;
        client->nr_unanswered += incoming->counted;
    }
    pthread_mutex_unlock(&client->lock);
    return !known;
}

/* Errors are logged, which the client gets to read. */
static int check(const struct incoming *incoming)
{
    if (!incoming->counted) {
        vaccel_error("%llu requests of this connection are unanswered, and it may have no more "
                     "(setting calls)",
                     (unsigned long long)worker.settings.limits.calls);
        return VACCEL_EAGAIN;
    }
    if (atomic_load_explicit(&worker.draining, memory_order_relaxed) &&
        draining_refuses(incoming->request.header.type)) {
        vaccel_error("the agent is shutting down, and begins nothing new");
        return VACCEL_EAGAIN;
    }
    return VACCEL_OK;
}

void incoming_admit(struct client *client, struct incoming *incoming)
{
    log_tap((struct log_tap){incoming->sentence, sizeof(incoming->sentence)});
    incoming->refused = check(incoming);
    if (incoming->refused == VACCEL_OK)
        incoming->refused = client->carrier->prepare(client, incoming);
    log_tap((struct log_tap){0});
}

/* Under the lock. */
static void unlist(struct client *client, struct incoming *incoming)
{
    struct incoming **at = &client->unanswered;

    while (*at && *at != incoming)
        at = &(*at)->next_unanswered;
    if (*at)
        *at = incoming->next_unanswered;
    client->nr_unanswered -= incoming->counted;
}

bool incoming_settle(struct client *client, struct incoming *incoming)
{
    bool wanted;

    pthread_mutex_lock(&client->lock);
    unlist(client, incoming);
    incoming->answering = true;
    client->nr_answering++;
    wanted = !incoming->cancelled;
    pthread_mutex_unlock(&client->lock);
    return wanted;
}

static bool fits(const struct client *client, uint64_t bytes)
{
    uint64_t limit = worker.settings.limits.connection_bytes;

    return !client->bytes || !bytes || (client->bytes <= limit && bytes <= limit - client->bytes);
}

/* What is counted for an answer that is being sent may just have arrived, and is waited for. */
int incoming_reserve(struct client *client, struct incoming *incoming, uint64_t bytes)
{
    bool reserved;

    pthread_mutex_lock(&client->lock);
    while (!fits(client, bytes) && client->nr_answering)
        pthread_cond_wait(&client->ended, &client->lock);
    reserved = fits(client, bytes);
    if (reserved)
        client->bytes += bytes;
    pthread_mutex_unlock(&client->lock);
    if (!reserved) {
        vaccel_error("%llu bytes more are too many for the calls of one connection: they may have "
                     "%llu at once (setting connection_bytes)",
                     (unsigned long long)bytes,
                     (unsigned long long)worker.settings.limits.connection_bytes);
        return VACCEL_ENOSPC;
    }
    incoming->bytes += bytes;
    return VACCEL_OK;
}

void incoming_end(struct client *client, struct incoming *incoming)
{
    pthread_mutex_lock(&client->lock);
    client->bytes -= incoming->bytes;
    if (incoming->answering)
        client->nr_answering--;
    else
        unlist(client, incoming);
    pthread_cond_broadcast(&client->ended);
    pthread_mutex_unlock(&client->lock);
    buffer_give(&client->buffers, &incoming->buffer);
    free(incoming->call);
}
