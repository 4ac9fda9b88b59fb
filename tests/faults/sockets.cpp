/* SPDX-License-Identifier: Apache-2.0 */
/* What fails when connections break, descriptors or threads run out, a signal comes. */
#include "preload.hpp"

#include <algorithm>
#include <cstdarg>
#include <cstring>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace
{

template <std::size_t N>
int error_of(const char *function, const void *caller, const int (&errors)[N])
{
    return error_of(Kind::sockets, function, caller, errors);
}

/* Else its messages are whole or not there. */
bool is_stream(int socket)
{
    int type = 0;
    socklen_t size = sizeof(type);

    return !REAL(getsockopt)(socket, SOL_SOCKET, SO_TYPE, &type, &size) && type == SOCK_STREAM;
}

std::size_t bytes_in(const msghdr *message)
{
    std::size_t size = 0;

    for (std::size_t i = 0; i < message->msg_iovlen; i++)
        size += message->msg_iov[i].iov_len;
    return size;
}

/* The same message, but for @size bytes only. @list is what it points to. */
msghdr shortened(const msghdr *message, std::size_t size, std::vector<iovec> &list)
{
    msghdr part = *message;

    list.assign(message->msg_iov, message->msg_iov + message->msg_iovlen);
    for (iovec &piece : list) {
        piece.iov_len = std::min(piece.iov_len, size);
        size -= piece.iov_len;
    }
    part.msg_iov = list.data();
    return part;
}

void close_all(const cmsghdr *header)
{
    std::size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    int descriptor;

    for (std::size_t i = 0; i < count; i++) {
        std::memcpy(&descriptor, CMSG_DATA(header) + i * sizeof(descriptor), sizeof(descriptor));
        REAL(close)(descriptor);
    }
}

/* As if no number was free for the descriptors. */
void take_descriptors(msghdr *message)
{
    cmsghdr *header = CMSG_FIRSTHDR(message);

    if (!header || header->cmsg_type != SCM_RIGHTS)
        return;
    close_all(header);
    message->msg_controllen = 0;
    message->msg_flags |= MSG_CTRUNC;
}

/* Up to @size bytes, and what comes along with them. */
ssize_t receive_part(int socket, msghdr *message, std::size_t size, int flags)
{
    std::vector<iovec> list;
    msghdr part = shortened(message, size, list);
    ssize_t received = REAL(recvmsg)(socket, &part, flags);

    message->msg_namelen = part.msg_namelen;
    message->msg_controllen = part.msg_controllen;
    message->msg_flags = part.msg_flags;
    return received;
}

ssize_t receive_with_rights(int error, int socket, msghdr *message, int flags)
{
    if (error != no_descriptor)
        return transfer(error, bytes_in(message), [&](std::size_t size) {
            return receive_part(socket, message, size, flags);
        });
    ssize_t size = REAL(recvmsg)(socket, message, flags);
    if (size > 0)
        take_descriptors(message);
    return size;
}

/* Of a stream, with the time-out that it has. */
int receive_error(const char *function, const void *caller, int flags)
{
    if (flags & MSG_DONTWAIT)
        return error_of(function, caller, {ECONNRESET, ETIMEDOUT, at_end, only_a_part});
    return error_of(function, caller, {EINTR, EAGAIN, ECONNRESET, ETIMEDOUT, at_end, only_a_part});
}

int send_error(const char *function, const void *caller, int flags)
{
    if (flags & MSG_DONTWAIT)
        return error_of(function, caller, {EAGAIN, ENOBUFS, EPIPE});
    return error_of(function, caller, {EINTR, EAGAIN, EPIPE, ENOBUFS, only_a_part});
}

/* Of a message that may bring descriptors. */
int receive_rights_error(const void *caller, int socket)
{
    if (is_stream(socket))
        return error_of("recvmsg", caller,
                        {EAGAIN, EINTR, ECONNRESET, at_end, only_a_part, no_descriptor});
    return error_of("recvmsg", caller, {EINTR, no_descriptor});
}

/* Of messages that are whole or not there. */
int packet_error(const char *function, const void *caller, int flags)
{
    if (flags & MSG_DONTWAIT)
        return error_of(function, caller, {EAGAIN, ENOBUFS});
    return error_of(function, caller, {EINTR, ENOBUFS});
}

} // namespace

