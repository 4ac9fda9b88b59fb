/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/log.h"
#include "agent/worker/control.h"
#include "agent/worker/device/device.h"
#include "agent/worker/device/log.h"
#include "agent/worker/worker.h"
#include "platform/platform.h"
#include "vaccel.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

/*
 * A worker that serves one virtio device. A thread of its own listens to the broker from the beginning, as a
 * ring has to be stopped, or what a dead worker left to be returned, while plugins are being loaded.
 */

static struct device device;
static bool stop_wanted;     /* of the control thread */
static uint64_t drain_until; /* in ms; 0: not draining */

/* Descriptors of a state stand in the order of its fields; each goes to its place. */
static void spread(const struct device_state *state, const int *came, int *fds)
{
    size_t regions = state->nr_regions;
    size_t i;

    for (i = 0; i < regions; i++)
        fds[i] = came[i];
    fds[regions] = state->has_kick ? came[i++] : -1;
    fds[regions + 1] = state->has_call ? came[i++] : -1;
    fds[regions + 2] = state->has_front ? came[i] : -1;
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
    snprintf(device.client.peer, sizeof(device.client.peer), "%s", name);
}

/* The next worker is told again, and may have more of them. */
_Noreturn static void end_without_descriptors(void)
{
    agent_error(
        "%s: no descriptors for the memory of its front end: raise LimitNOFILE or ulimit -n",
        device.client.peer);
    _exit(EXIT_FAILURE);
}

static bool have_all_come(const struct device_state *state, const int *came)
{
    size_t count = state->nr_regions;

    count += (size_t)state->has_kick + (size_t)state->has_call + (size_t)state->has_front;
    return !count || came[count - 1] >= 0;
}

static void take_state(const struct control_message *message)
{
    struct device_state state;
    int came[DEVICE_FDS_MOST];
    int fds[DEVICE_FDS_MOST];

    if (!control_receive(&state, sizeof(state), came, DEVICE_FDS_MOST) ||
        state.nr_regions > VHOST_REGIONS_MOST)
        end_without_broker();
    if (!have_all_come(&state, came))
        end_without_descriptors();
    take_name(message->peer);
    spread(&state, came, fds);
    device_set(&device, &state, fds);
}

static void begin_stop(void)
{
    device_stop(&device);
    stop_wanted = true;
}

static void finish_stop(void)
{
    struct control_message stopped = {.type = CONTROL_DEVICE_STOPPED};

    stop_wanted = false;
    stopped.slot = device_leave(&device);
    control_send(&stopped);
    device_forget(&device);
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
    unsigned int running = client_running(&device.client);

    if (running && monotonic_ms() < drain_until)
        return;
    if (running)
        agent_warn("the time to finish (setting drain_ms) is over, and calls that still run are "
                   "cut off: %u",
                   running);
    device_stop(&device);
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
    int ms = device_watch(&device);

    return drain_until ? DRAIN_LOOK_MS : ms;
}

static void *listen_to_broker(void *context)
{
    struct pollfd events[] = {{.fd = CONTROL_FD, .events = POLLIN},
                              {.fd = device.tell, .events = POLLIN}};
    uint64_t count;

    (void)context;
    for (;;) {
        poll(events, 2, next_look());
        if (events[1].revents && read(device.tell, &count, sizeof(count)) < 0)
            continue;
        if (events[0].revents)
            take_message();
        if (stop_wanted && device_is_idle(&device))
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
                device.client.peer);
}

static void catch_bus_errors(void)
{
    const struct sigaction once = {.sa_handler = tell_of_bus_error, .sa_flags = SA_RESETHAND};

    sigaction(SIGBUS, &once, NULL);
}

int device_main(uint32_t generation, const char *name)
{
    const struct control_message ready = {.type = CONTROL_READY};
    struct device_ledger *ledger = map_ledger();

    if (name[0])
        device_log_name(name);
    else
        name = "virtio device";
    if (!ledger || !device_begin(&device, ledger, generation, name) ||
        !thread_start(listen_to_broker, NULL)) {
        agent_error("%s: no memory, descriptors or threads for it", name);
        return EXIT_FAILURE;
    }
    catch_bus_errors();
    if (!vaccel_is_initialized() && vaccel_bootstrap() != VACCEL_OK)
        return EXIT_FAILURE;
    if (vaccel_plugin_parse_and_load(worker.settings.plugins) != VACCEL_OK)
        return EXIT_FAILURE;
    control_send(&ready);
    device_serve(&device);
    return EXIT_SUCCESS;
}
