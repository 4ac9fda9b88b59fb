/* SPDX-License-Identifier: Apache-2.0 */
#include "stream/address.h"
#include "stream/address_vsock.h"

#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

union any_address {
    struct sockaddr common;
    struct sockaddr_un local;
    struct sockaddr_storage storage;
};

/* "127.0.0.1:4711", "[::1]:4711" */
static void describe_tcp(const union any_address *address, socklen_t length, const char *before,
                         char *buf, size_t size)
{
    bool is_v6 = address->common.sa_family == AF_INET6;
    char host[128];
    char port[sizeof("65535")];

    if (getnameinfo(&address->common, length, host, sizeof(host), port, sizeof(port),
                    NI_NUMERICHOST | NI_NUMERICSERV))
        snprintf(buf, size, "%sunknown", before);
    else
        snprintf(buf, size, is_v6 ? "%s[%s]:%s" : "%s%s:%s", before, host, port);
}

void address_describe(int fd, char *buf, size_t size)
{
    union any_address address = {0};
    socklen_t length = sizeof(address);

    getsockname(fd, &address.common, &length);
    if (address.common.sa_family == AF_UNIX)
        snprintf(buf, size, "unix://%.107s", address.local.sun_path);
    else if (!vsock_describe(&address.common, "vsock://", buf, size))
        describe_tcp(&address, length, "tcp://", buf, size);
}

static void describe_process(int fd, char *buf, size_t size)
{
    struct ucred peer;
    socklen_t length = sizeof(peer);

    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length))
        snprintf(buf, size, "unix unknown");
    else
        snprintf(buf, size, "unix uid %u pid %d", peer.uid, peer.pid);
}

void address_describe_peer(int fd, char *buf, size_t size)
{
    union any_address address = {0};
    socklen_t length = sizeof(address);

    /* It may be gone already. */
    if (getpeername(fd, &address.common, &length))
        snprintf(buf, size, "unknown");
    else if (address.common.sa_family == AF_UNIX)
        describe_process(fd, buf, size);
    else if (!vsock_describe(&address.common, "vsock ", buf, size))
        describe_tcp(&address, length, "tcp ", buf, size);
}
