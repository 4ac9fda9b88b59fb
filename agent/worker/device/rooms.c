/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/worker/device/request.h"
#include "agent/worker/worker.h"

/*
 * Rooms for what an answer returns: of a call one for each returned argument, of its size, else one. A
 * chain has as many bytes of them as it has; what does not fit is kept until other chains ask for it.
 */

/* The part of the rooms that a chain has, and where. */
struct opening {
    struct device_request *request;
    struct chain *chain;
    uint64_t at;
    uint64_t from;
    uint64_t to;
    uint64_t begin; /* of the next room */
    bool more;      /* something of what was put lies behind @to */
};

/* @piece lies at the beginning of the next room, @size bytes. */
static void put(struct opening *opening, const struct piece *piece, uint64_t size, bool in_place)
{
    uint64_t from = opening->begin > opening->from ? opening->begin : opening->from;
    uint64_t to = opening->begin + piece->size;
    uint64_t end;

    opening->more |= to > opening->to;
    to = to < opening->to ? to : opening->to;
    if (from < to) {
        if (!in_place)
            chain_copy_in(&opening->chain->write, opening->at + from - opening->from,
                          (const unsigned char *)piece->data + (from - opening->begin), to - from);
        end = opening->at + to - opening->from;
        if (end > opening->request->written)
            opening->request->written = end;
    }
    opening->begin += size;
}

static void put_arguments(struct opening *opening, const struct pieces *pieces)
{
    const struct incoming *incoming = &opening->request->incoming;
    const struct wire_arg *args = incoming->request.args;
    size_t count = 0;
    size_t i;

    for (i = 0; i < call_nr_args(incoming) && count < pieces->count; i++)
        if (args[i].flags & WIRE_ARG_RETURNED)
            put(opening, &pieces->list[count++], args[i].size,
                request_in_place(opening->request, i));
}

bool request_put_rooms(struct device_request *request, const struct pieces *pieces,
                       struct chain *chain, uint64_t at)
{
    struct opening opening = {.request = request,
                              .chain = chain,
                              .at = at,
                              .from = request->given,
                              .to = request->given + (chain->write.size - at)};

    if (request->incoming.request.header.type == WIRE_CALL)
        put_arguments(&opening, pieces);
    else
        put(&opening, &pieces->list[0], pieces->list[0].size, false);
    request->given = opening.to;
    return opening.more;
}

bool request_may_hold(struct device *device)
{
    bool may;

    pthread_mutex_lock(&device->lock);
    may = device->nr_held < worker.settings.limits.calls;
    pthread_mutex_unlock(&device->lock);
    return may;
}

/* It is answered, and nobody waits for what is counted for it. */
static void discount(struct device *device, struct device_request *request)
{
    pthread_mutex_lock(&device->client.lock);
    device->client.nr_answering--;
    request->incoming.answering = false;
    request->incoming.counted = false;
    pthread_cond_broadcast(&device->client.ended);
    pthread_mutex_unlock(&device->client.lock);
}

void request_hold(struct device *device, struct device_request *request)
{
    discount(device, request);
    pthread_mutex_lock(&device->lock);
    request->next = device->held;
    device->held = request;
    device->nr_held++;
    pthread_mutex_unlock(&device->lock);
}

/* Out of the list. NULL: it has none with that id. */
static struct device_request *take_held(struct device *device, uint64_t id)
{
    struct device_request **at = &device->held;
    struct device_request *found;

    pthread_mutex_lock(&device->lock);
    while (*at && (*at)->incoming.request.header.id != id)
        at = &(*at)->next;
    found = *at;
    if (found) {
        *at = found->next;
        device->nr_held--;
    }
    pthread_mutex_unlock(&device->lock);
    return found;
}

void request_pull(struct device *device, struct device_request *asking, uint64_t id)
{
    struct device_request *held = take_held(device, id);
    bool more;

    if (held) {
        held->written = 0;
        more = request_put_rooms(held, &held->incoming.payload, &asking->chain, 0);
        asking->written = held->written;
        if (more) {
            pthread_mutex_lock(&device->lock);
            held->next = device->held;
            device->held = held;
            device->nr_held++;
            pthread_mutex_unlock(&device->lock);
        } else {
            request_free(device, held);
        }
    }
    request_return(device, asking, asking->written);
    request_free(device, asking);
}

static void drop(struct device *device, struct device_request **list)
{
    struct device_request *next;

    pthread_mutex_lock(&device->lock);
    next = *list;
    *list = NULL;
    if (list == &device->held)
        device->nr_held = 0;
    pthread_mutex_unlock(&device->lock);
    while (next) {
        struct device_request *request = next;

        next = request->next;
        request_free(device, request);
    }
}

void requests_drop(struct device *device)
{
    drop(device, &device->held);
    drop(device, &device->partial);
}
