/* SPDX-License-Identifier: Apache-2.0 */
#include "stream/address.h"
#include "stream/address_parts.h"
#include "stream/address_vsock.h"
#include "vaccel/error.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { FULL_BACKLOG_PAUSE_MS = 5, FIRST_PAUSE_MS = 10, LONGEST_PAUSE_MS = 500 };

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

int address_left_ms(int64_t until)
{
    int64_t left = until - now_ms();

    if (until == INT64_MAX)
        return -1;
    if (left > INT32_MAX)
        return INT32_MAX;
    return left > 0 ? (int)left : 0;
}

static int wait_connected(int fd, int64_t until)
{
    struct pollfd poller = {.fd = fd, .events = POLLOUT};
    int error = 0;
    socklen_t size = sizeof(error);
    int ready;

    do
        ready = poll(&poller, 1, address_left_ms(until));
    while (ready < 0 && errno == EINTR);
    if (ready == 0)
        return ETIMEDOUT;
    if (ready < 0 || getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size))
        return errno;
    return error;
}

/* A unix socket says EAGAIN while too many wait to be accepted, and nothing tells when to go on. */
static int connect_until(int fd, const struct addrinfo *place, int64_t until)
{
    int left;

    while (connect(fd, place->ai_addr, place->ai_addrlen)) {
        if (errno == EINPROGRESS)
            return wait_connected(fd, until);
        if (errno != EAGAIN)
            return errno;
        left = address_left_ms(until);
        if (!left)
            return ETIMEDOUT;
        poll(NULL, 0, left > 0 && left < FULL_BACKLOG_PAUSE_MS ? left : FULL_BACKLOG_PAUSE_MS);
    }
    return 0;
}

/* Returns an errno value. */
static int try_place(const struct address_places *places, const struct addrinfo *place,
                     int64_t until, int *fd)
{
    int connecting = address_socket(place->ai_family);
    int error;

    if (connecting < 0)
        return errno;
    address_set_options(connecting, place->ai_family);
    vsock_set_patience(connecting, place->ai_family, address_left_ms(until));
    error = connect_until(connecting, place, until);
    if (!error && places->is_hybrid)
        error = address_handshake(connecting, places->port, until);
    if (!error && fcntl(connecting, F_SETFL, 0))
        error = errno;
    if (error)
        close(connecting);
    else
        *fd = connecting;
    return error;
}

/* An attempt gets its share of the time, so that one that is not answered leaves some for others. */
static int64_t end_of_attempt(const struct addrinfo *place, int64_t until)
{
    int64_t now = now_ms();
    int attempts = 0;

    if (until == INT64_MAX)
        return until;
    for (; place; place = place->ai_next)
        attempts++;
    return now + (until - now) / attempts;
}

static int try_places(const struct address_places *places, int64_t until, int *fd)
{
    const struct addrinfo *place = places->first;
    int error = EADDRNOTAVAIL;

    for (; place && error; place = place->ai_next)
        error = try_place(places, place, end_of_attempt(place, until), fd);
    return error;
}

/*
 * The agent, or a VMM, may be about to come. A machine without a listener on its host gets a reset, as
 * one does whose VMM is asked for a port at which nobody listens. Over tcp a refusal is an answer.
 */
static bool may_come_yet(const struct address_places *places, int error)
{
    return places->first == &places->only &&
           (error == ENOENT || error == ECONNREFUSED || error == ECONNRESET);
}

/* What was wrong before says more than that the time is up. */
static int try_until(const struct address_places *places, int64_t until, int *fd)
{
    int error = try_places(places, until, fd);
    int pause = FIRST_PAUSE_MS;
    int left, next;

    while (until != INT64_MAX && may_come_yet(places, error)) {
        left = address_left_ms(until);
        if (left <= 1)
            break;
        poll(NULL, 0, pause < left ? pause : left - 1);
        pause = 2 * pause < LONGEST_PAUSE_MS ? 2 * pause : LONGEST_PAUSE_MS;
        next = try_places(places, until, fd);
        if (next == ETIMEDOUT)
            break;
        error = next;
    }
    return error;
}

int address_connect(const char *address, unsigned int timeout_ms, int *fd, char *why,
                    size_t why_size)
{
    struct address_places places;
    int error = address_find_places(address, false, &places, why, why_size);

    if (error)
        return error;
    error = try_until(&places, timeout_ms ? now_ms() + timeout_ms : INT64_MAX, fd);
    address_places_free(&places);
    if (!error)
        return VACCEL_OK;
    if (error == ETIMEDOUT && timeout_ms)
        return address_fail(VACCEL_EREMOTEIO, why, why_size,
                            "cannot connect to %.200s: no answer within %u ms", address,
                            timeout_ms);
    if (error == EPROTO && places.is_hybrid)
        return address_fail(VACCEL_EREMOTEIO, why, why_size,
                            "cannot connect to %.200s: what answers there is no VMM's vsock",
                            address);
    return address_fail(VACCEL_EREMOTEIO, why, why_size, "cannot connect to %.200s: %s", address,
                        strerror(error));
}
