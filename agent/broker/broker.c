/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/broker/broker.h"
#include "agent/broker/admission.h"
#include "agent/broker/connections.h"
#include "agent/broker/listeners.h"
#include "agent/broker/moment.h"
#include "agent/broker/notify.h"
#include "agent/broker/worker_process.h"
#include "agent/log.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum {
    FIRST_PAUSE_MS = 1000,
    LONGEST_PAUSE_MS = 30000,
    DRAIN_GRACE_MS = 2000, /* for the worker to end, after its calls */
    HOW_SIZE = 128,
    SENTENCE_SIZE = 256,
};

struct broker {
    const struct settings *settings;
    struct listeners listeners;
    struct connections connections;
    struct admission admission;
    struct worker worker;
    int signals;
    bool is_up; /* a worker was ready, and the service manager was told */
    bool is_stopping;
    bool drain_is_sent;
    bool is_over;
    int status;
    int pause_ms;    /* before the next worker is started */
    moment start_at; /* a worker; never while there is one */
    moment kill_at;  /* the worker that was told to finish */
};

/* What is polled, in this order. */
enum { POLL_SIGNALS, POLL_CONTROL, POLL_LISTENERS, POLL_MOST = POLL_LISTENERS + LISTEN_MOST };

static void come_up(struct broker *broker)
{
    size_t i;

    for (i = 0; i < broker->listeners.count; i++)
        agent_info("listening at %s", broker->listeners.list[i].address);
    notify("READY=1");
    broker->is_up = true;
}

static void worker_is_ready(struct broker *broker)
{
    broker->worker.is_ready = true;
    broker->pause_ms = 0;
    agent_info("worker %d is ready, with plugins %s", (int)broker->worker.pid,
               broker->settings->plugins);
    if (!broker->is_up)
        come_up(broker);
}

static void hear_worker(struct broker *broker)
{
    struct control_message message;

    while (worker_receive(&broker->worker, &message)) {
        if (message.type == CONTROL_READY)
            worker_is_ready(broker);
        else if (message.type == CONTROL_CLOSED)
            connections_drop(&broker->connections, message.slot);
    }
}

static void end_with(struct broker *broker, int status)
{
    broker->is_over = true;
    broker->status = status;
}

static void start_later(struct broker *broker)
{
    broker->pause_ms = broker->pause_ms ? broker->pause_ms * 2 : FIRST_PAUSE_MS;
    if (broker->pause_ms > LONGEST_PAUSE_MS)
        broker->pause_ms = LONGEST_PAUSE_MS;
    broker->start_at = moment_now() + broker->pause_ms;
    agent_info("the next worker is started in %d s", broker->pause_ms / 1000);
}

static void start_worker(struct broker *broker)
{
    broker->start_at = MOMENT_NEVER;
    broker->admission.worker_is_busy = false;
    if (worker_start(&broker->worker, broker->settings, broker->connections.ledger_fd))
        return;
    if (broker->is_up)
        start_later(broker);
    else
        end_with(broker, EXIT_FAILURE);
}

static void tell_end(const struct broker *broker, const char *how)
{
    if (!broker->is_stopping)
        agent_error("worker %d %s; connections that it had: %u", (int)broker->worker.pid, how,
                    broker->connections.count);
    else if (broker->connections.count)
        agent_warn("worker %d %s before all calls had ended", (int)broker->worker.pid, how);
}

static void after_worker(struct broker *broker, bool was_ready)
{
    if (broker->is_stopping)
        end_with(broker, EXIT_SUCCESS);
    else if (was_ready)
        start_worker(broker);
    else if (broker->is_up)
        start_later(broker);
    else {
        agent_error("the first worker was not ready: see above why, and mend that");
        end_with(broker, EXIT_FAILURE);
    }
}

static void reap_worker(struct broker *broker)
{
    char how[HOW_SIZE];
    char sentence[SENTENCE_SIZE];
    bool was_ready;

    if (!worker_ended(&broker->worker, how, sizeof(how)))
        return;
    hear_worker(broker);
    tell_end(broker, how);
    if (broker->is_stopping)
        snprintf(sentence, sizeof(sentence), "the agent was stopped before this call had ended");
    else
        snprintf(sentence, sizeof(sentence), "the agent's worker %s: begin a new session", how);
    connections_end(&broker->connections, sentence);
    was_ready = broker->worker.is_ready;
    worker_forget(&broker->worker);
    after_worker(broker, was_ready);
}

static void send_drain(struct broker *broker)
{
    if (!broker->drain_is_sent)
        broker->drain_is_sent = worker_drain(&broker->worker);
}

