/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SOCKET_CONNECTION_H
#define SOCKET_CONNECTION_H

#include "client/connection.h"

/*
 * A connection over a stream: a socket of unix, TCP or vsock. The calling thread sends its request and
 * reads the answer itself; of several that wait, one reads for all, and hands that on when its own
 * answer is there.
 */

/*
 * Connect and say hello. Returns EINVAL (an address that is none), EREMOTEIO, ENOMEM, or the status
 * with which the agent refused; logged.
 */
int socket_connection_open(const struct connection_settings *settings,
                           struct connection **connection);

#endif
