/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WORKER_SESSION_H
#define WORKER_SESSION_H

#include "agent/worker/incoming.h"
#include "vaccel/session.h"

/* A client's session: one of the library's, and what its operations took. */

enum { REGIONS_MOST = 64 };

struct worker_session {
    struct object object;
    struct vaccel_session sess;
    /* Held for reading while what runs depends on which plugin serves it: policy.h. */
    pthread_rwlock_t choice;
    pthread_mutex_t lock; /* of the regions */
    struct wire_region regions[REGIONS_MOST];
    size_t nr_regions;
};

/* Until session_leave(). NULL: there is none, which is logged. */
struct worker_session *session_use(struct client *client, uint64_t id);
void session_leave(struct client *client, struct worker_session *session);

/* An operation took that long. */
void session_count(struct worker_session *session, const char *name, uint64_t time_ns);

#endif
