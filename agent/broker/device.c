/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/broker/device.h"
#include "agent/broker/config_space.h"
#include "agent/broker/device_ledger.h"
#include "agent/log.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    SAY_AGAIN_MS = 20,
    NEXT_WORKER_MS = 10000, /* to return what another one left */
    HINT_MS = 10000,
    LOST_MOST = 3, /* workers, with a front end's memory */
    HOW_SIZE = 128,
    NAME_SIZE = ADDRESS_SIZE + PEER_NAME_SIZE,
};

static struct log_budget ends = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* Where device_poll() puts its two. */
enum { AT_WORKER, AT_FRONT_END };

struct device *device_begin(struct site *site, const struct listener *listener)
{
    struct device *device = malloc(sizeof(*device));
    int ledger_fd;

    if (!device) {
        agent_error("%s: no memory for another device", listener->address);
        return NULL;
    }
    *device = (struct device){.listener = listener,
                              .reset_ms = site->settings->timeouts.reset_ms,
                              .stall_ms = site->settings->timeouts.stall_ms,
                              .say_at = MOMENT_NEVER,
                              .patience = MOMENT_NEVER,
                              .stall_at = MOMENT_NEVER,
                              .hint_at = MOMENT_NEVER};
    front_end_init(&device->front, listener->device, listener->address);
    device->ledger = device_ledger_share(&ledger_fd);
    if (!device->ledger) {
        free(device);
        return NULL;
    }
    device->front.told = &device->ledger->told;
    keeper_begin(&device->keeper, site, ledger_fd);
    return device;
}

void device_end(struct device *device)
{
    keeper_end(&device->keeper);
    front_end_end(&device->front);
    device_ledger_free(device->ledger, device->keeper.ledger_fd);
    free(device);
}

bool device_is_ready(const struct device *device)
{
    return device->keeper.worker.is_ready && !device->keeper.is_replacing;
}

void device_take(struct device *device, int socket)
{
    front_end_begin(&device->front, socket);
    device->phase = DEVICE_SERVES;
    device->hint_is_given = false;
    device->nr_lost = 0;
    device->done = 0;
}

/* For log lines: where it is and, if it has one, its front end. */
static void describe(const struct device *device, char *name, size_t size)
{
    const char *peer = device->front.peer;

    snprintf(name, size, peer[0] ? "%s (%s)" : "%s", device->listener->address, peer);
}

static bool give_state(struct device *device)
{
    struct device_state state;
    int fds[DEVICE_FDS_MOST];
    size_t nr_fds = front_end_state(&device->front, &state, fds);

    /* Also rings that were disabled: what another worker left in flight is returned first. */
    state.is_running |= device->phase == DEVICE_STOPS;
    device->is_used = device->is_told = true;
    return worker_give_device(&device->keeper.worker, device->front.peer, &state, fds, nr_fds,
                              &device->header_is_sent);
}

static bool can_hear(const struct device *device)
{
    const struct keeper *keeper = &device->keeper;

    return keeper->worker.pid && keeper->worker.control >= 0 && !keeper->is_stopping &&
           !keeper->is_replacing;
}

/* What it does not take now is said again soon: that it takes nothing for long is not to be expected. */
static void tell_worker(struct device *device)
{
    device->say_at = MOMENT_NEVER;
    if (!can_hear(device))
        return;
    if (device->state_is_due)
        device->state_is_due = !give_state(device);
    if (device->stop_is_due && !device->state_is_due)
        device->stop_is_due = !worker_stop_device(&device->keeper.worker);
    if (device->state_is_due || device->stop_is_due)
        device->say_at = moment_now() + SAY_AGAIN_MS;
}

static void wait_for_stop(struct device *device, uint64_t patience_ms)
{
    device->stop_is_due = true;
    device->patience = moment_now() + (moment)patience_ms;
    tell_worker(device);
}

static void forget_rings(struct device *device)
{
    device_ledger_clear(device->ledger);
    device->is_told = device->is_forced = false;
    device->state_is_due = device->stop_is_due = false;
    device->patience = device->hint_at = MOMENT_NEVER;
}

/* Nobody is left who could use the front end's memory. What that did to workers is no matter any more. */
static void finish_leaving(struct device *device)
{
    forget_rings(device);
    front_end_end(&device->front);
    device->phase = DEVICE_IS_FREE;
    device->stall_at = MOMENT_NEVER;
    if (device->is_spoilt)
        keeper_hurry(&device->keeper);
    device->is_spoilt = false;
}

