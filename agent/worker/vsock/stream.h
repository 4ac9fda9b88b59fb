/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WORKER_VSOCK_STREAM_H
#define WORKER_VSOCK_STREAM_H

#include "agent/worker/device/chain.h"
#include "stream/span.h"
#include "stream/stream.h"
#include "virtio/vsock.h"

#include <pthread.h>

struct vsock;

/*
 * A stream between a port of the guest and the agent's. What comes is held in a buffer until somebody
 * receives it; if somebody waits it goes to where he wants it. As much as the buffer holds is promised to
 * the guest, which may not send more.
 */

enum { VSOCK_PROMISED = 256 * 1024 };

struct vsock_stream {
    struct vsock *vsock;
    struct vsock_stream *next; /* in its bucket; under the lock of all */
    bool is_listed;            /* likewise */
    size_t slot;               /* in the ledger */
    uint32_t port;             /* the guest's */

    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t arrived;
    pthread_cond_t allowed;
    unsigned char *buffer; /* VSOCK_PROMISED bytes */
    size_t start;
    size_t held;         /* bytes, from start on, which go round at the end */
    struct span *wanted; /* where who waits wants them; NULL: nobody does */
    size_t received;     /* bytes that went there */
    atomic_uint taken;   /* bytes in all that are not held any more */
    atomic_uint told;    /* of that, the guest knows */

    uint32_t sent; /* bytes in all, to the guest */
    uint32_t peer_promised;
    uint32_t peer_taken;

    bool peer_sends; /* may still send */
    bool peer_receives;
    bool sends; /* we do */
    bool receives;
    atomic_bool is_reset;
    bool is_kept;            /* by who took a packet of it, until that is answered */
    unsigned int receive_ms; /* 0: for ever */
    unsigned int send_ms;
};

/* NULL: no memory. */
struct vsock_stream *vsock_stream_new(struct vsock *vsock, uint32_t port);
void vsock_stream_free(struct vsock_stream *stream);

/* A packet's header, from us. Of one that is told what was taken: under the turn of the ring, see vsock_tell(). */
struct vsock_header vsock_stream_header(const struct vsock_stream *stream, uint16_t op);

/* Under its lock, by who takes packets. */

/* What every packet tells. */
void vsock_stream_hear(struct vsock_stream *stream, const struct vsock_header *header);
/* Bytes to read in @chain from @at on. False: more than was promised; then none was taken. */
bool vsock_stream_put(struct vsock_stream *stream, struct chain_side *side, uint64_t at,
                      size_t size);
/* Whether the guest should be told that there is room again. Then it is as good as told. */
bool vsock_stream_owes_credit(struct vsock_stream *stream);
/* @flags  what the guest will not do any more */
void vsock_stream_shut(struct vsock_stream *stream, uint32_t flags);

/* Under its lock: nothing comes or goes any more. */
void vsock_stream_reset(struct vsock_stream *stream);

/* By who kept it, without its lock: it may be freed. */
void vsock_stream_let_go(struct vsock_stream *stream);
/* Until then. */
void vsock_stream_wait_let_go(struct vsock_stream *stream);

extern const struct stream_carrier vsock_carrier;

#endif
