/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STREAM_STREAM_H
#define STREAM_STREAM_H

#include "stream/outbox.h"
#include "stream/pieces.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * Messages over a connected socket, or what is used like one, for both ends. One thread at a time
 * receives; any number send, and take turns. Bytes of payload go from and to where they are wanted: what
 * is read ahead beside a header, and copied from there, is at most STREAM_AHEAD bytes.
 *
 * Calls return VACCEL_OK; VACCEL_ESESS, the other side closed the connection, or this one did;
 * VACCEL_EAGAIN, the time that stream_set_patience() set went by without a byte; VACCEL_EREMOTEIO,
 * another error of the socket, which errno tells.
 */
enum { STREAM_AHEAD = 2048, STREAM_PATIENCE = 3 };

struct stream;

/*
 * What carries the bytes. Functions return what the socket calls do that they are named for, with errno, and
 * wait no longer than the patience that was set: EAGAIN then.
 */
struct stream_carrier {
    /* @flags  MSG_DONTWAIT or MSG_WAITALL. Elements of @list may be changed if anything was received. */
    ssize_t (*receive)(struct stream *stream, struct iovec *list, size_t count, int flags);
    ssize_t (*send)(struct stream *stream, const struct iovec *list, size_t count);
    /*
     * Wait until there is something to receive, be it the end, but at most @most nanoseconds. False: there is
     * nothing, and errno is EAGAIN. NULL: for a stream that gets no deadline.
     */
    bool (*wait)(struct stream *stream, uint64_t most);
    /* Whether send() would take a short message without waiting. Of the agent's streams alone. */
    bool (*takes_bytes)(struct stream *stream);
    void (*shutdown)(struct stream *stream, int way);
    /* 0: for ever. -1: it has no such thing; only a socket, which is polled then. */
    int (*set_patience)(struct stream *stream, unsigned int receive_ms, unsigned int send_ms);
    void (*close)(struct stream *stream);
};

extern const struct stream_carrier socket_carrier;

struct stream {
    const struct stream_carrier *carrier;
    int fd;                            /* of a socket */
    void *carried;                     /* of what is none: the carrier's own */
    bool waits_for_all;                /* MSG_WAITALL does what it says, whatever the size */
    unsigned char ahead[STREAM_AHEAD]; /* received, not yet wanted: from start to end */
    size_t start;
    size_t end;
    struct outbox outbox;
    uint64_t patience_ns;       /* of one look for bytes; 0: for ever */
    bool has_no_timeouts;       /* the system's sockets: so they are polled before they are used */
    int no_signal;              /* MSG_NOSIGNAL, or 0. Of who sends */
    uint64_t deadline;          /* of platform_clock(): receiving is over by then; 0: none */
    atomic_uint_fast64_t moved; /* bytes there and back; who waits sees whether anything goes on */
    /* Not 0 while a message is being sent, so that whoever shares it sends nothing between. */
    _Atomic uint32_t *sending;
};

/* @fd  taken over; @sending  may be NULL */
void stream_init(struct stream *stream, int fd, _Atomic uint32_t *sending);

/* Of what is no socket. */
void stream_init_carried(struct stream *stream, const struct stream_carrier *carrier,
                         void *carried);

/* Close the socket. No thread uses it any more. */
void stream_end(struct stream *stream);

/*
 * How long sending, and receiving the rest of a message, may stand still; stream_wait() a third of
 * that. 0: for ever.
 */
void stream_set_patience(struct stream *stream, unsigned int ms);

/* Whether a message has begun to come, after asking the kernel but not waiting. */
int stream_look(struct stream *stream);

/* Wait until one has. */
int stream_wait(struct stream *stream);

/* Receive exactly @size bytes. */
int stream_receive(struct stream *stream, void *data, size_t size);

/* Receive exactly @size bytes into the next of @pieces, which are at least as many. */
int stream_receive_pieces(struct stream *stream, struct pieces *pieces, size_t size);

/* Receive @size bytes that nobody wants. */
int stream_discard(struct stream *stream, size_t size);

/*
 * Send one message: header and body as they are, then the payload, in as many parts as it takes. A
 * small one may be copied and sent by the thread that is just sending; then an error is that one's.
 * @head    a struct wire_header and the body, @size bytes; payload_size and flags are set here
 * @pieces  the payload; may be NULL. They are used up
 */
int stream_send(struct stream *stream, void *head, size_t size, struct pieces *pieces);

/* Send a message without payload; when this returns it was sent, and all that came before it. */
int stream_send_last(struct stream *stream, void *head, size_t size);

/* Send a message without payload, but do not wait for others to be sent: EBUSY then. */
int stream_try_send(struct stream *stream, void *head, size_t size);

/* What the errno of a socket call means. */
int stream_explain(void);

#endif