/* A worker that knows nothing of the front end is as good as new. */
static void begin_leaving(struct device *device)
{
    device->phase = DEVICE_IS_LEFT;
    device->state_is_due = device->header_is_sent;
    if (!device->is_used)
        finish_leaving(device);
    else if (device->is_forced || !device->is_told)
        keeper_replace(&device->keeper);
    else
        wait_for_stop(device, device->reset_ms);
}

/* All rings are stopped for one, and go on with it, if it is not the end of all. */
static void finish_stop(struct device *device)
{
    uint16_t next[DEVICE_RINGS_MOST];
    size_t i;

    for (i = 0; i < DEVICE_RINGS_MOST; i++)
        next[i] = device_ledger_next(device->ledger, i, device->front.rings[i].base);
    forget_rings(device);
    device->phase = DEVICE_SERVES;
    if (!front_end_stopped(&device->front, next))
        begin_leaving(device);
}

/* What a worker that died left in flight is for the next one to return. */
static void begin_stop(struct device *device)
{
    device->phase = DEVICE_STOPS;
    device->hint_at = MOMENT_NEVER;
    if (device->is_told || device_ledger_in_flight(device->ledger))
        wait_for_stop(device, device->is_told ? device->reset_ms : NEXT_WORKER_MS);
    else
        finish_stop(device);
}

static void hear_stopped(struct device *device)
{
    if (device->phase == DEVICE_STOPS)
        finish_stop(device);
    else if (device->phase == DEVICE_IS_LEFT)
        keeper_replace(&device->keeper);
}

static void receive(struct device *device)
{
    struct control_message message;
    int left = MESSAGES_A_TURN;

    while (keeper_receive(&device->keeper, &message, &left))
        if (message.type == CONTROL_DEVICE_STOPPED)
            hear_stopped(device);
}

/* Since poll() it may have become ready, and served already: that is in what it said. */
void device_stop(struct device *device, moment kill_at)
{
    receive(device);
    keeper_stop(&device->keeper, kill_at);
}

static void tell_end(const struct device *device, const char *how)
{
    unsigned int calls = device_ledger_in_flight(device->ledger);
    int pid = (int)device->keeper.worker.pid;
    char name[NAME_SIZE];

    describe(device, name, sizeof(name));
    if (device->keeper.is_stopping && calls)
        agent_warn("worker %d of %s %s before all calls had ended", pid, name, how);
    else if (!device->keeper.is_stopping && !device->keeper.is_replacing && agent_log_allows(&ends))
        agent_error("worker %d of %s %s; requests that it had: %u", pid, name, how, calls);
}

/* Nor is it that the worker ended. */
static void leave_the_dead(struct device *device)
{
    keeper_replace(&device->keeper);
    finish_leaving(device);
}

/* Each would die of it, as soon as it looks at the ring. */
static void give_up(struct device *device)
{
    front_end_blame(&device->front,
                    "is disconnected, as workers died one after the other when they touched its "
                    "memory: is there room where its file lies?");
    leave_the_dead(device);
}

/* In a row, and none of them took or returned a chain before. */
static void count_lost(struct device *device)
{
    uint64_t done = device_ledger_done(device->ledger);
    bool is_lost = device->is_used && device->keeper.worker.lost_memory && done == device->done;

    device->nr_lost = is_lost ? device->nr_lost + 1 : 0;
    device->done = done;
}

/* What was waiting for the worker to stop, and needs no other one for it. */
static void end_waiting(struct device *device)
{
    if (device->phase == DEVICE_IS_LEFT)
        leave_the_dead(device);
    else if (device->nr_lost == LOST_MOST)
        give_up(device);
    else if (device->phase == DEVICE_STOPS && !device_ledger_in_flight(device->ledger))
        finish_stop(device);
}

/* The next one is told what the last one knew, and begins with what that left in flight. */
void device_go_on(struct device *device)
{
    keeper_go_on(&device->keeper);
    if (device->phase == DEVICE_IS_FREE)
        return;
    device->state_is_due =
        front_end_is_running(&device->front) || device_ledger_in_flight(device->ledger);
    if (device->phase == DEVICE_STOPS) {
        device->is_forced = true;
        wait_for_stop(device, NEXT_WORKER_MS);
    }
    tell_worker(device);
}

bool device_reap(struct device *device)
{
    char how[HOW_SIZE];

    if (!keeper_reap(&device->keeper, how, sizeof(how)))
        return false;
    receive(device);
    tell_end(device, how);
    count_lost(device);
    device->is_spoilt = device->is_used;
    device->is_used = device->is_told = device->header_is_sent = false;
    device->state_is_due = device->stop_is_due = false;
    end_waiting(device);
    return true;
}

