/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/broker/keeper.h"
#include "agent/log.h"

#include <poll.h>
#include <string.h>

enum { LEAVE_MS = 1000 }; /* for an answer that somebody may not take */
enum { FIRST_PAUSE_MS = 1000, LONGEST_PAUSE_MS = 30000 };

static void start_later(struct keeper *keeper)
{
    keeper->pause_ms = keeper->pause_ms ? keeper->pause_ms * 2 : FIRST_PAUSE_MS;
    if (keeper->pause_ms > LONGEST_PAUSE_MS)
        keeper->pause_ms = LONGEST_PAUSE_MS;
    keeper->start_at = moment_now() + keeper->pause_ms;
    agent_info("the next worker is started in %d s", keeper->pause_ms / 1000);
}

/* That of a worker for sockets is always 0. */
static uint32_t next_generation(const struct site *site)
{
    if (!site->device)
        return 0;
    return site->generation == UINT32_MAX ? 1 : site->generation + 1;
}

static void start_worker(struct keeper *keeper)
{
    struct site *site = keeper->site;

    keeper->start_at = MOMENT_NEVER;
    site->generation = next_generation(site);
    if (worker_start(&keeper->worker, site->settings, keeper->ledger_fd, site->device,
                     site->generation))
        return;
    if (site->is_up)
        start_later(keeper);
    else
        site->has_failed = true;
}

void keeper_begin(struct keeper *keeper, struct site *site, int ledger_fd)
{
    *keeper = (struct keeper){
        .site = site, .ledger_fd = ledger_fd, .start_at = MOMENT_NEVER, .kill_at = MOMENT_NEVER};
    start_worker(keeper);
}

static void worker_is_ready(struct keeper *keeper)
{
    const struct site *site = keeper->site;

    if (keeper->worker.is_ready)
        return;
    keeper->worker.is_ready = true;
    keeper->pause_ms = 0;
    keeper->site->is_up = true;
    agent_info("worker %d is ready, with plugins %s%s%s", (int)keeper->worker.pid,
               site->settings->plugins, site->device ? ", for " : "",
               site->device ? site->device : "");
}

static void worker_leaves(struct keeper *keeper)
{
    if (keeper->worker.is_leaving)
        return;
    keeper->worker.is_leaving = true;
    keeper->kill_at = moment_earlier(keeper->kill_at, moment_now() + LEAVE_MS);
}

/* A worker that hears nothing any more is of no use; one that is finishing takes its time. */
bool keeper_receive(struct keeper *keeper, struct control_message *message, int *left)
{
    while (*left > 0 && worker_receive(&keeper->worker, message)) {
        --*left;
        if (message->type == CONTROL_READY)
            worker_is_ready(keeper);
        else if (message->type == CONTROL_FAULT)
            worker_leaves(keeper);
        else
            return true;
    }
    if (keeper->worker.control < 0 && !keeper->is_stopping)
        worker_kill(&keeper->worker);
    return false;
}

bool keeper_reap(struct keeper *keeper, char *how, size_t size)
{
    return worker_ended(&keeper->worker, how, size);
}

void keeper_go_on(struct keeper *keeper)
{
    bool at_once = keeper->worker.is_ready || keeper->is_replacing;

    worker_forget(&keeper->worker);
    keeper->is_replacing = false;
    keeper->kill_at = MOMENT_NEVER;
    if (keeper->is_stopping)
        return;
    if (at_once) {
        start_worker(keeper);
    } else if (keeper->site->is_up) {
        start_later(keeper);
    } else {
        agent_error("the first worker was not ready: see above why, and mend that");
        keeper->site->has_failed = true;
    }
}

void keeper_replace(struct keeper *keeper)
{
    keeper->is_replacing = true;
    worker_kill(&keeper->worker);
}

void keeper_hurry(struct keeper *keeper)
{
    if (keeper->start_at != MOMENT_NEVER)
        keeper->start_at = moment_now();
}

static void send_drain(struct keeper *keeper)
{
    if (!keeper->drain_is_sent)
        keeper->drain_is_sent = worker_drain(&keeper->worker);
}

void keeper_stop(struct keeper *keeper, moment kill_at)
{
    keeper->is_stopping = true;
    keeper->start_at = MOMENT_NEVER;
    keeper->kill_at = kill_at;
    if (keeper->worker.is_ready)
        send_drain(keeper);
    else
        worker_kill(&keeper->worker);
}

void keeper_end(struct keeper *keeper)
{
    if (!keeper->worker.pid)
        return;
    worker_kill(&keeper->worker);
    worker_forget(&keeper->worker);
}

short keeper_events(const struct keeper *keeper)
{
    return keeper->is_stopping && !keeper->drain_is_sent ? POLLIN | POLLOUT : POLLIN;
}

void keeper_has_room(struct keeper *keeper)
{
    if (keeper->is_stopping)
        send_drain(keeper);
}

moment keeper_next_moment(const struct keeper *keeper)
{
    return moment_earlier(keeper->start_at, keeper->kill_at);
}

void keeper_keep_moments(struct keeper *keeper, moment now)
{
    if (keeper->kill_at <= now) {
        keeper->kill_at = MOMENT_NEVER;
        worker_kill(&keeper->worker);
    }
    if (keeper->start_at <= now)
        start_worker(keeper);
}
