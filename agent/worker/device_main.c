/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/log.h"
#include "agent/worker/control.h"
#include "agent/worker/device/device.h"
#include "agent/worker/device/log.h"
#include "agent/worker/vsock/vsock.h"
#include "agent/worker/worker.h"
#include "platform/platform.h"
#include "stream/address.h"
#include "vaccel.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

/*
 * A worker that serves one virtio device. A thread of its own listens to the broker from the beginning, as
 * rings have to be stopped, or what a dead worker left to be returned, while plugins are being loaded.
 */

static union {
    struct device accelerator;
    struct vsock vsock;
} served;
static struct virtio_device *device; /* in there */
static char device_name[PEER_NAME_SIZE] = "virtio device";
static bool stop_wanted;     /* of the control thread */
static uint64_t drain_until; /* in ms; 0: not draining */

/* Descriptors of a state stand in the order of its fields; each goes to its place. Returns how many there are. */
static size_t spread(const struct device_state *state, const int *came, int *fds)
{
    int *kicks = fds + state->nr_regions;
    int *calls = kicks + state->nr_rings;
    size_t at = state->nr_regions;
    size_t i;

    memcpy(fds, came, at * sizeof(*fds));
    for (i = 0; i < state->nr_rings; i++) {
        kicks[i] = state->rings[i].has_kick ? came[at++] : -1;
        calls[i] = state->rings[i].has_call ? came[at++] : -1;
    }
    calls[i] = state->has_front ? came[at++] : -1;
    return at;
}

_Noreturn static void end_without_broker(void)
{
    agent_error("the broker is gone: the worker ends too");
    platform_directory_remove(getenv("XDG_RUNTIME_DIR"));
    _exit(EXIT_FAILURE);
}

/* A worker has one front end all its life, and this is before the first chain is taken from it. */
static void take_name(const char *name)
{
    static bool is_known;

    if (is_known)
        return;
    is_known = true;
    device_log_name(name);
    snprintf(device_name, sizeof(device_name), "%s", name);
    if (device->kind->rename)
        device->kind->rename(device, name);
}

/* The next worker is told again, and may have more of them. */
_Noreturn static void end_without_descriptors(void)
{
    agent_error(
        "%s: no descriptors for the memory of its front end: raise LimitNOFILE or ulimit -n",
        device_name);
    _exit(EXIT_FAILURE);
}

static void take_state(const struct control_message *message)
{
    struct device_state state;
    int came[DEVICE_FDS_MOST];
    int fds[DEVICE_FDS_MOST];
    size_t count;

    if (!control_receive(&state, sizeof(state), came, DEVICE_FDS_MOST) ||
        state.nr_regions > VHOST_REGIONS_MOST || state.nr_rings != device->nr_rings)
        end_without_broker();
    count = spread(&state, came, fds);
    if (count && came[count - 1] < 0)
        end_without_descriptors();
    take_name(message->peer);
    virtio_device_set(device, &state, fds);
}

static void begin_stop(void)
{
    virtio_device_stop(device);
    stop_wanted = true;
}

static void finish_stop(void)
{
    const struct control_message stopped = {.type = CONTROL_DEVICE_STOPPED};

    stop_wanted = false;
    virtio_device_leave(device);
    control_send(&stopped);
    if (device->kind->forget)
        device->kind->forget(device);
}

static void begin_drain(void)
{
    atomic_store(&worker.draining, true);
    drain_until = monotonic_ms() + worker.settings.timeouts.drain_ms;
    if (!drain_until)
        drain_until = 1;
}

/* A plugin that hangs is in use: the process ends around it, without a word to the library. */
static void look_at_drain(void)
{
    unsigned int running = device->kind->running(device);

    if (running && monotonic_ms() < drain_until)
        return;
    if (running)
        agent_warn("the time to finish (setting drain_ms) is over, and calls that still run are "
                   "cut off: %u",
                   running);
    if (device->kind->say_goodbye)
        device->kind->say_goodbye(device);
    virtio_device_stop(device);
    _exit(EXIT_SUCCESS);
}

static void take_message(void)
{
    struct control_message message;
    int none;

    if (!control_receive(&message, sizeof(message), &none, 1))
        end_without_broker();
    message.peer[sizeof(message.peer) - 1] = '\0';
    if (message.type == CONTROL_DEVICE)
        take_state(&message);
    else if (message.type == CONTROL_DEVICE_STOP)
        begin_stop();
    else if (message.type == CONTROL_DRAIN)
        begin_drain();
}

static int next_look(void)
{
    enum { DRAIN_LOOK_MS = 5 };
    int ms = device->kind->watch(device);

    return drain_until ? DRAIN_LOOK_MS : ms;
}

static void *listen_to_broker(void *context)
{
    struct pollfd events[] = {{.fd = CONTROL_FD, .events = POLLIN},
                              {.fd = device->tell, .events = POLLIN}};
    uint64_t count;

    (void)context;
    for (;;) {
        poll(events, 2, next_look());
        if (events[1].revents && read(device->tell, &count, sizeof(count)) < 0)
            continue;
        if (events[0].revents)
            take_message();
        if (stop_wanted && device->kind->is_idle(device))
            finish_stop();
        if (drain_until)
            look_at_drain();
    }
    return NULL;
}

static struct device_ledger *map_ledger(void)
{
    void *ledger =
        mmap(NULL, sizeof(struct device_ledger), PROT_READ | PROT_WRITE, MAP_SHARED, LEDGER_FD, 0);

    return ledger == MAP_FAILED ? NULL : ledger;
}

/*
 * Memory of the guest's was taken away: its file shrank, or has no room left. Whoever touched it may be
 * anywhere in a plugin, so nothing is left to do but to say so, and die of it.
 */
static void tell_of_bus_error(int number)
{
    (void)number;
    agent_error("%s: the guest's memory was taken away from under the worker, which ends",
                device_name);
}

static void catch_bus_errors(void)
{
    const struct sigaction once = {.sa_handler = tell_of_bus_error, .sa_flags = SA_RESETHAND};

    sigaction(SIGBUS, &once, NULL);
}

/* Which one the address says. */
static bool begin(const char *address, uint32_t generation)
{
    struct device_ledger *ledger = map_ledger();
    struct address_vsock vsock;
    bool is_vsock = address_vsock(address, &vsock);

    device = is_vsock ? &served.vsock.virtio : &served.accelerator.virtio;
    if (!ledger)
        return false;
    if (is_vsock)
        return vsock_begin(&served.vsock, ledger, &vsock);
    return device_begin(&served.accelerator, ledger, generation, device_name);
}

int device_main(uint32_t generation, const char *name)
{
    const struct control_message ready = {.type = CONTROL_READY};

    if (name[0]) {
        device_log_name(name);
        snprintf(device_name, sizeof(device_name), "%s", name);
    }
    if (!begin(name, generation) || !thread_start(listen_to_broker, NULL)) {
        agent_error("%s: no memory, descriptors or threads for it", device_name);
        return EXIT_FAILURE;
    }
    catch_bus_errors();
    if (!vaccel_is_initialized() && vaccel_bootstrap() != VACCEL_OK)
        return EXIT_FAILURE;
    if (vaccel_plugin_parse_and_load(worker.settings.plugins) != VACCEL_OK)
        return EXIT_FAILURE;
    control_send(&ready);
    device->kind->serve(device);
    return EXIT_SUCCESS;
}