static void stop(struct broker *broker)
{
    uint64_t patience_ms = broker->settings->timeouts.drain_ms + DRAIN_GRACE_MS;

    agent_info("told to stop: refusing new work, waiting up to %llu ms for calls that run",
               (unsigned long long)broker->settings->timeouts.drain_ms);
    broker->is_stopping = true;
    listeners_close(&broker->listeners);
    notify("STOPPING=1");
    broker->kill_at = moment_now() + (moment)patience_ms;
    if (!broker->worker.pid)
        end_with(broker, EXIT_SUCCESS);
    else if (broker->worker.is_ready)
        send_drain(broker);
    else
        worker_kill(&broker->worker);
}

static void hear_signals(struct broker *broker)
{
    struct signalfd_siginfo signal;

    while (read(broker->signals, &signal, sizeof(signal)) == (ssize_t)sizeof(signal)) {
        if (signal.ssi_signo == SIGCHLD)
            reap_worker(broker);
        else if (broker->is_stopping)
            worker_kill(&broker->worker);
        else
            stop(broker);
    }
}

static bool is_admitting(const struct broker *broker)
{
    return broker->worker.is_ready && broker->worker.control >= 0 && !broker->is_stopping &&
           !broker->admission.worker_is_busy && broker->admission.not_before <= moment_now();
}

static bool wants_room(const struct broker *broker)
{
    return broker->is_stopping ? !broker->drain_is_sent : broker->admission.worker_is_busy;
}

static nfds_t fill_polled(const struct broker *broker, struct pollfd *polled)
{
    size_t i;

    polled[POLL_SIGNALS] = (struct pollfd){.fd = broker->signals, .events = POLLIN};
    polled[POLL_CONTROL] = (struct pollfd){
        .fd = broker->worker.control, .events = wants_room(broker) ? POLLIN | POLLOUT : POLLIN};
    if (!is_admitting(broker))
        return POLL_LISTENERS;
    for (i = 0; i < broker->listeners.count; i++)
        polled[POLL_LISTENERS + i] =
            (struct pollfd){.fd = broker->listeners.list[i].fd, .events = POLLIN};
    return POLL_LISTENERS + i;
}

static moment next_moment(const struct broker *broker)
{
    moment next = moment_earlier(broker->start_at, broker->kill_at);

    if (broker->admission.not_before > moment_now())
        next = moment_earlier(next, broker->admission.not_before);
    return next;
}

static void hear_control(struct broker *broker, short events)
{
    if (events & POLLOUT) {
        broker->admission.worker_is_busy = false;
        if (broker->is_stopping)
            send_drain(broker);
    }
    if (events & ~POLLOUT)
        hear_worker(broker);
    /* A worker that hears nothing any more is of no use; one that is finishing takes its time. */
    if (broker->worker.control < 0 && !broker->is_stopping)
        worker_kill(&broker->worker);
}

static void keep_moments(struct broker *broker)
{
    moment now = moment_now();

    if (broker->kill_at <= now) {
        broker->kill_at = MOMENT_NEVER;
        worker_kill(&broker->worker);
    }
    if (broker->start_at <= now && !broker->is_stopping)
        start_worker(broker);
}

/* Connections last: what came before may have ended the admitting. */
static void take_turn(struct broker *broker)
{
    struct pollfd polled[POLL_MOST];
    nfds_t count = fill_polled(broker, polled);
    nfds_t i;

    if (poll(polled, count, moment_timeout(next_moment(broker))) < 0)
        return;
    if (polled[POLL_CONTROL].revents)
        hear_control(broker, polled[POLL_CONTROL].revents);
    if (polled[POLL_SIGNALS].revents)
        hear_signals(broker);
    keep_moments(broker);
    for (i = POLL_LISTENERS; i < count; i++)
        if (polled[i].revents && is_admitting(broker))
            admission_accept(&broker->admission, polled[i].fd, &broker->connections,
                             &broker->worker);
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

int broker_run(const struct settings *settings)
{
    static struct broker broker;

    broker.settings = settings;
    broker.start_at = broker.kill_at = MOMENT_NEVER;
    broker.signals = open_signals();
    if (broker.signals < 0) {
        agent_error("cannot receive signals: %s", strerror(errno));
        return EXIT_FAILURE;
    }
    if (!connections_init(&broker.connections, (uint32_t)settings->limits.connections) ||
        !listeners_open(&broker.listeners, settings))
        return EXIT_FAILURE;
    start_worker(&broker);
    while (!broker.is_over)
        take_turn(&broker);
    listeners_close(&broker.listeners);
    return broker.status;
}
