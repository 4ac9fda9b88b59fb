/* SPDX-License-Identifier: Apache-2.0 */
#include "client/current.h"
#include "platform/text.h"
#include "rpc/rpc.h"
#include "virtio-vsock/connection.h"
#include "virtio/connection.h"
#include "vaccel.h"

/* For a guest without sockets that drives a vsock itself: to whom no address was given has our device. */

static int open_by_address(const struct connection_settings *settings,
                           struct connection **connection)
{
    if (!settings->address || text_equal(settings->address, "virtio://"))
        return virtio_connection_open_found(settings, connection);
    return vsock_connection_open(settings, connection);
}

int rpc_begin(void)
{
    return current_begin(open_by_address, NULL, "guest");
}

int rpc_end(void)
{
    current_end();
    return VACCEL_OK;
}
