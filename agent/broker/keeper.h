/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BROKER_KEEPER_H
#define BROKER_KEEPER_H

#include "agent/broker/moment.h"
#include "agent/broker/worker_process.h"

/* Where workers serve: one after the other and, at an address of virtio devices, side by side. */
struct site {
    const struct settings *settings;
    const char *device;  /* the address of virtio devices; NULL: sockets */
    uint32_t generation; /* of the latest worker at such an address: no two have the same */
    bool is_up;          /* a worker was ready */
    bool has_failed;     /* the first one of all was not */
};

/* Keeps a worker: when one ends the next is started, at once or, if it was never ready, after a pause. */
struct keeper {
    struct site *site;
    int ledger_fd;
    struct worker worker;
    bool is_replacing; /* it is killed so that the next one begins clean */
    bool is_stopping;
    bool drain_is_sent;
    int pause_ms;    /* before the next worker is started */
    moment start_at; /* a worker; never while there is one */
    moment kill_at;  /* the worker that was told to finish */
};

/* Start the first worker. */
void keeper_begin(struct keeper *keeper, struct site *site, int ledger_fd);

/* What its control socket is polled for. */
short keeper_events(const struct keeper *keeper);

/* There is room in it again. */
void keeper_has_room(struct keeper *keeper);

/* Messages that a worker may say in a turn of the broker's, which has others to hear. */
enum { MESSAGES_A_TURN = 64 };

/*
 * The worker's next message, without waiting; that it is ready or leaves is no news for others. *@left counts down
 * to 0, where what else there is waits for the next turn.
 */
bool keeper_receive(struct keeper *keeper, struct control_message *message, int *left);

/* Whether the worker ended, and how. What it said can still be received; keeper_go_on() must follow. */
bool keeper_reap(struct keeper *keeper, char *how, size_t size);
void keeper_go_on(struct keeper *keeper);

/* Kill the worker; that is no trouble, and the next one is started at once. */
void keeper_replace(struct keeper *keeper);

/* Whatever kept the last worker from being ready is gone: wait no longer with the next one. */
void keeper_hurry(struct keeper *keeper);

/* End the worker at once, and wait for that. */
void keeper_end(struct keeper *keeper);

/* Let the worker finish, and start no other one. */
void keeper_stop(struct keeper *keeper, moment kill_at);

moment keeper_next_moment(const struct keeper *keeper);
void keeper_keep_moments(struct keeper *keeper, moment now);

#endif
