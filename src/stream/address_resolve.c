/* SPDX-License-Identifier: Apache-2.0 */
#include "stream/address_parts.h"
#include "stream/address_vsock.h"
#include "vaccel/error.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

/* A peer whose machine is gone is noticed after two minutes. */
enum { KEEPALIVE_IDLE_S = 60, KEEPALIVE_INTERVAL_S = 15, KEEPALIVE_PROBES = 4 };

static int find_tcp(const char *address, const struct address_parts *parts, bool listening,
                    struct address_places *places, char *why, size_t why_size)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                             .ai_family = parts->is_bracketed ? AF_INET6 : AF_UNSPEC,
                             .ai_flags = AI_NUMERICSERV};
    char port[sizeof("65535")];
    int failure;

    snprintf(port, sizeof(port), "%u", parts->port & UINT16_MAX);
    if (listening)
        hints.ai_flags |= AI_PASSIVE;
    if (listening || parts->is_bracketed)
        hints.ai_flags |= AI_NUMERICHOST;
    failure = getaddrinfo(parts->host, port, &hints, &places->first);
    if (!failure)
        return VACCEL_OK;
    if (hints.ai_flags & AI_NUMERICHOST)
        return address_fail(VACCEL_EINVAL, why, why_size,
                            "the address \"%.200s\" is wrong: the host must be a number here, such "
                            "as 127.0.0.1, 0.0.0.0 or [::]",
                            address);
    return address_fail(VACCEL_EREMOTEIO, why, why_size, "cannot find the host of %.200s: %s",
                        address, failure == EAI_SYSTEM ? strerror(errno) : gai_strerror(failure));
}

static void set_only(struct address_places *places, const struct address_parts *parts)
{
    struct sockaddr_un *local = (struct sockaddr_un *)&places->storage;

    places->storage.ss_family = (sa_family_t)parts->family;
    places->only.ai_family = parts->family;
    places->only.ai_socktype = SOCK_STREAM;
    places->only.ai_addr = (struct sockaddr *)&places->storage;
    places->first = &places->only;
    if (parts->family == AF_UNIX) {
        places->only.ai_addrlen = sizeof(*local);
        memcpy(local->sun_path, parts->host, strlen(parts->host) + 1);
    } else {
        places->only.ai_addrlen = vsock_place(parts, &places->storage);
    }
}

int address_find_places(const char *address, bool listening, struct address_places *places,
                        char *why, size_t why_size)
{
    struct address_parts parts;
    int error = address_parse(address, listening, &parts, why, why_size);

    if (error)
        return error;
    if (listening && parts.is_hybrid)
        return address_fail(VACCEL_EINVAL, why, why_size,
                            "the address \"%.200s\" is wrong: it is of machines that come and go",
                            address);
    memset(places, 0, sizeof(*places));
    places->is_hybrid = parts.is_hybrid;
    places->port = parts.port;
    if (parts.family == AF_UNSPEC)
        return find_tcp(address, &parts, listening, places, why, why_size);
    set_only(places, &parts);
    return VACCEL_OK;
}

void address_places_free(struct address_places *places)
{
    if (places->first != &places->only)
        freeaddrinfo(places->first);
}

static void set_number(int fd, int level, int option, int value)
{
    setsockopt(fd, level, option, &value, sizeof(value));
}

void address_set_options(int fd, int family)
{
    if (family != AF_INET && family != AF_INET6)
        return;
    set_number(fd, IPPROTO_TCP, TCP_NODELAY, 1);
    set_number(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
    /* POSIX has no say about the times. */
#ifdef TCP_KEEPIDLE
    set_number(fd, IPPROTO_TCP, TCP_KEEPIDLE, KEEPALIVE_IDLE_S);
    set_number(fd, IPPROTO_TCP, TCP_KEEPINTVL, KEEPALIVE_INTERVAL_S);
    set_number(fd, IPPROTO_TCP, TCP_KEEPCNT, KEEPALIVE_PROBES);
#endif
}
