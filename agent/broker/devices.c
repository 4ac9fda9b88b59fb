/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/broker/devices.h"
#include "agent/log.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

enum { REST_MS = 500, SENTENCE_SIZE = 160 };

static struct log_budget budget = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void rest(struct devices *devices)
{
    devices->rest_until = moment_now() + REST_MS;
}

static bool begin_device(struct devices *devices)
{
    struct device *device = device_begin(&devices->site, devices->listener);

    if (!device)
        return false;
    devices->list[devices->count++] = device;
    return true;
}

bool devices_begin(struct devices *devices, const struct settings *settings,
                   const struct listener *listener)
{
    *devices = (struct devices){.site = {.settings = settings, .device = listener->address},
                                .listener = listener,
                                .most = settings->device.front_ends,
                                .rest_until = MOMENT_NEVER};
    return begin_device(devices);
}

/* The order of the others does not matter. */
static void remove_device(struct devices *devices, size_t at)
{
    device_end(devices->list[at]);
    devices->list[at] = devices->list[--devices->count];
}

/* Rather one whose worker is ready. NULL: all have a front end. */
static struct device *find_spare(const struct devices *devices)
{
    struct device *spare = NULL;
    size_t i;

    for (i = 0; i < devices->count; i++) {
        struct device *device = devices->list[i];

        if (device->phase == DEVICE_IS_FREE &&
            (!spare || (device_is_ready(device) && !device_is_ready(spare))))
            spare = device;
    }
    return spare;
}

/* Some become free with a worker that is as good as new. One that is killed is freed when it ended. */
static void end_surplus(struct devices *devices)
{
    const struct device *spare = find_spare(devices);
    size_t i;

    for (i = devices->count; i-- > 0;) {
        struct device *device = devices->list[i];

        if (device == spare || device->phase != DEVICE_IS_FREE)
            continue;
        if (!device->keeper.worker.pid)
            remove_device(devices, i);
        else if (!device->keeper.is_replacing)
            keeper_replace(&device->keeper);
    }
}

/*
 * A worker was not ready, and waits for its next try: what keeps it keeps others too, unless that is a front
 * end's memory.
 */
static bool is_pausing(const struct devices *devices)
{
    size_t i;

    for (i = 0; i < devices->count; i++)
        if (devices->list[i]->keeper.start_at != MOMENT_NEVER && !devices->list[i]->is_spoilt)
            return true;
    return false;
}

static bool may_grow(const struct devices *devices)
{
    return devices->site.is_up && devices->count < devices->most &&
           devices->rest_until == MOMENT_NEVER && !is_pausing(devices);
}

static void tend(struct devices *devices)
{
    if (devices->is_stopping)
        return;
    end_surplus(devices);
    if (!find_spare(devices) && may_grow(devices) && !begin_device(devices))
        rest(devices);
}

/* As many as may be, and none is about to become free. */
static bool is_full(const struct devices *devices)
{
    size_t i;

    for (i = 0; i < devices->count; i++)
        if (devices->list[i]->phase == DEVICE_IS_FREE || devices->list[i]->phase == DEVICE_IS_LEFT)
            return false;
    return devices->count == devices->most;
}

/* Who comes while there is no spare waits for one, unless none is to be expected. */
static bool is_accepting(const struct devices *devices)
{
    return !devices->is_stopping && devices->rest_until == MOMENT_NEVER &&
           (find_spare(devices) || is_full(devices));
}

static void refuse(const struct devices *devices, int socket)
{
    const struct listener *listener = devices->listener;
    struct front_end refused;
    char sentence[SENTENCE_SIZE];

    snprintf(sentence, sizeof(sentence),
             "this front end is disconnected, as there are %zu here, and the setting front_ends "
             "allows no more",
             devices->most);
    front_end_init(&refused, listener->device, listener->address);
    front_end_begin(&refused, socket);
    front_end_blame(&refused, sentence);
    front_end_end(&refused);
}

/* What ran out comes back when others end; other errors are of one connection, which is gone. */
static void accept_failed(struct devices *devices)
{
    if (errno != EMFILE && errno != ENFILE && errno != ENOMEM && errno != ENOBUFS)
        return;
    if (agent_log_allows(&budget))
        agent_error("%s: cannot accept a connection: %s; waiting %d ms", devices->listener->address,
                    strerror(errno), REST_MS);
    rest(devices);
}

static void accept_front_end(struct devices *devices)
{
    int socket = accept4(devices->listener->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    struct device *spare = find_spare(devices);

    if (socket < 0)
        accept_failed(devices);
    else if (spare)
        device_take(spare, socket);
    else
        refuse(devices, socket);
}

void devices_poll(struct devices *devices, struct polled *polled)
{
    size_t i;

    tend(devices);
    devices->listener_at =
        polled_add(polled, is_accepting(devices) ? devices->listener->fd : -1, POLLIN);
    for (i = 0; i < devices->count; i++)
        device_poll(devices->list[i], polled);
}

void devices_hear_workers(struct devices *devices, const struct polled *polled)
{
    size_t i;

    for (i = 0; i < devices->count; i++)
        device_hear_worker(devices->list[i], polled);
}

/* A front end's worker ends with it, and the next one is only needed if there is no spare. */
static bool is_superfluous(const struct devices *devices, struct device *device)
{
    size_t i;

    if (device->phase != DEVICE_IS_FREE || devices->is_stopping)
        return false;
    for (i = 0; i < devices->count; i++)
        if (devices->list[i] != device && devices->list[i]->phase == DEVICE_IS_FREE)
            return true;
    return false;
}

void devices_reap(struct devices *devices)
{
    size_t i;

    for (i = devices->count; i-- > 0;) {
        if (!device_reap(devices->list[i]))
            continue;
        if (is_superfluous(devices, devices->list[i]))
            remove_device(devices, i);
        else
            device_go_on(devices->list[i]);
    }
}

/* Those that leave make room for the one that comes. */
void devices_hear_front_ends(struct devices *devices, const struct polled *polled)
{
    size_t i;

    for (i = 0; i < devices->count; i++)
        device_hear_front_end(devices->list[i], polled);
    if (polled->list[devices->listener_at].revents && is_accepting(devices))
        accept_front_end(devices);
}

moment devices_next_moment(const struct devices *devices)
{
    moment next = devices->rest_until;
    size_t i;

    for (i = 0; i < devices->count; i++)
        next = moment_earlier(next, device_next_moment(devices->list[i]));
    return next;
}

void devices_keep_moments(struct devices *devices, moment now)
{
    size_t i;

    for (i = 0; i < devices->count; i++)
        device_keep_moments(devices->list[i], now);
    if (devices->rest_until <= now)
        devices->rest_until = MOMENT_NEVER;
}

void devices_stop(struct devices *devices, moment kill_at)
{
    size_t i;

    devices->is_stopping = true;
    for (i = 0; i < devices->count; i++)
        device_stop(devices->list[i], kill_at);
}

void devices_kill_workers(const struct devices *devices)
{
    size_t i;

    for (i = 0; i < devices->count; i++)
        worker_kill(&devices->list[i]->keeper.worker);
}

bool devices_have_workers(const struct devices *devices)
{
    size_t i;

    for (i = 0; i < devices->count; i++)
        if (devices->list[i]->keeper.worker.pid)
            return true;
    return false;
}

void devices_end(struct devices *devices)
{
    while (devices->count)
        remove_device(devices, devices->count - 1);
}
