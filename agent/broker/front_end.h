/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BROKER_FRONT_END_H
#define BROKER_FRONT_END_H

#include "agent/broker/memory_table.h"
#include "agent/control.h"
#include "agent/device.h"
#include "vhost/io.h"

/*
 * The VMM that uses a device, or a process in its place: a front end of vhost-user. What it says is
 * kept, for one worker after the other; what it should not say is the end of it.
 */

/* A vsock has a third ring, for events, which is not served. */
enum { FAULT_SIZE = 192, RINGS_MOST = DEVICE_RINGS_MOST + 1 };

struct ring {
    uint32_t size; /* 0: not yet known */
    bool has_addresses;
    uint64_t desc;
    uint64_t avail;
    uint64_t used;
    uint32_t base;
    bool is_started; /* by SET_VRING_KICK, until GET_VRING_BASE */
    bool is_enabled;
    int kick; /* -1: none */
    int call; /* -1: none */
};

struct front_end {
    int socket; /* -1: there is none */
    uint32_t device;
    const char *address;
    char peer[PEER_NAME_SIZE];
    struct vhost_receiver receiver;
    uint64_t features;
    uint64_t protocol_features;
    struct memory_table memory;
    struct ring rings[RINGS_MOST];
    uint32_t stopping;      /* the ring that GET_VRING_BASE named */
    char fault[FAULT_SIZE]; /* what a request had that no correct one has */
    _Atomic uint32_t *told; /* raised with what a worker must know; NULL: there is none */
    bool has_changed;       /* what a worker must know, since this was last set to false */
};

enum front_end_news {
    FRONT_END_LISTENS, /* nothing more at the moment */
    FRONT_END_STOPS, /* GET_VRING_BASE: front_end_stopped() must follow before it is heard again */
    FRONT_END_IS_GONE, /* it left, or broke the rules, with the reason logged */
};

void front_end_init(struct front_end *front, uint32_t device, const char *address);
void front_end_begin(struct front_end *front, int socket);
void front_end_end(struct front_end *front);

/* Do what it asks for, as far as it is there. */
enum front_end_news front_end_hear(struct front_end *front);

/* A part of a message has come, and the rest has not. */
bool front_end_is_midway(const struct front_end *front);

/* All that is needed to serve the rings is there, and they shall be served. */
bool front_end_is_running(const struct front_end *front);

/*
 * No ring is served any more. False: it does not take the answer.
 * @next  of each ring that was: the next index of its available entries
 */
bool front_end_stopped(struct front_end *front, const uint16_t next[DEVICE_RINGS_MOST]);

/* What a worker is told; @fds has DEVICE_FDS_MOST places. Returns how many are filled. */
size_t front_end_state(const struct front_end *front, struct device_state *state, int *fds);

/* Log a line about it, unless there were too many. */
void front_end_blame(const struct front_end *front, const char *sentence);

#endif
