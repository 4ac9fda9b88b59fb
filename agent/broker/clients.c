/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/broker/clients.h"
#include "agent/log.h"

#include <stdio.h>

enum { HOW_SIZE = 128, SENTENCE_SIZE = 256 };

bool clients_begin(struct clients *clients, const struct settings *settings,
                   const struct listeners *listeners, struct machines *machines)
{
    clients->listeners = listeners;
    clients->machines = machines;
    if (!connections_init(&clients->connections, (uint32_t)settings->limits.connections))
        return false;
    clients->site = (struct site){.settings = settings};
    keeper_begin(&clients->keeper, &clients->site, clients->connections.ledger_fd);
    return true;
}

static bool is_admitting(const struct clients *clients)
{
    const struct worker *worker = &clients->keeper.worker;

    return worker->is_ready && !worker->is_leaving && worker->control >= 0 &&
           !clients->keeper.is_stopping && !clients->admission.worker_is_busy &&
           clients->admission.not_before <= moment_now();
}

void clients_poll(struct clients *clients, struct polled *polled)
{
    bool admitting = is_admitting(clients);
    short room = clients->admission.worker_is_busy ? POLLOUT : 0;
    size_t i;

    clients->control_at = polled_add(polled, clients->keeper.worker.control,
                                     (short)(keeper_events(&clients->keeper) | room));
    clients->listeners_at = polled->count;
    for (i = 0; i < clients->listeners->count; i++) {
        const struct listener *listener = &clients->listeners->list[i];

        polled_add(polled, admitting && !listener->device ? listener->fd : -1, POLLIN);
    }
    machines_poll(clients->machines, polled, admitting);
}

static void receive(struct clients *clients, int most)
{
    struct control_message message;

    while (keeper_receive(&clients->keeper, &message, &most))
        if (message.type == CONTROL_CLOSED)
            connections_drop(&clients->connections, message.slot);
}

void clients_hear_worker(struct clients *clients, const struct polled *polled)
{
    short events = polled->list[clients->control_at].revents;

    if (events & POLLOUT) {
        clients->admission.worker_is_busy = false;
        keeper_has_room(&clients->keeper);
    }
    if (events & ~POLLOUT)
        receive(clients, MESSAGES_A_TURN);
}

static void tell_end(const struct clients *clients, const char *how)
{
    int pid = (int)clients->keeper.worker.pid;

    if (!clients->keeper.is_stopping)
        agent_error("worker %d %s; connections that it had: %u", pid, how,
                    clients->connections.count);
    else if (clients->connections.count)
        agent_warn("worker %d %s before all calls had ended", pid, how);
}

void clients_reap(struct clients *clients)
{
    char how[HOW_SIZE];
    char sentence[SENTENCE_SIZE];

    if (!keeper_reap(&clients->keeper, how, sizeof(how)))
        return;
    /* There is no other turn: it may have been done with all of them. */
    receive(clients, CONNECTIONS_MOST);
    tell_end(clients, how);
    if (clients->keeper.is_stopping)
        snprintf(sentence, sizeof(sentence), "the agent was stopped before this call had ended");
    else
        snprintf(sentence, sizeof(sentence), "the agent's worker %s: begin a new session", how);
    connections_end(&clients->connections, sentence);
    clients->admission.worker_is_busy = false;
    keeper_go_on(&clients->keeper);
}

static void admit_one(struct clients *clients, int listening, const char *machine)
{
    if (is_admitting(clients))
        admission_accept(&clients->admission, listening, machine, &clients->connections,
                         &clients->keeper.worker);
}

void clients_admit(struct clients *clients, const struct polled *polled)
{
    const struct machines *machines = clients->machines;
    size_t i;

    for (i = 0; i < clients->listeners->count; i++)
        if (polled->list[clients->listeners_at + i].revents)
            admit_one(clients, clients->listeners->list[i].fd, NULL);
    for (i = 0; i < machines->count; i++)
        if (machines_are_called(machines, polled, i))
            admit_one(clients, machines->list[i]->fd, machines->list[i]->name);
    machines_hear(clients->machines, polled);
}

moment clients_next_moment(const struct clients *clients)
{
    moment next = moment_earlier(keeper_next_moment(&clients->keeper),
                                 machines_next_moment(clients->machines));

    if (clients->admission.not_before > moment_now())
        next = moment_earlier(next, clients->admission.not_before);
    return next;
}
