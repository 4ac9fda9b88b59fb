/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VIRTIO_VSOCK_CONNECTION_H
#define VIRTIO_VSOCK_CONNECTION_H

#include "client/connection.h"

/*
 * Connect over the machine's vsock device to settings->address, "vsock://cid:port", and say hello. Returns
 * EINVAL (an address that is none), ENODEV, ENOMEM, EREMOTEIO, or the status with which the agent refused;
 * logged.
 */
int vsock_connection_open(const struct connection_settings *settings,
                          struct connection **connection);

#endif
