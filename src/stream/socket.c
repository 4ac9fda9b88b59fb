/* SPDX-License-Identifier: Apache-2.0 */
#include "stream/stream.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#ifdef __SANITIZE_THREAD__
#include <sys/syscall.h>
#endif

enum { NS_PER_MS = 1000000 };

static ssize_t receive_from_socket(struct stream *stream, struct iovec *list, size_t count,
                                   int flags)
{
    struct msghdr message = {.msg_iov = list, .msg_iovlen = count};

    if (count == 1)
        return recv(stream->fd, list->iov_base, list->iov_len, flags);
    return recvmsg(stream->fd, &message, flags);
}

/*
 * The thread sanitizer notes what a call has read when it returns. By then the answer may lie there,
 * put there by another thread.
 */
static ssize_t send_some(int fd, const struct iovec *list, size_t count, int flags)
{
    const struct msghdr message = {.msg_iov = (struct iovec *)list, .msg_iovlen = count};

#ifdef __SANITIZE_THREAD__
    return syscall(SYS_sendmsg, fd, &message, flags);
#else
    if (count == 1)
        return send(fd, list->iov_base, list->iov_len, flags);
    return sendmsg(fd, &message, flags);
#endif
}

/* A system that has no signals may not know the flag against one, as lwip. */
static ssize_t try_to_send(struct stream *stream, const struct iovec *list, size_t count, int flags)
{
    ssize_t sent = send_some(stream->fd, list, count, flags | stream->no_signal);

    if (sent >= 0 || errno != EOPNOTSUPP || !stream->no_signal)
        return sent;
    stream->no_signal = 0;
    return send_some(stream->fd, list, count, flags);
}

static bool wait_until_ready(const struct stream *stream, short events, uint64_t most)
{
    struct pollfd socket = {.fd = stream->fd, .events = events};
    int ms =
        most < (uint64_t)INT32_MAX * NS_PER_MS ? (int)((most + NS_PER_MS - 1) / NS_PER_MS) : -1;

    if (poll(&socket, 1, ms) != 0)
        return true;
    errno = EAGAIN;
    return false;
}

static bool wait_for_socket(struct stream *stream, uint64_t most)
{
    return wait_until_ready(stream, POLLIN, most);
}

/* Where the socket cannot be told how long sending may stand still, poll() is. */
static ssize_t send_in_time(struct stream *stream, const struct iovec *list, size_t count)
{
    uint64_t most = stream->patience_ns ? stream->patience_ns * STREAM_PATIENCE : UINT64_MAX;
    ssize_t sent;

    if (!stream->has_no_timeouts)
        return try_to_send(stream, list, count, 0);
    do {
        if (!wait_until_ready(stream, POLLOUT, most))
            return -1;
        sent = try_to_send(stream, list, count, MSG_DONTWAIT);
    } while (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK));
    return sent;
}

static bool takes_bytes(struct stream *stream)
{
    struct pollfd socket = {.fd = stream->fd, .events = POLLOUT};

    return poll(&socket, 1, 0) > 0;
}

static void shut_down(struct stream *stream, int way)
{
    shutdown(stream->fd, way);
}

static int set_timeout(int fd, int option, unsigned int ms)
{
    const struct timeval time = {.tv_sec = ms / 1000, .tv_usec = (ms % 1000) * 1000};

    return setsockopt(fd, SOL_SOCKET, option, &time, sizeof(time));
}

static int set_patience(struct stream *stream, unsigned int receive_ms, unsigned int send_ms)
{
    return set_timeout(stream->fd, SO_RCVTIMEO, receive_ms) |
           set_timeout(stream->fd, SO_SNDTIMEO, send_ms);
}

static void close_socket(struct stream *stream)
{
    close(stream->fd);
}

const struct stream_carrier socket_carrier = {
    .receive = receive_from_socket,
    .send = send_in_time,
    .wait = wait_for_socket,
    .takes_bytes = takes_bytes,
    .shutdown = shut_down,
    .set_patience = set_patience,
    .close = close_socket,
};

/* Of a vsock Linux refuses to wait for more than its buffer holds: ENOMEM. */
static bool waits_for_all(int fd)
{
#if defined(AF_VSOCK) && defined(SO_DOMAIN)
    int domain = AF_UNSPEC;
    socklen_t size = sizeof(domain);

    return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) || domain != AF_VSOCK;
#else
    (void)fd;
    return true;
#endif
}

void stream_init(struct stream *stream, int fd, _Atomic uint32_t *sending)
{
    stream_init_carried(stream, &socket_carrier, NULL);
    stream->fd = fd;
    stream->no_signal = MSG_NOSIGNAL;
    stream->waits_for_all = waits_for_all(fd);
    stream->sending = sending;
}
