/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/broker/broker.h"
#include "agent/broker/clients.h"
#include "agent/broker/devices.h"
#include "agent/broker/let_go.h"
#include "agent/broker/notify.h"
#include "agent/broker/run_directory.h"
#include "agent/broker/spawner.h"
#include "agent/log.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum { DRAIN_GRACE_MS = 2000 /* for the workers to end, after their calls */ };

struct broker {
    const struct settings *settings;
    struct listeners listeners;
    struct machines machines;
    struct clients clients;
    bool has_clients;
    struct devices devices[LISTEN_MOST];
    size_t nr_devices; /* addresses at which there are some */
    struct polled polled;
    int signals;
    size_t signals_at;
    bool is_up; /* the first workers were ready, and the service manager was told */
    bool is_stopping;
    bool is_over;
    int status;
};

static void end_with(struct broker *broker, int status)
{
    broker->is_over = true;
    broker->status = status;
}

/* The lines come last: who reads them finds nothing of the start still under way. */
static void come_up(struct broker *broker)
{
    size_t i;

    broker->is_up = true;
    notify("READY=1");
    for (i = 0; i < broker->listeners.count; i++)
        agent_info("listening at %s", broker->listeners.list[i].address);
    for (i = 0; i < broker->machines.nr_paths; i++)
        agent_info("listening beside %s, at port %" PRIu32 " of each machine",
                   broker->machines.paths[i].pattern, broker->machines.paths[i].port);
}

/* What the workers have become decides what the agent is. */
static void look_at_workers(struct broker *broker)
{
    const struct clients *clients = &broker->clients;
    bool all_up = clients->site.is_up || !broker->has_clients;
    bool any_failed = clients->site.has_failed;
    bool any_left = clients->keeper.worker.pid;
    size_t i;

    for (i = 0; i < broker->nr_devices; i++) {
        all_up &= broker->devices[i].site.is_up;
        any_failed |= broker->devices[i].site.has_failed;
        any_left |= devices_have_workers(&broker->devices[i]);
    }
    if (any_failed)
        end_with(broker, EXIT_FAILURE);
    else if (!broker->is_up && !broker->is_stopping && all_up)
        come_up(broker);
    if (broker->is_stopping && !any_left)
        end_with(broker, EXIT_SUCCESS);
}

static void stop(struct broker *broker)
{
    moment kill_at = moment_now() + (moment)broker->settings->timeouts.drain_ms + DRAIN_GRACE_MS;
    size_t i;

    agent_info("told to stop: refusing new work, waiting up to %llu ms for calls that run",
               (unsigned long long)broker->settings->timeouts.drain_ms);
    broker->is_stopping = true;
    listeners_close(&broker->listeners);
    machines_end(&broker->machines);
    notify("STOPPING=1");
    if (broker->has_clients)
        keeper_stop(&broker->clients.keeper, kill_at);
    for (i = 0; i < broker->nr_devices; i++)
        devices_stop(&broker->devices[i], kill_at);
}

static void stop_at_once(const struct broker *broker)
{
    size_t i;

    worker_kill(&broker->clients.keeper.worker);
    for (i = 0; i < broker->nr_devices; i++)
        devices_kill_workers(&broker->devices[i]);
}

static void reap(struct broker *broker)
{
    size_t i;

    if (broker->has_clients)
        clients_reap(&broker->clients);
    for (i = 0; i < broker->nr_devices; i++)
        devices_reap(&broker->devices[i]);
}

static void hear_signals(struct broker *broker)
{
    struct signalfd_siginfo signal;

    while (read(broker->signals, &signal, sizeof(signal)) == (ssize_t)sizeof(signal)) {
        if (signal.ssi_signo == SIGCHLD)
            reap(broker);
        else if (broker->is_stopping)
            stop_at_once(broker);
        else
            stop(broker);
    }
}

static void fill_polled(struct broker *broker)
{
    struct polled *polled = &broker->polled;
    size_t i;

    polled->count = 0;
    broker->signals_at = polled_add(polled, broker->signals, POLLIN);
    if (broker->has_clients)
        clients_poll(&broker->clients, polled);
    for (i = 0; i < broker->nr_devices; i++)
        devices_poll(&broker->devices[i], polled);
}

