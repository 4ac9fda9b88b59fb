/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VIRTIO_USER_PORT_H
#define VIRTIO_USER_PORT_H

#include "virtio/port.h"

/*
 * The agent's virtio device in a process without a VM: over the unix socket at @path the agent gets the
 * file in which platform_alloc_shared() has its memory. What lies there needs no copy.
 *
 * Connects, for which there are @connect_ms; open() makes a new connection if that was lost. Returns EREMOTEIO, EINVAL or ENOMEM; logged.
 * In the child of a fork the port is the parent's, and close() all that may be called.
 */
int virtio_user_port_new(const char *path, unsigned int connect_ms, struct virtio_port **port);

#endif