extern "C" {

ssize_t recvmsg(int socket, struct msghdr *message, int flags)
{
    int error = message->msg_control ? receive_rights_error(CALLER, socket)
                                     : receive_error("recvmsg", CALLER, flags);

    return receive_with_rights(error, socket, message, flags);
}

ssize_t recv(int socket, void *data, std::size_t size, int flags)
{
    int error = is_stream(socket) ? receive_error("recv", CALLER, flags)
                                  : error_of("recv", CALLER, {EINTR, at_end});

    return transfer(error, size,
                    [&](std::size_t part) { return REAL(recv)(socket, data, part, flags); });
}

ssize_t sendmsg(int socket, const struct msghdr *message, int flags)
{
    int error = is_stream(socket) ? send_error("sendmsg", CALLER, flags)
                                  : packet_error("sendmsg", CALLER, flags);
    std::vector<iovec> list;

    return transfer(error, bytes_in(message), [&](std::size_t size) {
        msghdr part = shortened(message, size, list);
        return REAL(sendmsg)(socket, &part, flags);
    });
}

ssize_t send(int socket, const void *data, std::size_t size, int flags)
{
    int error =
        is_stream(socket) ? send_error("send", CALLER, flags) : packet_error("send", CALLER, flags);

    return transfer(error, size,
                    [&](std::size_t part) { return REAL(send)(socket, data, part, flags); });
}

ssize_t sendto(int socket, const void *data, std::size_t size, int flags,
               const struct sockaddr *address, socklen_t length)
{
    if (fails(error_of("sendto", CALLER, {ECONNREFUSED})))
        return -1;
    return REAL(sendto)(socket, data, size, flags, address, length);
}

int socket(int family, int type, int protocol)
{
    return fails(error_of("socket", CALLER, {EMFILE, ENOBUFS}))
               ? -1
               : REAL(socket)(family, type, protocol);
}

int socketpair(int family, int type, int protocol, int sockets[2])
{
    return fails(error_of("socketpair", CALLER, {EMFILE}))
               ? -1
               : REAL(socketpair)(family, type, protocol, sockets);
}

/* Of sockets that do not block. */
int connect(int socket, const struct sockaddr *address, socklen_t size)
{
    if (fails(error_of("connect", CALLER, {EAGAIN, ECONNREFUSED})))
        return -1;
    return REAL(connect)(socket, address, size);
}

int bind(int socket, const struct sockaddr *address, socklen_t size) noexcept
{
    return fails(error_of("bind", CALLER, {EACCES})) ? -1 : REAL(bind)(socket, address, size);
}

int listen(int socket, int backlog) noexcept
{
    return fails(error_of("listen", CALLER, {EADDRINUSE})) ? -1 : REAL(listen)(socket, backlog);
}

int accept4(int socket, struct sockaddr *address, socklen_t *size, int flags)
{
    if (fails(error_of("accept4", CALLER, {EAGAIN, ECONNABORTED, EMFILE})))
        return -1;
    return REAL(accept4)(socket, address, size, flags);
}

int setsockopt(int socket, int level, int name, const void *value, socklen_t size) noexcept
{
    return fails(error_of("setsockopt", CALLER, {ENOMEM}))
               ? -1
               : REAL(setsockopt)(socket, level, name, value, size);
}

int getsockopt(int socket, int level, int name, void *value, socklen_t *size) noexcept
{
    return fails(error_of("getsockopt", CALLER, {ENOBUFS}))
               ? -1
               : REAL(getsockopt)(socket, level, name, value, size);
}

int getsockname(int socket, struct sockaddr *address, socklen_t *size) noexcept
{
    return fails(error_of("getsockname", CALLER, {ENOBUFS}))
               ? -1
               : REAL(getsockname)(socket, address, size);
}

int getpeername(int socket, struct sockaddr *address, socklen_t *size) noexcept
{
    return fails(error_of("getpeername", CALLER, {ENOTCONN}))
               ? -1
               : REAL(getpeername)(socket, address, size);
}

int getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
                struct addrinfo **list)
{
    int error = error_of("getaddrinfo", CALLER, {EAI_MEMORY, EAI_AGAIN});

    return error ? error : REAL(getaddrinfo)(host, service, hints, list);
}

/* The only command that fails for want of something gets a new descriptor. */
int fcntl64(int file, int command, ...)
{
    std::va_list arguments;
    long value;

    va_start(arguments, command);
    value = va_arg(arguments, long);
    va_end(arguments);
    if (fails(error_of("fcntl", CALLER, {EMFILE})))
        return -1;
    return REAL(fcntl64)(file, command, value);
}

int poll(struct pollfd *list, nfds_t count, int timeout)
{
    return fails(error_of("poll", CALLER, {EINTR, ENOMEM})) ? -1 : REAL(poll)(list, count, timeout);
}

int epoll_create1(int flags) noexcept
{
    return fails(error_of("epoll_create1", CALLER, {EMFILE})) ? -1 : REAL(epoll_create1)(flags);
}

int epoll_ctl(int epoll, int command, int file, struct epoll_event *event) noexcept
{
    return fails(error_of("epoll_ctl", CALLER, {ENOSPC}))
               ? -1
               : REAL(epoll_ctl)(epoll, command, file, event);
}

int epoll_wait(int epoll, struct epoll_event *events, int count, int timeout)
{
    return fails(error_of("epoll_wait", CALLER, {EINTR}))
               ? -1
               : REAL(epoll_wait)(epoll, events, count, timeout);
}

int eventfd(unsigned int value, int flags) noexcept
{
    return fails(error_of("eventfd", CALLER, {EMFILE})) ? -1 : REAL(eventfd)(value, flags);
}

int signalfd(int file, const sigset_t *signals, int flags) noexcept
{
    return fails(error_of("signalfd", CALLER, {EMFILE})) ? -1
                                                         : REAL(signalfd)(file, signals, flags);
}

pid_t fork(void) noexcept
{
    return fails(error_of("fork", CALLER, {EAGAIN})) ? -1 : REAL(fork)();
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                   void *context) noexcept
{
    int error = error_of("pthread_create", CALLER, {EAGAIN});

    return error ? error : REAL(pthread_create)(thread, attributes, run, context);
}
}
