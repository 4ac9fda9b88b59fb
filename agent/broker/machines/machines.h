/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINES_MACHINES_H
#define MACHINES_MACHINES_H

#include "agent/broker/machines/machine.h"
#include "agent/broker/moment.h"
#include "agent/broker/polled.h"
#include "agent/settings.h"

/*
 * Machines whose vsock is a unix socket of their VMM's, at paths that an address stands for. They come
 * and go: the directories on the way are watched, and after a change all paths are looked at anew. What
 * changed is not read, so that no order of events, and none that was lost, can make the list wrong.
 */
struct machines {
    struct machine_paths {
        char pattern[ADDRESS_SIZE];
        uint32_t port;
    } paths[LISTEN_MOST];
    size_t nr_paths;
    const struct machine_paths *looked_at; /* by the look that goes on */
    struct machine *list[MACHINES_MOST];
    size_t count;
    struct watches watches;
    struct troubles troubles;
    moment rest_until; /* to look at all of them takes time, and who changes a directory costs it */
    moment look_at;    /* something ran out, and may be there again */
    size_t watches_at; /* where they are polled */
    size_t list_at;
};

/* Take the addresses of machines from the settings, and look. False: with the reason logged. */
bool machines_begin(struct machines *machines, const struct settings *settings);

/* @admitting  whether who connects is let in */
void machines_poll(struct machines *machines, struct polled *polled, bool admitting);

/* Whether somebody waits to be accepted at the machine of that place in the list. */
bool machines_are_called(const struct machines *machines, const struct polled *polled, size_t at);

/* Look again, if something has changed; the list is another one then. */
void machines_hear(struct machines *machines, const struct polled *polled);

moment machines_next_moment(const struct machines *machines);

/* Listen no more, and remove all files. */
void machines_end(struct machines *machines);

#endif