static moment next_moment(const struct broker *broker)
{
    moment next = broker->has_clients ? clients_next_moment(&broker->clients) : MOMENT_NEVER;
    size_t i;

    for (i = 0; i < broker->nr_devices; i++)
        next = moment_earlier(next, devices_next_moment(&broker->devices[i]));
    return next;
}

static void hear_workers(struct broker *broker, const struct polled *polled)
{
    size_t i;

    if (broker->has_clients)
        clients_hear_worker(&broker->clients, polled);
    for (i = 0; i < broker->nr_devices; i++)
        devices_hear_workers(&broker->devices[i], polled);
}

static void keep_moments(struct broker *broker)
{
    moment now = moment_now();
    size_t i;

    if (broker->has_clients)
        keeper_keep_moments(&broker->clients.keeper, now);
    for (i = 0; i < broker->nr_devices; i++)
        devices_keep_moments(&broker->devices[i], now);
}

static void hear_strangers(struct broker *broker, const struct polled *polled)
{
    size_t i;

    if (broker->has_clients)
        clients_admit(&broker->clients, polled);
    for (i = 0; i < broker->nr_devices; i++)
        devices_hear_front_ends(&broker->devices[i], polled);
}

/* Strangers last: what came before may have ended the admitting. */
static void take_turn(struct broker *broker)
{
    struct polled *polled = &broker->polled;

    fill_polled(broker);
    if (poll(polled->list, polled->count, moment_timeout(next_moment(broker))) < 0)
        return;
    hear_workers(broker, polled);
    if (polled->list[broker->signals_at].revents)
        hear_signals(broker);
    keep_moments(broker);
    if (!broker->is_stopping)
        hear_strangers(broker, polled);
    look_at_workers(broker);
}

/* Before the first worker is started, so that none of its signals is missed. */
static int open_signals(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGCHLD);
    sigprocmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static bool begin_clients(struct broker *broker)
{
    broker->has_clients =
        clients_begin(&broker->clients, broker->settings, &broker->listeners, &broker->machines);
    return broker->has_clients;
}

static bool begin_devices(struct broker *broker, const struct listener *listener)
{
    bool begun = devices_begin(&broker->devices[broker->nr_devices], broker->settings, listener);

    broker->nr_devices += begun;
    return begun;
}

/* One worker for all sockets, and one for each device. */
static bool begin(struct broker *broker)
{
    bool begun = machines_begin(&broker->machines, broker->settings);
    size_t i;

    if (begun && broker->machines.nr_paths)
        begun = begin_clients(broker);
    for (i = 0; i < broker->listeners.count && begun; i++) {
        const struct listener *listener = &broker->listeners.list[i];

        if (listener->device)
            begun = begin_devices(broker, listener);
        else if (!broker->has_clients)
            begun = begin_clients(broker);
    }
    return begun;
}

static void end_all(struct broker *broker)
{
    size_t i;

    listeners_close(&broker->listeners);
    machines_end(&broker->machines);
    stop_at_once(broker);
    keeper_end(&broker->clients.keeper);
    for (i = 0; i < broker->nr_devices; i++)
        devices_end(&broker->devices[i]);
    run_directories_wait();
}

int broker_run(const struct settings *settings)
{
    static struct broker broker;

    broker.settings = settings;
    broker.signals = open_signals();
    if (broker.signals < 0) {
        agent_error("cannot receive signals: %s", strerror(errno));
        return EXIT_FAILURE;
    }
    if (!spawner_begin()) {
        agent_error("cannot prepare for starting workers: %s", strerror(errno));
        return EXIT_FAILURE;
    }
    if (!let_go_begin()) {
        agent_error("cannot prepare for closing connections: %s", strerror(errno));
        return EXIT_FAILURE;
    }
    if (!listeners_open(&broker.listeners, settings))
        return EXIT_FAILURE;
    if (!begin(&broker))
        end_with(&broker, EXIT_FAILURE);
    look_at_workers(&broker);
    while (!broker.is_over)
        take_turn(&broker);
    end_all(&broker);
    return broker.status;
}
