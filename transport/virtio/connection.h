/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VIRTIO_CONNECTION_H
#define VIRTIO_CONNECTION_H

#include "client/connection.h"
#include "virtio/port.h"

/*
 * Bring the device of @port up and say hello. The port is the connection's from now on; it is closed with
 * it, or when another connection is to be made after this one broke, or if this fails.
 * Returns what port->open() did, ENODEV (its queue is too small), ENOMEM, EREMOTEIO, or the status with
 * which the agent refused; logged.
 */
int virtio_connection_open(struct virtio_port *port, const struct connection_settings *settings,
                           struct connection **connection);

/* The same with the port that the guest's platform finds; ENODEV if there is none, which is logged, too. */
int virtio_connection_open_found(const struct connection_settings *settings,
                                 struct connection **connection);

#endif
