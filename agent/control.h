/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AGENT_CONTROL_H
#define AGENT_CONTROL_H

#include "agent/settings.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * Between the broker and its worker, which are of the same build and trust each other. They share
 * a SOCK_SEQPACKET socket, of which one packet is one struct control_message, and a piece of
 * memory, struct ledger. Both are open in the worker when it is executed, under fixed numbers.
 *
 * The broker sends CONTROL_SETTINGS first, once, and struct settings as the packet after it.
 * The worker loads its plugins, says CONTROL_READY, and from then on gets sockets.
 *
 * A worker serves sockets, or one virtio device alone: then the slot of CONTROL_SETTINGS is not 0, and
 * what is under LEDGER_FD is a struct device_ledger (agent/device.h). Its number is the generation of
 * the ids that it hands out: those of a worker before it mean nothing to it.
 */

enum {
    CONTROL_FD = 3,
    LEDGER_FD = 4,
    PEER_NAME_SIZE = 256,
};

enum control_type {
    CONTROL_SETTINGS = 1, /* to the worker */
    CONTROL_READY = 2,    /* from the worker: plugins are loaded */
    CONTROL_SOCKET = 3,   /* to the worker: a connected socket (SCM_RIGHTS), its slot and peer */
    CONTROL_CLOSED = 4,   /* from the worker: it is done with the connection in @slot */
    CONTROL_DRAIN = 5,    /* to the worker: begin nothing new, end what runs, exit with 0 */
    /*
     * To the worker: the device is now like this: struct device_state is the packet after it, with its
     * descriptors (SCM_RIGHTS). It may come before CONTROL_READY, and again while calls run.
     */
    CONTROL_DEVICE = 6,
    CONTROL_DEVICE_STOP =
        7, /* to the worker: take nothing more from the rings, end what runs, answer */
    /* From the worker: it uses neither rings nor memory any more; the ledger tells how far it got. */
    CONTROL_DEVICE_STOPPED = 8,
    /* From the worker: a plugin can do nothing more in it. It ends once it has answered who is to blame. */
    CONTROL_FAULT = 9,
};

/* A worker exits with this after CONTROL_FAULT: its log has what the plugin said. */
enum { WORKER_FAULTY = 4 };

struct control_message {
    uint32_t type;
    uint32_t slot;
    /*
     * For log lines. Of a socket: who connected, "unix uid 0 pid 123", "tcp [::1]:4711", "machine vm1
     * (unix uid 0 pid 123)". Of the settings
     * of a device: where it is, "vhost-user:///run/vm0.sock"; and once it has a front end that, and who.
     */
    char peer[PEER_NAME_SIZE];
};

/*
 * The broker keeps each socket too, so that it can tell a client that the worker died. It may do so
 * only if the worker was not in the middle of a message: the worker sets its slot around sending.
 */
struct ledger {
    _Atomic uint32_t sending[CONNECTIONS_MOST]; /* by slot */
};

#endif
