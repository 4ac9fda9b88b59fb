/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/broker/broker.h"
#include "agent/broker/clients.h"
#include "agent/broker/device.h"
#include "agent/broker/notify.h"
#include "agent/log.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum { DRAIN_GRACE_MS = 2000 /* for the workers to end, after their calls */ };

struct broker {
    const struct settings *settings;
    struct listeners listeners;
    struct clients clients;
    bool has_clients;
    struct device devices[LISTEN_MOST];
    size_t nr_devices;
    struct keeper *keepers[LISTEN_MOST + 1]; /* of the clients and of the devices */
    size_t nr_keepers;
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

static void come_up(struct broker *broker)
{
    size_t i;

    for (i = 0; i < broker->listeners.count; i++)
        agent_info("listening at %s", broker->listeners.list[i].address);
    notify("READY=1");
    broker->is_up = true;
}

/* What the workers have become decides what the agent is. */
static void look_at_keepers(struct broker *broker)
{
    bool all_up = true;
    bool all_ended = true;
    size_t i;

    for (i = 0; i < broker->nr_keepers; i++) {
        all_up &= broker->keepers[i]->is_up;
        all_ended &= !broker->keepers[i]->worker.pid;
        if (broker->keepers[i]->has_failed)
            end_with(broker, EXIT_FAILURE);
    }
    if (!broker->is_up && all_up && !broker->is_over)
        come_up(broker);
    if (broker->is_stopping && all_ended)
        end_with(broker, EXIT_SUCCESS);
}

static void stop(struct broker *broker)
{
    moment patience_ms = (moment)broker->settings->timeouts.drain_ms + DRAIN_GRACE_MS;
    size_t i;

    agent_info("told to stop: refusing new work, waiting up to %llu ms for calls that run",
               (unsigned long long)broker->settings->timeouts.drain_ms);
    broker->is_stopping = true;
    listeners_close(&broker->listeners);
    notify("STOPPING=1");
    for (i = 0; i < broker->nr_keepers; i++)
        keeper_stop(broker->keepers[i], moment_now() + patience_ms);
}

static void stop_at_once(const struct broker *broker)
{
    size_t i;

    for (i = 0; i < broker->nr_keepers; i++)
        worker_kill(&broker->keepers[i]->worker);
}

static void reap(struct broker *broker)
{
    size_t i;

    if (broker->has_clients)
        clients_reap(&broker->clients);
    for (i = 0; i < broker->nr_devices; i++)
        device_reap(&broker->devices[i]);
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

static void fill_polled(struct broker *broker, struct polled *polled)
{
    size_t i;

    polled->count = 0;
    broker->signals_at = polled_add(polled, broker->signals, POLLIN);
    if (broker->has_clients)
        clients_poll(&broker->clients, polled);
    for (i = 0; i < broker->nr_devices; i++)
        device_poll(&broker->devices[i], polled);
}

static moment next_moment(const struct broker *broker)
{
    moment next = broker->has_clients ? clients_next_moment(&broker->clients) : MOMENT_NEVER;
    size_t i;

    for (i = 0; i < broker->nr_devices; i++)
        next = moment_earlier(next, device_next_moment(&broker->devices[i]));
    return next;
}

static void hear_workers(struct broker *broker, const struct polled *polled)
{
    size_t i;

    if (broker->has_clients)
        clients_hear_worker(&broker->clients, polled);
    for (i = 0; i < broker->nr_devices; i++)
        device_hear_worker(&broker->devices[i], polled);
}

static void keep_moments(struct broker *broker)
{
    moment now = moment_now();
    size_t i;

    if (broker->has_clients)
        keeper_keep_moments(&broker->clients.keeper, now);
    for (i = 0; i < broker->nr_devices; i++)
        device_keep_moments(&broker->devices[i], now);
}

static void hear_strangers(struct broker *broker, const struct polled *polled)
{
    size_t i;

    if (broker->has_clients)
        clients_admit(&broker->clients, polled);
    for (i = 0; i < broker->nr_devices; i++)
        device_hear_front_end(&broker->devices[i], polled);
}

/* Strangers last: what came before may have ended the admitting. */
static void take_turn(struct broker *broker)
{
    struct polled polled;

    fill_polled(broker, &polled);
    if (poll(polled.list, polled.count, moment_timeout(next_moment(broker))) < 0)
        return;
    hear_workers(broker, &polled);
    if (polled.list[broker->signals_at].revents)
        hear_signals(broker);
    keep_moments(broker);
    if (!broker->is_stopping)
        hear_strangers(broker, &polled);
    look_at_keepers(broker);
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
    if (!clients_begin(&broker->clients, broker->settings, &broker->listeners))
        return false;
    broker->has_clients = true;
    broker->keepers[broker->nr_keepers++] = &broker->clients.keeper;
    return true;
}

static bool begin_device(struct broker *broker, const struct listener *listener)
{
    struct device *device = &broker->devices[broker->nr_devices];

    if (!device_begin(device, broker->settings, listener))
        return false;
    broker->nr_devices++;
    broker->keepers[broker->nr_keepers++] = &device->keeper;
    return true;
}

/* One worker for all sockets, and one for each device. */
static bool begin(struct broker *broker)
{
    bool begun = true;
    size_t i;

    for (i = 0; i < broker->listeners.count && begun; i++) {
        const struct listener *listener = &broker->listeners.list[i];

        if (listener->device)
            begun = begin_device(broker, listener);
        else if (!broker->has_clients)
            begun = begin_clients(broker);
    }
    return begun;
}

static void end_all(struct broker *broker)
{
    size_t i;

    listeners_close(&broker->listeners);
    for (i = 0; i < broker->nr_keepers; i++)
        keeper_end(broker->keepers[i]);
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
    if (!listeners_open(&broker.listeners, settings))
        return EXIT_FAILURE;
    if (!begin(&broker))
        end_with(&broker, EXIT_FAILURE);
    look_at_keepers(&broker);
    while (!broker.is_over)
        take_turn(&broker);
    end_all(&broker);
    return broker.status;
}
