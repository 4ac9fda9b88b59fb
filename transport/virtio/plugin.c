/* SPDX-License-Identifier: Apache-2.0 */
#include "client/current.h"
#include "client/hooks.h"
#include "virtio/connection.h"
#include "vaccel.h"

/* The plugin for guests, which is linked in: the agent is at the other side of a virtio device. */

static int open_found(const struct connection_settings *settings, struct connection **connection)
{
    struct virtio_port *port = virtio_port_find();

    if (port)
        return virtio_connection_open(port, settings, connection);
    vaccel_error("no device of vAccel's is there: the machine needs one that an agent's "
                 "vhost-user socket serves");
    return VACCEL_ENODEV;
}

static int init(void)
{
    return current_begin(open_found, NULL, "guest");
}

static int fini(void)
{
    current_end();
    return VACCEL_OK;
}

VACCEL_PLUGIN(.name = "rpc", .version = VACCEL_VERSION, .vaccel_version = VACCEL_VERSION,
              .type = VACCEL_PLUGIN_REMOTE, .is_virtio = true, .init = init, .fini = fini,
              .session_init = client_session_init, .session_release = client_session_release,
              .session_update = client_session_update,
              .resource_register = client_resource_register,
              .resource_unregister = client_resource_unregister,
              .resource_sync = client_resource_sync, .call = client_call,
              .output_fetch = client_output_fetch, .output_drop = client_output_drop)
