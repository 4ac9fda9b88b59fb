/* SPDX-License-Identifier: Apache-2.0 */
#include "stream/address.h"
#include "stream/address_parts.h"
#include "vaccel/error.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#ifndef SO_PASSRIGHTS
#define SO_PASSRIGHTS 83 /* since Linux 6.16 */
#endif

static int code_of(int error)
{
    switch (error) {
    case EADDRINUSE:
        return VACCEL_EBUSY;
    case EACCES:
    case EPERM:
        return VACCEL_EACCES;
    case ENOENT:
    case EEXIST:
        return error;
    default:
        return VACCEL_EIO;
    }
}

static const char *advice(int error)
{
    switch (error) {
    case EADDRINUSE:
        return "another process does; end it or choose another address";
    case EEXIST:
        return "there is a file that is no socket; remove it or choose another path";
    case ENOENT:
        return "its directory does not exist; make it or choose another path";
    default:
        return strerror(error);
    }
}

static int bind_private(int fd, const struct addrinfo *place)
{
    mode_t mask = umask(0177);
    int failed = bind(fd, place->ai_addr, place->ai_addrlen);

    umask(mask);
    return failed;
}

/* Whether a socket of the past left the file behind; else EEXIST or EADDRINUSE in errno. */
static bool is_stale(const struct addrinfo *place)
{
    const char *path = ((const struct sockaddr_un *)place->ai_addr)->sun_path;
    struct stat status;
    bool refused;
    int fd;

    errno = EEXIST;
    if (lstat(path, &status) || !S_ISSOCK(status.st_mode))
        return false;
    fd = address_socket(AF_UNIX);
    if (fd < 0)
        return false;
    refused = connect(fd, place->ai_addr, place->ai_addrlen) && errno == ECONNREFUSED;
    close(fd);
    errno = EADDRINUSE;
    return refused;
}

static void remove_file(const struct addrinfo *place)
{
    if (place->ai_family == AF_UNIX)
        unlink(((const struct sockaddr_un *)place->ai_addr)->sun_path);
}

static int bind_unix(int fd, const struct addrinfo *place)
{
    if (bind_private(fd, place) == 0)
        return 0;
    if (errno != EADDRINUSE || !is_stale(place))
        return -1;
    remove_file(place);
    return bind_private(fd, place);
}

static int bind_place(int fd, const struct addrinfo *place)
{
    int yes = 1;

    if (place->ai_family == AF_UNIX)
        return bind_unix(fd, place);
    if (place->ai_family == AF_INET || place->ai_family == AF_INET6)
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    if (place->ai_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof(yes));
    return bind(fd, place->ai_addr, place->ai_addrlen);
}

/*
 * A descriptor that a client sends along is closed when its bytes are received, in the thread that does so: and a
 * connection that lingers keeps that thread for as long as the client likes. So it is the sender who gets the error.
 * Connections have the option from the socket that listens. An older kernel does not know it.
 */
static void refuse_descriptors(int fd)
{
    int no = 0;

    setsockopt(fd, SOL_SOCKET, SO_PASSRIGHTS, &no, sizeof(no));
}

/* Returns an errno value. */
static int listen_at(const struct addrinfo *place, bool takes_descriptors, int *fd)
{
    int listening = address_socket(place->ai_family);
    int error = 0;

    if (listening < 0)
        return errno;
    address_set_options(listening, place->ai_family);
    if (place->ai_family == AF_UNIX && !takes_descriptors)
        refuse_descriptors(listening);
    if (bind_place(listening, place)) {
        error = errno;
    } else if (listen(listening, SOMAXCONN)) {
        error = errno;
        remove_file(place);
    }
    if (error)
        close(listening);
    else
        *fd = listening;
    return error;
}

int address_listen_as(const char *called, const char *address, int *fd, char *why, size_t why_size)
{
    struct address_places places;
    int error = address_find_places(address, true, &places, why, why_size);

    if (error)
        return error;
    error = listen_at(places.first, address_device(address) != 0, fd);
    address_places_free(&places);
    if (!error)
        return VACCEL_OK;
    return address_fail(code_of(error), why, why_size, "cannot listen at %.200s: %s", called,
                        advice(error));
}

int address_listen(const char *address, int *fd, char *why, size_t why_size)
{
    return address_listen_as(address, address, fd, why, why_size);
}
