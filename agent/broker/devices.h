/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BROKER_DEVICES_H
#define BROKER_DEVICES_H

#include "agent/broker/device.h"

/*
 * The devices at one address: each front end that connects gets one of its own. One more is the spare,
 * whose worker has its plugins loaded and waits, unless the setting front_ends allows no more.
 */
struct devices {
    struct site site;
    const struct listener *listener;
    struct device *list[FRONT_ENDS_MOST];
    size_t count;
    size_t most;
    bool is_stopping;
    moment rest_until; /* descriptors or memory ran out: wait a little */
    size_t listener_at;
};

/* Begin the first spare. False: with the reason logged. */
bool devices_begin(struct devices *devices, const struct settings *settings,
                   const struct listener *listener);

/* See to it that there is one spare, not more, and say what is waited for. */
void devices_poll(struct devices *devices, struct polled *polled);

/* What their workers said. */
void devices_hear_workers(struct devices *devices, const struct polled *polled);

/* Go on without the workers that ended. */
void devices_reap(struct devices *devices);

/* What front ends want, and one that waits to be. */
void devices_hear_front_ends(struct devices *devices, const struct polled *polled);

moment devices_next_moment(const struct devices *devices);
void devices_keep_moments(struct devices *devices, moment now);

/* Let the workers finish, and start no other ones. */
void devices_stop(struct devices *devices, moment kill_at);
void devices_kill_workers(const struct devices *devices);
bool devices_have_workers(const struct devices *devices);

void devices_end(struct devices *devices);

#endif
