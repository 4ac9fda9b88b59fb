/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/log.h"
#include "agent/worker/device/log.h"
#include "agent/worker/device/request.h"
#include "agent/worker/handlers.h"
#include "agent/worker/worker.h"

#include <sys/socket.h>
#include <unistd.h>

/* What the control thread does with the device while others serve it. */

enum {
    GRACE_MS = 250, /* for a call that nobody waits for, to end by itself */
    LOOK_MS = 20,
    LOOKS = 50, /* without anything to look after, until the next one has to tell */
};

static void begin_change(struct device *device)
{
    pthread_mutex_lock(&device->gate);
    atomic_store(&device->changing, true);
    doorbell_wake(&device->doorbell);
    pthread_mutex_lock(&device->turn);
}

static void end_change(struct device *device)
{
    pthread_mutex_unlock(&device->turn);
    atomic_store(&device->changing, false);
    pthread_mutex_unlock(&device->gate);
    doorbell_wake(&device->doorbell);
}

static void replace(int *fd, int by)
{
    if (*fd >= 0)
        close(*fd);
    *fd = by;
}

/* Go on where a worker before this one stopped, or begin. */
static void start(struct device *device, const struct device_state *state)
{
    unsigned int lost;

    if (!atomic_load(&device->ring.ledger->is_begun)) {
        ring_start(&device->ring, (uint16_t)state->base);
        return;
    }
    lost = ring_recover(&device->ring, "the agent's worker died: begin a new session");
    if (lost)
        device_log("%u requests that the worker before this one had are returned with an error",
                   lost);
}

/*
 * Under the turn. What calls use of the old memory stays until they have ended. A ring that does not run
 * any more may have chains that are to be returned.
 */
static void place(struct device *device, const struct device_state *state,
                  struct guest_memory *memory, int call)
{
    struct guest_memory *old = device->memory;
    bool placed = ring_place(&device->ring, state, memory, call);

    device->memory = memory;
    device->serving = placed && state->is_running;
    if (placed && !device->started) {
        start(device, state);
        device->started = true;
    }
    guest_memory_leave(old);
}

/*
 * It would wait for ever for what it posts in memory that nobody reads. To the front end a socket that is
 * shut down means that nobody writes to its memory any more: while calls do, the worker ends, and the
 * next one, which has none, comes here again.
 */
static void hang_up(struct device *device)
{
    device_log("its ring cannot be served, and the front end is disconnected");
    if (!device_is_idle(device))
        _exit(WORKER_OVERDUE);
    if (device->front >= 0)
        shutdown(device->front, SHUT_RDWR);
}

void device_set(struct device *device, const struct device_state *state, const int *fds)
{
    size_t nr_regions = state->nr_regions;
    struct guest_memory *memory = guest_memory_new(state->regions, nr_regions, fds);
    const int *others = fds + nr_regions;
    bool is_wanted = state->is_running || atomic_load(&device->ring.ledger->is_begun);

    begin_change(device);
    if (!doorbell_set_kick(&device->doorbell, others[0]))
        device_log(
            "what the driver kicks with is no eventfd: the ring is looked at again and again");
    replace(&device->front, others[2]);
    device->heard = state->told;
    if (memory && is_wanted) {
        place(device, state, memory, others[1]);
    } else {
        device->serving = false;
        if (others[1] >= 0)
            close(others[1]);
        guest_memory_leave(memory);
    }
    if (state->is_running && !device->serving)
        hang_up(device);
    end_change(device);
}

void device_stop(struct device *device)
{
    begin_change(device);
    device->serving = false;
    end_change(device);
    pthread_mutex_lock(&device->lock);
    device->stopping = true;
    pthread_mutex_unlock(&device->lock);
}

bool device_is_idle(struct device *device)
{
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

uint16_t device_leave(struct device *device)
{
    uint16_t next;

    begin_change(device);
    next = device->ring.next_avail;
    ring_leave(&device->ring);
    guest_memory_leave(device->memory);
    device->memory = NULL;
    doorbell_set_kick(&device->doorbell, -1);
    replace(&device->front, -1);
    device->started = false;
    end_change(device);
    pthread_mutex_lock(&device->lock);
    device->stopping = false;
    pthread_mutex_unlock(&device->lock);
    tell_gathered(device);
    return next;
}

void device_forget(struct device *device)
{
    device_end_connection(device);
    sessions_free(&device->client);
    resources_free(&device->client);
}

static bool is_overdue(struct device_request *request, uint64_t now)
{
    const struct incoming *incoming = &request->incoming;

    if (!atomic_load(&request->is_running) || incoming->request.header.type == WIRE_HELLO)
        return false;
    if (!request->due && incoming->cancelled)
        request->due = now + GRACE_MS;
    return (request->due && now >= request->due) ||
           (incoming->deadline && now >= incoming->deadline + GRACE_MS);
}

/* Whether there is anything to look after. Memory that a plugin may still write is never handed back. */
static bool watch(struct device *device)
{
    struct incoming *incoming;
    uint64_t now = monotonic_ms();
    bool any = false;

    pthread_mutex_lock(&device->client.lock);
    for (incoming = device->client.unanswered; incoming; incoming = incoming->next_unanswered) {
        any |= incoming->cancelled || incoming->deadline;
        if (!is_overdue((struct device_request *)incoming, now))
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
        device_tell(device);
}

int device_watch(struct device *device)
{
    if (!atomic_load(&device->watched))
        return -1;
    device->looks = watch(device) ? 0 : device->looks + 1;
    if (device->looks < LOOKS)
        return LOOK_MS;
    device->looks = 0;
    atomic_store(&device->watched, false);
    if (!watch(device))
        return -1;
    atomic_store(&device->watched, true);
    return LOOK_MS;
}
