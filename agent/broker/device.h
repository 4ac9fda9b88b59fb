/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BROKER_DEVICE_H
#define BROKER_DEVICE_H

#include "agent/broker/front_end.h"
#include "agent/broker/keeper.h"
#include "agent/broker/listeners.h"
#include "agent/broker/polled.h"

/*
 * A virtio device: one front end at a time, and a worker of its own. A worker serves one front end;
 * then it is killed, so that nothing of a VM is left for the next one.
 */

enum device_phase {
    DEVICE_IS_FREE,
    DEVICE_SERVES,  /* a front end */
    DEVICE_STOPS,   /* its ring, and the front end waits for that */
    DEVICE_IS_LEFT, /* by the front end; the worker may still be using its memory */
};

struct device {
    const struct listener *listener;
    uint64_t reset_ms;
    enum device_phase phase;
    struct front_end front;
    struct device_ledger *ledger;
    struct keeper keeper;
    bool is_used;        /* the worker knows of the front end */
    bool is_told;        /* and of the ring, since that was started */
    bool state_is_due;   /* to be said to the worker */
    bool header_is_sent; /* of that, the rest is not */
    bool stop_is_due;    /* to be said after it */
    bool is_forced;      /* the worker was killed to stop the ring */
    bool hint_is_given;
    moment say_at;    /* what is due and was not taken */
    moment patience;  /* with a worker that has to stop */
    moment hint_at;   /* if the running ring was not used until then */
    moment accept_at; /* descriptors or memory ran out: wait a little */
    size_t polled_at; /* three: the worker, the listener, the front end */
};

/* False: with the reason logged. */
bool device_begin(struct device *device, const struct settings *settings,
                  const struct listener *listener);

void device_poll(struct device *device, struct polled *polled);

/* What its worker said. */
void device_hear_worker(struct device *device, const struct polled *polled);

/* If its worker ended start the next one, which goes on. */
void device_reap(struct device *device);

/* What its front end wants, or one that waits to be. */
void device_hear_front_end(struct device *device, const struct polled *polled);

moment device_next_moment(const struct device *device);
void device_keep_moments(struct device *device, moment now);

#endif
