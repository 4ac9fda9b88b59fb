/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc/rpc.h"
#include "client/current.h"
#include "socket/connection.h"
#include "virtio-user/port.h"
#include "virtio/connection.h"
#include "vaccel.h"

/* Not in rpc_begin(), which a process may call many times. */
__attribute__((constructor)) static void watch_forks(void)
{
    pthread_atfork(current_forking, current_fork_done, current_forked);
}

static int open_device(const char *path, const struct connection_settings *settings,
                       struct connection **connection)
{
    struct virtio_port *port;
    int ret = virtio_user_port_new(path, settings->connect_ms, &port);

    return ret == VACCEL_OK ? virtio_connection_open(port, settings, connection) : ret;
}

static int open_by_address(const struct connection_settings *settings,
                           struct connection **connection)
{
    static const char virtio[] = "virtio://";
    const size_t length = sizeof(virtio) - 1;

    if (strncmp(settings->address, virtio, length) == 0)
        return open_device(settings->address + length, settings, connection);
    return socket_connection_open(settings, connection);
}

int rpc_begin(void)
{
    return current_begin(open_by_address, "tcp://127.0.0.1:65500", program_invocation_short_name);
}

int rpc_end(void)
{
    current_end();
    return VACCEL_OK;
}
