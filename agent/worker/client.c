/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/worker/client.h"
#include "agent/log.h"
#include "agent/worker/handlers.h"
#include "agent/worker/worker.h"

void client_log(const struct client *client, const char *text)
{
    static struct log_budget budget = {.lock = PTHREAD_MUTEX_INITIALIZER};

    if (agent_log_allows(&budget))
        agent_warn("%s: %s", client->peer, text);
}

bool client_begin(struct client *client, const struct client_carrier *carrier, const char *peer,
                  uint32_t generation)
{
    const struct limits *limits = &worker.settings.limits;
    uint64_t base = (uint64_t)generation << 32;
    bool begun;

    client->carrier = carrier;
    snprintf(client->peer, sizeof(client->peer), "%s", peer);
    pthread_mutex_init(&client->lock, NULL);
    pthread_cond_init(&client->ended, NULL);
    buffer_cache_begin(&client->buffers);
    begun = objects_begin(&client->sessions, limits->sessions, base);
    return objects_begin(&client->resources, limits->resources, base) && begun;
}

void client_end(struct client *client)
{
    sessions_free(client);
    resources_free(client);
    objects_end(&client->sessions);
    objects_end(&client->resources);
    buffer_cache_end(&client->buffers);
    pthread_cond_destroy(&client->ended);
    pthread_mutex_destroy(&client->lock);
}

unsigned int client_unanswered(struct client *client)
{
    unsigned int unanswered;

    pthread_mutex_lock(&client->lock);
    unanswered = client->nr_unanswered;
    pthread_mutex_unlock(&client->lock);
    return unanswered;
}

unsigned int client_running(struct client *client)
{
    unsigned int running;

    pthread_mutex_lock(&client->lock);
    running = client->nr_unanswered + client->nr_answering;
    pthread_mutex_unlock(&client->lock);
    return running;
}
