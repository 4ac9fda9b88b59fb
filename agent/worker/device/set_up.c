/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/control.h"
#include "agent/worker/device/log.h"
#include "agent/worker/device/virtio_device.h"

#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

/* What the control thread does with a device while others serve it. */

bool virtio_device_begin(struct virtio_device *device, const struct virtio_device_kind *kind,
                         size_t nr_rings, struct device_ledger *ledger)
{
    bool begun;
    size_t i;

    memset(device, 0, sizeof(*device));
    device->kind = kind;
    device->ledger = ledger;
    device->nr_rings = nr_rings;
    device->front = -1;
    device->tell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    begun = device->tell >= 0;
    pthread_mutex_init(&device->gate, NULL);
    for (i = 0; i < nr_rings; i++) {
        struct served_ring *served = &device->rings[i];

        pthread_mutex_init(&served->turn, NULL);
        ring_begin(&served->ring, &ledger->rings[i]);
        begun &= doorbell_begin(&served->doorbell);
    }
    return begun;
}

void virtio_device_end(struct virtio_device *device)
{
    size_t i;

    for (i = 0; i < device->nr_rings; i++) {
        struct served_ring *served = &device->rings[i];

        ring_end(&served->ring);
        doorbell_end(&served->doorbell);
        pthread_mutex_destroy(&served->turn);
    }
    guest_memory_leave(device->memory);
    pthread_mutex_destroy(&device->gate);
    close(device->tell);
}

void virtio_device_tell(struct virtio_device *device)
{
    const uint64_t one = 1;

    if (write(device->tell, &one, sizeof(one)) < 0)
        return; /* it is raised as high as can be */
}

void served_ring_enter(struct virtio_device *device, struct served_ring *served)
{
    if (atomic_load(&device->changing)) {
        pthread_mutex_lock(&device->gate);
        pthread_mutex_unlock(&device->gate);
    }
    pthread_mutex_lock(&served->turn);
}

void served_ring_leave(struct served_ring *served)
{
    pthread_mutex_unlock(&served->turn);
}

bool served_ring_is_wanted(const struct virtio_device *device)
{
    return atomic_load_explicit(&device->changing, memory_order_relaxed);
}

bool served_ring_is_open(const struct virtio_device *device, const struct served_ring *served)
{
    return device->serving && atomic_load(&device->loaded) && !served->ring.broken;
}

bool virtio_device_has_heard(const struct virtio_device *device)
{
    return atomic_load(&device->ledger->told) == device->heard;
}

static void begin_change(struct virtio_device *device)
{
    size_t i;

    pthread_mutex_lock(&device->gate);
    atomic_store(&device->changing, true);
    for (i = 0; i < device->nr_rings; i++) {
        doorbell_wake(&device->rings[i].doorbell);
        pthread_mutex_lock(&device->rings[i].turn);
    }
}

static void end_change(struct virtio_device *device)
{
    size_t i;

    for (i = 0; i < device->nr_rings; i++)
        pthread_mutex_unlock(&device->rings[i].turn);
    atomic_store(&device->changing, false);
    pthread_mutex_unlock(&device->gate);
    for (i = 0; i < device->nr_rings; i++)
        doorbell_wake(&device->rings[i].doorbell);
}

static void replace(int *fd, int by)
{
    if (*fd >= 0)
        close(*fd);
    *fd = by;
}

/* Go on where a worker before this one stopped, or begin. Returns how many chains that had. */
static unsigned int start(struct ring *ring, const struct device_ring *told)
{
    if (atomic_load(&ring->ledger->is_begun))
        return ring_recover(ring, "the agent's worker died: begin a new session");
    ring_start(ring, (uint16_t)told->base);
    return 0;
}

static void start_all(struct virtio_device *device, const struct device_state *state)
{
    unsigned int lost = 0;
    size_t i;

    for (i = 0; i < device->nr_rings; i++)
        lost += start(&device->rings[i].ring, &state->rings[i]);
    if (lost)
        device_log("%u requests that the worker before this one had are returned with an error",
                   lost);
    device->started = true;
}

/*
 * Under the turns. What calls use of the old memory stays until they have ended. Rings that do not run
 * any more may have chains that are to be returned.
 */
static void place(struct virtio_device *device, const struct device_state *state,
                  struct guest_memory *memory, const int *calls)
{
    struct guest_memory *old = device->memory;
    bool placed = true;
    size_t i;

    for (i = 0; i < device->nr_rings; i++)
        placed &=
            ring_place(&device->rings[i].ring, &state->rings[i], state->features, memory, calls[i]);
    device->memory = memory;
    device->serving = placed && state->is_running;
    if (placed && !device->started)
        start_all(device, state);
    guest_memory_leave(old);
}

/* There is nothing to serve. */
static void unplace(struct virtio_device *device, struct guest_memory *memory, const int *calls)
{
    size_t i;

    device->serving = false;
    for (i = 0; i < device->nr_rings; i++)
        if (calls[i] >= 0)
            close(calls[i]);
    guest_memory_leave(memory);
}

/*
 * It would wait for ever for what it posts in memory that nobody reads. To the front end a socket that is
 * shut down means that nobody writes to its memory any more: while calls do, the worker ends, and the
 * next one, which has none, comes here again.
 */
static void hang_up(struct virtio_device *device)
{
    device_log("its ring cannot be served, and the front end is disconnected");
    if (!device->kind->is_idle(device))
        _exit(WORKER_OVERDUE);
    if (device->front >= 0)
        shutdown(device->front, SHUT_RDWR);
}

static bool was_begun(const struct virtio_device *device)
{
    return atomic_load(&device->rings[0].ring.ledger->is_begun);
}

void virtio_device_set(struct virtio_device *device, const struct device_state *state,
                       const int *fds)
{
    size_t nr_regions = state->nr_regions;
    struct guest_memory *memory = guest_memory_new(state->regions, nr_regions, fds);
    const int *kicks = fds + nr_regions;
    const int *calls = kicks + device->nr_rings;
    size_t i;

    begin_change(device);
    for (i = 0; i < device->nr_rings; i++)
        if (!doorbell_set_kick(&device->rings[i].doorbell, kicks[i]))
            device_log(
                "what the driver kicks with is no eventfd: the ring is looked at again and again");
    replace(&device->front, calls[device->nr_rings]);
    device->heard = state->told;
    if (memory && (state->is_running || was_begun(device)))
        place(device, state, memory, calls);
    else
        unplace(device, memory, calls);
    if (state->is_running && !device->serving)
        hang_up(device);
    end_change(device);
}

void virtio_device_stop(struct virtio_device *device)
{
    begin_change(device);
    device->serving = false;
    end_change(device);
    device->kind->stop(device);
}

void virtio_device_leave(struct virtio_device *device)
{
    size_t i;

    begin_change(device);
    for (i = 0; i < device->nr_rings; i++) {
        ring_leave(&device->rings[i].ring);
        doorbell_set_kick(&device->rings[i].doorbell, -1);
    }
    guest_memory_leave(device->memory);
    device->memory = NULL;
    replace(&device->front, -1);
    device->started = false;
    end_change(device);
}
