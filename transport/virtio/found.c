/* SPDX-License-Identifier: Apache-2.0 */
#include "virtio/connection.h"
#include "vaccel.h"

int virtio_connection_open_found(const struct connection_settings *settings,
                                 struct connection **connection)
{
    struct virtio_port *port = virtio_port_find();

    if (port)
        return virtio_connection_open(port, settings, connection);
    vaccel_error("no device of vAccel's is there: the machine needs one that an agent's "
                 "vhost-user socket serves");
    return VACCEL_ENODEV;
}
