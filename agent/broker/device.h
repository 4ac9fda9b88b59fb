/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BROKER_DEVICE_H
#define BROKER_DEVICE_H

#include "agent/broker/front_end.h"
#include "agent/broker/keeper.h"
#include "agent/broker/listeners.h"
#include "agent/broker/polled.h"

/*
 * A virtio device: one front end, and a worker of its own. A worker serves one front end; then it is
 * killed, so that nothing of a VM is left for the next one.
 */

enum device_phase {
    DEVICE_IS_FREE, /* and waits for a front end */
    DEVICE_SERVES,  /* one */
    DEVICE_STOPS,   /* its rings, and the front end waits for that */
    DEVICE_IS_LEFT, /* by the front end; the worker may still be using its memory */
};

struct device {
    const struct listener *listener;
    uint64_t reset_ms;
    uint64_t stall_ms;
    enum device_phase phase;
    struct front_end front;
    struct device_ledger *ledger;
    struct keeper keeper;
    bool is_used;        /* the worker knows of the front end */
    bool is_told;        /* and of the rings, since they were started */
    bool state_is_due;   /* to be said to the worker */
    bool header_is_sent; /* of that, the rest is not */
    bool stop_is_due;    /* to be said after it */
    bool is_forced;      /* the worker was killed to stop the rings */
    bool hint_is_given;
    bool is_spoilt;   /* the last worker ended with a front end, which is there still */
    int nr_lost;      /* workers, one after the other, to its memory, which cannot be touched */
    uint64_t done;    /* with its chains, when the last worker ended */
    moment say_at;    /* what is due and was not taken */
    moment patience;  /* with a worker that has to stop */
    moment stall_at;  /* if the front end is in the middle of a message until then */
    moment hint_at;   /* if the running ring was not used until then */
    size_t polled_at; /* two: the worker, the front end */
};

/* A new one that is free, and whose worker is started. NULL: with the reason logged. */
struct device *device_begin(struct site *site, const struct listener *listener);

/* End its worker, let go of its front end, and free it. */
void device_end(struct device *device);

/* Its worker has the plugins loaded. */
bool device_is_ready(const struct device *device);

/* It was free, and serves who is at the other end of @socket. */
void device_take(struct device *device, int socket);

void device_poll(struct device *device, struct polled *polled);

/* What its worker said. */
void device_hear_worker(struct device *device, const struct polled *polled);

/* Its worker finishes, until @kill_at. One that is not ready is killed. */
void device_stop(struct device *device, moment kill_at);

/*
 * Whether its worker ended. Then must follow device_go_on(), which starts the next one, or, if the device
 * is free now, device_end().
 */
bool device_reap(struct device *device);
void device_go_on(struct device *device);

/* What its front end wants. */
void device_hear_front_end(struct device *device, const struct polled *polled);

moment device_next_moment(const struct device *device);
void device_keep_moments(struct device *device, moment now);

#endif
