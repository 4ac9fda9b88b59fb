/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/log.h"
#include "agent/worker/device/log.h"
#include "agent/worker/device/request.h"
#include "agent/worker/handlers.h"
#include "agent/worker/worker.h"

#include <stdio.h>
#include <unistd.h>

/* What the control thread asks of an accelerator. */

enum {
    GRACE_MS = 250, /* for a call that nobody waits for, to end by itself */
    LOOK_MS = 20,
    LATE_LOOK_MS = 2 * LOOK_MS,
    LOOKS = 50, /* without anything to look after, until the next one has to tell */
};

static struct device *device_of(struct virtio_device *virtio)
{
    return (struct device *)(void *)((char *)virtio - offsetof(struct device, virtio));
}

static void rename_client(struct virtio_device *virtio, const char *name)
{
    struct client *client = &device_of(virtio)->client;

    snprintf(client->peer, sizeof(client->peer), "%s", name);
}

static void serve(struct virtio_device *virtio)
{
    device_serve(device_of(virtio));
}

static void stop(struct virtio_device *virtio)
{
    struct device *device = device_of(virtio);

    pthread_mutex_lock(&device->lock);
    device->stopping = true;
    pthread_mutex_unlock(&device->lock);
}

static bool is_idle(struct virtio_device *virtio)
{
    struct device *device = device_of(virtio);
    bool idle;

    pthread_mutex_lock(&device->lock);
    idle = !device->nr_requests;
    pthread_mutex_unlock(&device->lock);
    return idle;
}

static void tell_gathered(struct device *device)
{
    uint64_t gathered = atomic_exchange(&device->gathered, 0);

    if (gathered)
        device_log("%llu bytes of numbers had to be copied, as they were scattered over pieces "
                   "that cannot be mapped side by side",
                   (unsigned long long)gathered);
}

static void forget(struct virtio_device *virtio)
{
    struct device *device = device_of(virtio);

    pthread_mutex_lock(&device->lock);
    device->stopping = false;
    pthread_mutex_unlock(&device->lock);
    tell_gathered(device);
    device_end_connection(device);
    sessions_free(&device->client);
    resources_free(&device->client);
}

static unsigned int running(struct virtio_device *virtio)
{
    return client_running(&device_of(virtio)->client);
}

/* How much later than it should a look comes: the whole worker stood still, and what runs in it, too. */
static uint64_t stood_still(struct device *device, uint64_t now)
{
    uint64_t passed = now - device->looked_at;

    device->looked_at = now;
    return passed > LATE_LOOK_MS ? passed - LOOK_MS : 0;
}

static bool is_overdue(struct device_request *request, uint64_t now, uint64_t lost)
{
    const struct incoming *incoming = &request->incoming;
    bool is_late = incoming->cancelled || (incoming->deadline && now >= incoming->deadline);

    if (!is_late || !atomic_load(&request->is_running) ||
        incoming->request.header.type == WIRE_HELLO)
        return false;
    request->due = request->due ? request->due + lost : now + GRACE_MS;
    return now >= request->due;
}

/* Whether there is anything to look after. Memory that a plugin may still write is never handed back. */
static bool look_after(struct device *device)
{
    struct incoming *incoming;
    uint64_t now = monotonic_ms();
    uint64_t lost = stood_still(device, now);
    bool any = false;

    pthread_mutex_lock(&device->client.lock);
    for (incoming = device->client.unanswered; incoming; incoming = incoming->next_unanswered) {
        any |= incoming->cancelled || incoming->deadline;
        if (!is_overdue((struct device_request *)incoming, now, lost))
            continue;
        agent_error("%s: a call did not end within %d ms after its deadline, or after it was "
                    "cancelled: the device's worker is ended",
                    device->client.peer, GRACE_MS);
        _exit(WORKER_OVERDUE);
    }
    pthread_mutex_unlock(&device->client.lock);
    return any;
}

void device_have_watched(struct device *device)
{
    if (!atomic_exchange(&device->watched, true))
        virtio_device_tell(&device->virtio);
}

static int watch(struct virtio_device *virtio)
{
    struct device *device = device_of(virtio);

    if (!atomic_load(&device->watched))
        return -1;
    device->looks = look_after(device) ? 0 : device->looks + 1;
    if (device->looks < LOOKS)
        return LOOK_MS;
    device->looks = 0;
    atomic_store(&device->watched, false);
    if (!look_after(device))
        return -1;
    atomic_store(&device->watched, true);
    return LOOK_MS;
}

const struct virtio_device_kind device_kind = {
    .rename = rename_client,
    .serve = serve,
    .stop = stop,
    .is_idle = is_idle,
    .forget = forget,
    .running = running,
    .watch = watch,
};
