/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BROKER_WORKER_PROCESS_H
#define BROKER_WORKER_PROCESS_H

#include "agent/control.h"
#include "agent/settings.h"

#include <limits.h>
#include <stddef.h>
#include <sys/types.h>

/* The process that runs the plugins. */
struct worker {
    pid_t pid;   /* 0: there is none */
    int control; /* -1: it closed its end */
    bool is_ready;
    char run_directory[PATH_MAX];
};

/* Start one and send it the settings. False: with the reason logged, and there is none. */
bool worker_start(struct worker *worker, const struct settings *settings, int ledger_fd);

/* Its next message, without waiting. False: there is none, or never will be (control is -1). */
bool worker_receive(struct worker *worker, struct control_message *message);

/* Whether it would take a message now. */
bool worker_can_take(const struct worker *worker);

/* Hand over a connected socket. False if it takes no message. */
bool worker_give_socket(const struct worker *worker, int socket, uint32_t slot);

/* Tell it to finish. False if it takes no message. */
bool worker_drain(const struct worker *worker);

void worker_kill(const struct worker *worker);

/*
 * Whether it ended; how is said in @how, "died of signal 11 (Segmentation fault)". What it began and
 * left behind is ended too. worker_forget() must follow.
 */
bool worker_ended(const struct worker *worker, char *how, size_t size);

/* Free what the broker had for it: there is none now. */
void worker_forget(struct worker *worker);

#endif
