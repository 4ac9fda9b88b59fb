/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BROKER_WORKER_PROCESS_H
#define BROKER_WORKER_PROCESS_H

#include "agent/control.h"
#include "agent/device.h"
#include "agent/settings.h"

#include <limits.h>
#include <stddef.h>
#include <sys/types.h>

/* The process that runs the plugins. */
struct worker {
    pid_t pid;   /* 0: there is none */
    int control; /* -1: it closed its end */
    bool is_ready;
    bool is_leaving;     /* it said that it ends, and takes nobody more */
    bool lost_memory;    /* it ended, as what was mapped could not be touched */
    const char *device;  /* where the virtio device is that it serves; NULL: it serves sockets */
    uint32_t generation; /* of one for a device */
    char run_directory[PATH_MAX];
};

/*
 * Start one and send it the settings. False: with the reason logged, and there is none.
 * @device      where the virtio device is that it shall serve; NULL: it shall serve sockets
 * @generation  of the worker of a device, else 0
 */
bool worker_start(struct worker *worker, const struct settings *settings, int ledger_fd,
                  const char *device, uint32_t generation);

/* Its next message, without waiting. False: there is none, or never will be (control is -1). */
bool worker_receive(struct worker *worker, struct control_message *message);

/* Whether it would take a message now. */
bool worker_can_take(const struct worker *worker);

/* Hand over a connected socket, of a client of @machine or, if that is NULL, of another. False if it takes no message. */
bool worker_give_socket(const struct worker *worker, int socket, uint32_t slot,
                        const char *machine);

/*
 * Say how its device is, and whose (@peer), in two packets: once this has returned false nothing else
 * may be said until it has returned true. @header_is_sent is what is to be known meanwhile; false at first.
 */
bool worker_give_device(const struct worker *worker, const char *peer,
                        const struct device_state *state, const int *fds, size_t nr_fds,
                        bool *header_is_sent);

/* Tell it to stop its device. False if it takes no message. */
bool worker_stop_device(const struct worker *worker);

/* Tell it to finish. False if it takes no message. */
bool worker_drain(const struct worker *worker);

void worker_kill(const struct worker *worker);

/*
 * Whether it ended; how is said in @how, "died of signal 11 (Segmentation fault)". worker_forget() must
 * follow; until then its number is nobody else's.
 */
bool worker_ended(struct worker *worker, char *how, size_t size);

/* Of one that ended or was killed: end what it began and left behind, and free what the broker had. */
void worker_forget(struct worker *worker);

#endif
