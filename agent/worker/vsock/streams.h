/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WORKER_VSOCK_STREAMS_H
#define WORKER_VSOCK_STREAMS_H

#include "agent/worker/vsock/stream.h"

/* The streams of a vsock, by the guest's port. */

enum { STREAM_BUCKETS = 256 };

struct device_ledger;

struct streams {
    struct device_ledger *ledger; /* where the ports are noted that the guest takes for connected */
    pthread_mutex_t lock;         /* of what follows; taken before that of a stream */
    struct vsock_stream *buckets[STREAM_BUCKETS];
    size_t count; /* those that were reset and are still in use among them */
    size_t most;
};

void streams_begin(struct streams *streams, struct device_ledger *ledger, size_t most);
void streams_end(struct streams *streams);

/* One more, which can be found. NULL: the port has one, there are too many, or there is no memory. */
struct vsock_stream *streams_add(struct streams *streams, struct vsock *vsock, uint32_t port);

/* The one of that port, with its lock taken. NULL: there is none. */
struct vsock_stream *streams_find(struct streams *streams, uint32_t port);

/* It cannot be found any more, and is reset: nothing comes or goes. Whoever uses it still has it. */
void streams_reset(struct streams *streams, uint32_t port);
void streams_reset_all(struct streams *streams);

/* Nobody uses it but the caller: free it. Returns whether the guest takes it for connected. */
bool streams_remove(struct streams *streams, struct vsock_stream *stream);

#endif
