/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/log.h"
#include "agent/worker/device/request.h"
#include "agent/worker/fault.h"
#include "agent/worker/worker.h"
#include "platform/relax.h"

#include <time.h>

/*
 * The threads that take chains and run them. One reads: it looks at the ring for a while, then sleeps until
 * it is kicked. Who has taken a request runs it, and another one reads meanwhile; see readers.h.
 */

enum {
    SPINS = 64,      /* looks at the ring between two at the clock */
    LONG_FACTOR = 2, /* to look for a while is off when requests take this often as long */
    MOMENT_NS = 50000,
};

static bool is_closing(struct device *device)
{
    return atomic_load_explicit(&device->readers.closing, memory_order_relaxed);
}

/* Look for a while, unless requests have been long of late. Under the turn. */
static bool spin(struct device *device)
{
    uint64_t most = worker.settings.device.spin_us * 1000;
    uint64_t usual = atomic_load_explicit(&device->readers.usual_ns, memory_order_relaxed);
    uint64_t until;
    int i;

    if (!most || usual > LONG_FACTOR * most)
        return false;
    until = monotonic_ns() + most;
    do {
        for (i = 0; i < SPINS; i++) {
            if (ring_ready(device_ring(device)))
                return true;
            platform_relax();
        }
    } while (monotonic_ns() < until && !served_ring_is_wanted(&device->virtio));
    return false;
}

/* Take the next chain, if there is one. Under the turn. */
static enum ring_outcome take(struct device *device, struct device_request *request)
{
    struct ring *ring = device_ring(device);
    enum ring_outcome outcome;

    if (!served_ring_is_open(&device->virtio, &device->virtio.rings[0]))
        return RING_BROKEN;
    if (!ring_ready(ring) && !spin(device) && ring_arm(ring))
        return RING_EMPTY;
    ring_disarm(ring);
    if (!virtio_device_has_heard(&device->virtio))
        return RING_LATER;
    outcome = ring_take(ring, &request->chain);
    if (outcome == RING_TAKEN)
        request_take(device, request);
    return outcome;
}

/* A chain, with what is in it not looked at. False: there may be one now, or the device is closed. */
static bool wait_for_chain(struct device *device, struct device_request *request)
{
    const struct timespec moment = {.tv_nsec = MOMENT_NS};
    struct served_ring *served = &device->virtio.rings[0];
    enum ring_outcome outcome;

    served_ring_enter(&device->virtio, served);
    outcome = take(device, request);
    served_ring_leave(served);
    if (outcome == RING_TAKEN)
        return true;
    if (outcome == RING_REFUSED)
        device_end_connection(device);
    else if (outcome == RING_LATER)
        nanosleep(&moment, NULL);
    else
        doorbell_sleep(&served->doorbell, outcome == RING_EMPTY);
    return false;
}

static bool has_partial(struct device *device)
{
    bool has;

    pthread_mutex_lock(&device->lock);
    has = device->partial != NULL;
    pthread_mutex_unlock(&device->lock);
    return has;
}

/*
 * The caller's turn to read. NULL: the device is being closed, there is no memory, or it is another thread's turn to
 * wait.
 */
static struct device_request *read_one(struct device *device)
{
    struct device_request *request = NULL;
    struct device_request *empty;

    do {
        empty = request_new(device);
        if (!empty)
            return NULL;
        if (wait_for_chain(device, empty))
            request = request_read(device, empty);
        else
            request_free(device, empty);
    } while (!request && !is_closing(device) &&
             (has_partial(device) || readers_may_wait(&device->readers)));
    return request;
}

static void *serve(void *context);

static bool count_thread(struct device *device)
{
    bool more;

    pthread_mutex_lock(&device->lock);
    more = device->threads <= worker.settings.limits.calls;
    device->threads += more;
    pthread_mutex_unlock(&device->lock);
    return more;
}

static void discount_thread(struct device *device)
{
    pthread_mutex_lock(&device->lock);
    device->threads--;
    pthread_mutex_unlock(&device->lock);
}

/* What takes long is a plugin, and that was measured. */
static void run(struct device *device, struct device_request *request)
{
    readers_note_time(&device->readers, request_run(device, request));
    fault_end();
}

static void *serve(void *context)
{
    struct device *device = context;
    struct device_request *request;

    while (readers_enter(&device->readers)) {
        request = read_one(device);
        if (readers_leave(&device->readers, request != NULL) && request && count_thread(device) &&
            !thread_start(serve, device))
            discount_thread(device);
        if (request)
            run(device, request);
    }
    discount_thread(device);
    return NULL;
}

void device_serve(struct device *device)
{
    pthread_mutex_lock(&device->lock);
    device->threads++;
    pthread_mutex_unlock(&device->lock);
    atomic_store(&device->virtio.loaded, true);
    doorbell_wake(&device->virtio.rings[0].doorbell);
    serve(device);
}

void device_close(struct device *device)
{
    readers_close(&device->readers);
    doorbell_wake(&device->virtio.rings[0].doorbell);
}

static bool has_chain(void *context)
{
    struct device *device = context;
    struct served_ring *served = &device->virtio.rings[0];
    bool has;

    served_ring_enter(&device->virtio, served);
    has = served_ring_is_open(&device->virtio, served) && ring_ready(&served->ring);
    served_ring_leave(served);
    return has;
}

static unsigned int running(void *context)
{
    struct device *device = context;

    return client_unanswered(&device->client);
}

static const struct readers_source source = {has_chain, running};

bool device_begin(struct device *device, struct device_ledger *ledger, uint32_t generation,
                  const char *name)
{
    bool begun;

    memset(device, 0, sizeof(*device));
    begun = virtio_device_begin(&device->virtio, &device_kind, 1, ledger);
    pthread_mutex_init(&device->lock, NULL);
    readers_begin(&device->readers, &source, device);
    return client_begin(&device->client, &device_carrier, name, generation) && begun;
}

void device_end(struct device *device)
{
    struct device_request *request;

    requests_drop(device);
    client_end(&device->client);
    while ((request = device->spare)) {
        device->spare = request->next;
        free(request);
    }
    virtio_device_end(&device->virtio);
    readers_end(&device->readers);
    pthread_mutex_destroy(&device->lock);
}
