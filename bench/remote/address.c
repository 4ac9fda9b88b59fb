/* SPDX-License-Identifier: Apache-2.0 */
#include "address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

union socket_address {
    struct sockaddr any;
    struct sockaddr_in tcp;
    struct sockaddr_un local;
};

static bool is_unix(const char *address)
{
    return strncmp(address, "unix:", 5) == 0;
}

const char *address_place(const char *address)
{
    return strstr(address, "://") + 3;
}

static bool unix_new(char address[ADDRESS_ROOM])
{
    const char *folder = getenv("TMPDIR");
    char *made;

    snprintf(address, ADDRESS_ROOM - sizeof("/socket"), "unix://%s/vaccel-bench-XXXXXX",
             folder ? folder : "/tmp");
    made = mkdtemp(address + strlen("unix://"));
    if (made)
        strcat(made, "/socket");
    return made;
}

/* A port that is free now. Somebody else may take it before the server does: then that fails. */
static bool tcp_new(char address[ADDRESS_ROOM])
{
    union socket_address at = {
        .tcp = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof(at.tcp);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool found = fd >= 0 && bind(fd, &at.any, size) == 0 && getsockname(fd, &at.any, &size) == 0;

    if (fd >= 0)
        close(fd);
    snprintf(address, ADDRESS_ROOM, "tcp://127.0.0.1:%u", ntohs(at.tcp.sin_port));
    return found;
}

int address_new(const char *kind, char address[ADDRESS_ROOM])
{
    int ret;

    if (strcmp(kind, "unix") == 0 ? unix_new(address) : tcp_new(address))
        return 0;
    ret = errno;
    fprintf(stderr, "%s: %s\n", address, strerror(ret));
    return ret;
}

void address_release(const char *address)
{
    char folder[ADDRESS_ROOM];

    if (!is_unix(address) && strncmp(address, "virtio:", 7) != 0)
        return;
    unlink(address_place(address));
    strcpy(folder, address_place(address));
    *strrchr(folder, '/') = '\0';
    rmdir(folder);
}

static socklen_t resolve(const char *address, union socket_address *at)
{
    memset(at, 0, sizeof(*at));
    if (is_unix(address)) {
        at->local.sun_family = AF_UNIX;
        snprintf(at->local.sun_path, sizeof(at->local.sun_path), "%s", address_place(address));
        return sizeof(at->local);
    }
    at->tcp.sin_family = AF_INET;
    at->tcp.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    at->tcp.sin_port = htons((uint16_t)atoi(strrchr(address, ':') + 1));
    return sizeof(at->tcp);
}

/* Of a unix socket the kernel refuses it, which does not matter. */
static void send_at_once(int fd)
{
    const int on = 1;

    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

static int open_socket(const union socket_address *at)
{
    return socket(at->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

int address_listen(const char *address)
{
    union socket_address at;
    socklen_t size = resolve(address, &at);
    int fd = open_socket(&at);

    if (fd < 0 || (bind(fd, &at.any, size) == 0 && listen(fd, SOMAXCONN) == 0))
        return fd;
    close(fd);
    return -1;
}

int address_accept(int listening)
{
    int fd = accept4(listening, NULL, NULL, SOCK_CLOEXEC);

    if (fd >= 0)
        send_at_once(fd);
    return fd;
}

int address_connect(const char *address)
{
    union socket_address at;
    socklen_t size = resolve(address, &at);
    int fd = open_socket(&at);

    if (fd >= 0 && connect(fd, &at.any, size) == 0) {
        send_at_once(fd);
        return fd;
    }
    if (fd >= 0)
        close(fd);
    return -1;
}
