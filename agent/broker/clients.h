/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BROKER_CLIENTS_H
#define BROKER_CLIENTS_H

#include "agent/broker/admission.h"
#include "agent/broker/connections.h"
#include "agent/broker/keeper.h"
#include "agent/broker/listeners.h"
#include "agent/broker/machines/machines.h"
#include "agent/broker/polled.h"

/* Who comes by sockets, and the worker that serves them all. */
struct clients {
    const struct listeners *listeners;
    struct machines *machines;
    struct connections connections;
    struct admission admission;
    struct site site;
    struct keeper keeper;
    size_t control_at; /* where they are polled */
    size_t listeners_at;
};

/* False: with the reason logged. */
bool clients_begin(struct clients *clients, const struct settings *settings,
                   const struct listeners *listeners, struct machines *machines);

void clients_poll(struct clients *clients, struct polled *polled);

/* What their worker said. */
void clients_hear_worker(struct clients *clients, const struct polled *polled);

/* If their worker ended tell them, and start the next one. */
void clients_reap(struct clients *clients);

/* Let those in who wait, and look for machines that came or went. */
void clients_admit(struct clients *clients, const struct polled *polled);

moment clients_next_moment(const struct clients *clients);

#endif
