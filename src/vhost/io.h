/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VHOST_IO_H
#define VHOST_IO_H

#include "vhost/vhost.h"

/*
 * Messages of vhost-user over a connected unix socket, for both ends. The other side may be hostile:
 * what it sends is bounded, and descriptors that come along are closed unless somebody takes them;
 * a socket is never one of them.
 * A header is right when this returns it; whether request, size of the body and number of descriptors
 * go together is for the caller to see. Of a body that is shorter than its struct the rest is zeros.
 */

enum vhost_result {
    VHOST_COMPLETE,   /* a message is there */
    VHOST_INCOMPLETE, /* nothing more to receive at the moment */
    VHOST_CLOSED,     /* by the other side, or an error of the socket: errno, 0 for the former */
    VHOST_WRONG,      /* no message of vhost-user: see fault. There is no going on */
};

struct vhost_fault {
    const char *what; /* of a message is wrong: "version of the header" */
    uint64_t value;
};

/* What has come of a message, byte by byte if need be. */
struct vhost_receiver {
    struct vhost_message message;
    size_t got;     /* bytes of header and body; 0 once it is complete */
    uint32_t reply; /* VHOST_USER_REPLY: only replies are wanted; 0: only requests */
    struct vhost_fault fault;
    void (*let_go)(int fd); /* closes a descriptor that nobody took */
};

void vhost_receiver_begin(struct vhost_receiver *receiver, bool wants_replies);
/* Close the descriptors that nobody took. */
void vhost_receiver_end(struct vhost_receiver *receiver);

/*
 * Receive what is there of the next message, without waiting. When it is complete it stays in
 * @receiver until the next call, and may be turned into the reply there. Its descriptors are then closed, but for those whose place in fds
 * was set to -1. If not VHOST_COMPLETE, the message has nothing to look at.
 */
enum vhost_result vhost_receive(struct vhost_receiver *receiver, int fd);

/* The same, but wait for it; VHOST_INCOMPLETE: it is not there after @timeout_ms. */
enum vhost_result vhost_receive_within(struct vhost_receiver *receiver, int fd, int timeout_ms);

/*
 * Send a message with its descriptors, which stay the caller's. header.flags has the version set
 * here. Does not wait: false with EAGAIN if the other side does not read, or with another errno.
 */
bool vhost_send(int fd, const struct vhost_message *message);

#endif
