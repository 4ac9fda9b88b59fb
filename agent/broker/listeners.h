/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BROKER_LISTENERS_H
#define BROKER_LISTENERS_H

#include "agent/settings.h"

#include <sys/stat.h>

struct listener {
    int fd;
    char address[ADDRESS_SIZE]; /* where it listens in fact */
    uint32_t device;            /* virtio id of the device that is to be found there; 0: none */
    char path[ADDRESS_SIZE];    /* of a unix socket, else empty */
    struct stat file;           /* the same, to know it again */
};

struct listeners {
    struct listener list[LISTEN_MOST];
    size_t count;
};

/* Listen at all addresses but those of machines, or at none and false, with the reason logged. */
bool listeners_open(struct listeners *listeners, const struct settings *settings);

/* Close them, and remove the files of unix sockets. */
void listeners_close(struct listeners *listeners);

#endif