/* A machine may have no use for its vsock for ever; a driver of the accelerator says hello. */
static bool expects_requests(const struct device *device)
{
    return !device->hint_is_given && config_space_queues(device->front.device) == 1;
}

/* Rings that are not running, and were not, are of no interest to a worker. */
static void take_changes(struct device *device)
{
    bool is_running = front_end_is_running(&device->front);

    if (!device->front.has_changed)
        return;
    device->front.has_changed = false;
    if (!is_running && !device->is_told)
        return;
    if (is_running && expects_requests(device) && device->hint_at == MOMENT_NEVER)
        device->hint_at = moment_now() + HINT_MS;
    device->state_is_due = true;
    tell_worker(device);
}

static void hear_requests(struct device *device)
{
    enum front_end_news news = front_end_hear(&device->front);

    device->stall_at = news == FRONT_END_LISTENS && front_end_is_midway(&device->front)
                           ? moment_now() + (moment)device->stall_ms
                           : MOMENT_NEVER;
    if (news == FRONT_END_IS_GONE) {
        begin_leaving(device);
        return;
    }
    take_changes(device);
    if (news == FRONT_END_STOPS)
        begin_stop(device);
}

void device_poll(struct device *device, struct polled *polled)
{
    bool listens = !device->keeper.is_stopping && device->phase == DEVICE_SERVES;

    device->polled_at =
        polled_add(polled, device->keeper.worker.control, keeper_events(&device->keeper));
    polled_add(polled, listens ? device->front.socket : -1, POLLIN);
}

void device_hear_worker(struct device *device, const struct polled *polled)
{
    short events = polled->list[device->polled_at + AT_WORKER].revents;

    if (events & POLLOUT)
        keeper_has_room(&device->keeper);
    if (events & ~POLLOUT)
        receive(device);
}

void device_hear_front_end(struct device *device, const struct polled *polled)
{
    short events = polled->list[device->polled_at + AT_FRONT_END].revents;

    if (events && device->phase == DEVICE_SERVES)
        hear_requests(device);
}

moment device_next_moment(const struct device *device)
{
    moment next = moment_earlier(device->say_at, device->patience);

    next = moment_earlier(next, device->stall_at);
    next = moment_earlier(next, keeper_next_moment(&device->keeper));
    return moment_earlier(next, device->hint_at);
}

/* The VMM waits, all its processors with it. */
static void lose_patience(struct device *device)
{
    device->patience = MOMENT_NEVER;
    if (device->phase == DEVICE_IS_LEFT) {
        keeper_replace(&device->keeper);
    } else if (device->is_forced || !device->is_told) {
        front_end_blame(&device->front, "the requests in flight could not be returned, and the "
                                        "front end is disconnected");
        device->is_forced = true;
        begin_leaving(device);
    } else {
        agent_warn("%s: %s: the VM stops its device, and calls did not end within %llu ms "
                   "(setting reset_ms): worker %d is killed",
                   device->listener->address, device->front.peer,
                   (unsigned long long)device->reset_ms, (int)device->keeper.worker.pid);
        device->is_forced = true;
        keeper_replace(&device->keeper);
    }
}

/* While the agent stops it is not heard. */
static void end_stall(struct device *device)
{
    device->stall_at = MOMENT_NEVER;
    if (device->keeper.is_stopping)
        return;
    front_end_blame(&device->front,
                    "has begun a message and says nothing more (setting stall_ms): it is "
                    "disconnected");
    begin_leaving(device);
}

/* Since the ring was started no chain was taken. */
static bool is_unused(const struct device *device)
{
    uint16_t base = (uint16_t)device->front.rings[0].base;

    return device_ledger_next(device->ledger, 0, base) == base &&
           !device_ledger_in_flight(device->ledger);
}

static void give_hint(struct device *device)
{
    device->hint_at = MOMENT_NEVER;
    if (device->hint_is_given || !front_end_is_running(&device->front) || !is_unused(device))
        return;
    device->hint_is_given = true;
    front_end_blame(&device->front, "has a running queue but no request came: does the VM's "
                                    "memory have share=on?");
}

void device_keep_moments(struct device *device, moment now)
{
    bool had_worker = device->keeper.worker.pid;

    keeper_keep_moments(&device->keeper, now);
    if (device->say_at <= now || (!had_worker && device->keeper.worker.pid))
        tell_worker(device);
    if (device->patience <= now)
        lose_patience(device);
    if (device->stall_at <= now)
        end_stall(device);
    if (device->hint_at <= now)
        give_hint(device);
}
