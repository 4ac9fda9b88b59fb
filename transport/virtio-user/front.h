/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VIRTIO_USER_FRONT_H
#define VIRTIO_USER_FRONT_H

#include "vhost/io.h"
#include "virtio/virtio.h"

/*
 * The front end of vhost-user: what a VMM is to a device of its guest, here in the process that uses the
 * device. Of any device with one split queue. Functions return VACCEL_OK, or EREMOTEIO with what is
 * wrong logged; after that only front_let_go() is of use.
 */
struct front {
    char name[128]; /* for messages: "virtio:///run/app.sock" */
    int socket;     /* -1: not connected */
    bool acks;      /* VHOST_USER_PROTOCOL_F_REPLY_ACK: each request is answered */
    struct vhost_receiver receiver;
};

struct front_memory {
    int fd; /* a file that can be mapped shared, from its first byte on */
    void *base;
    size_t size;
};

/* The addresses that the device finds in descriptors are this process's own. */
struct front_ring {
    uint32_t size;
    const struct virtq_desc *desc;
    const struct virtq_avail *avail;
    const struct virtq_used *used;
    int kick; /* eventfds: to the device, from the device */
    int call;
};

/*
 * Connect to the unix socket at the absolute @path, for which there are @timeout_ms. EINVAL: no such path
 * can be.
 */
int front_connect(struct front *front, const char *path, unsigned int timeout_ms);

/*
 * Agree on features: all of @needed, and what the device offers of @liked, come back in @features. To
 * be called once for each connection, before all that follows. ENODEV: the device lacks some.
 */
int front_negotiate(struct front *front, uint64_t needed, uint64_t liked, uint64_t *features);

/* Read the device's configuration space. False in @is_there: it has no such part. */
int front_read_config(struct front *front, uint32_t offset, void *data, uint32_t size,
                      bool *is_there);

/* Begin. The ring is empty, and both indexes 0. */
int front_start(struct front *front, const struct front_memory *memory,
                const struct front_ring *ring);

/*
 * End, and wait until the device uses no memory any more. If it does not say so, this is to be followed
 * by front_let_go().
 */
int front_stop(struct front *front);

/*
 * Hang up, and wait until everybody on the other side who could use this process's memory is gone: the
 * agent's worker keeps a duplicate of the socket open while it has the memory mapped. This takes as
 * long as it takes, since memory that is written behind the program's back is worse than a program that
 * stands still and says why.
 */
void front_let_go(struct front *front);

/* Say that nothing more will come, also if the child of a fork has the socket open too. */
void front_hang_up(struct front *front);

/* Close the socket without a word. The device must have stopped, or be another process's business. */
void front_close(struct front *front);

/* Whether something but messages that were asked for came over the socket, as a hang-up. */
bool front_is_gone(const struct front *front);

#endif
