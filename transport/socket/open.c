/* SPDX-License-Identifier: Apache-2.0 */
#include "socket/connection.h"
#include "socket/state.h"
#include "stream/address.h"
#include "vaccel.h"

#include <unistd.h>

int socket_connection_open(const struct connection_settings *settings,
                           struct connection **connection)
{
    char why[ADDRESS_WHY_SIZE];
    struct socket_connection *made;
    int fd;
    int ret = address_connect(settings->address, settings->connect_ms, &fd, why, sizeof(why));

    if (ret != VACCEL_OK) {
        vaccel_error("no agent can be reached: %s; start one there, or let VACCEL_RPC_ADDRESS name "
                     "where one listens",
                     why);
        return ret;
    }
    made = socket_connection_new(settings);
    if (!made) {
        close(fd);
        return VACCEL_ENOMEM;
    }
    stream_init(&made->stream, fd, NULL);
    return socket_connection_begin(made, connection);
}
