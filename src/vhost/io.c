/* SPDX-License-Identifier: Apache-2.0 */
#include "vhost/io.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    HEADER = sizeof(struct vhost_header),
    FLAGS = VHOST_USER_VERSION_MASK | VHOST_USER_REPLY | VHOST_USER_NEED_REPLY,
    MS_PER_S = 1000,
    NS_PER_MS = 1000000,
};

/* As many descriptors as a sender can send at once: what did not fit would be closed while we receive. */
enum { SENT_FDS_MOST = 253 };

union received_control {
    struct cmsghdr align;
    char data[CMSG_SPACE(SENT_FDS_MOST * sizeof(int))];
};

/* Room for the descriptors that one message may have. */
union control {
    struct cmsghdr align;
    char data[CMSG_SPACE(VHOST_FDS_MOST * sizeof(int))];
};

static const struct vhost_fault too_many_fds = {"number of descriptors, which is larger than",
                                                VHOST_FDS_MOST};

static void close_now(int fd)
{
    close(fd);
}

void vhost_receiver_begin(struct vhost_receiver *receiver, bool wants_replies)
{
    *receiver =
        (struct vhost_receiver){.reply = wants_replies ? VHOST_USER_REPLY : 0, .let_go = close_now};
}

static void close_fds(struct vhost_receiver *receiver)
{
    struct vhost_message *message = &receiver->message;
    size_t i;

    for (i = 0; i < message->nr_fds; i++)
        if (message->fds[i] >= 0)
            receiver->let_go(message->fds[i]);
    message->nr_fds = 0;
}

void vhost_receiver_end(struct vhost_receiver *receiver)
{
    close_fds(receiver);
}

static enum vhost_result wrong(struct vhost_receiver *receiver, const char *what, uint64_t value)
{
    receiver->fault = (struct vhost_fault){what, value};
    close_fds(receiver);
    return VHOST_WRONG;
}

static enum vhost_result closed(struct vhost_receiver *receiver, int error)
{
    close_fds(receiver);
    errno = error;
    return VHOST_CLOSED;
}

/* Bytes of header and body, as far as is known. */
static size_t wanted(const struct vhost_receiver *receiver)
{
    return receiver->got < HEADER ? HEADER : HEADER + receiver->message.header.size;
}

static enum vhost_result check_header(struct vhost_receiver *receiver)
{
    const struct vhost_header *header = &receiver->message.header;

    if ((header->flags & VHOST_USER_VERSION_MASK) != VHOST_USER_VERSION)
        return wrong(receiver, "version in the flags of the header", header->flags);
    if (header->flags & ~(uint32_t)FLAGS)
        return wrong(receiver, "unknown bit in the flags of the header", header->flags);
    if ((header->flags & VHOST_USER_REPLY) != receiver->reply)
        return wrong(receiver,
                     receiver->reply ? "request where a reply is due" : "reply to nothing",
                     header->request);
    if (header->size > sizeof(receiver->message.body))
        return wrong(receiver, "size of the body", header->size);
    return VHOST_COMPLETE;
}

/*
 * No message that is served has a socket. While we kept one that is the other end of our own, we would
 * never see that nobody else has it any more.
 */
static bool check_fd(struct vhost_receiver *receiver, int fd)
{
    socklen_t size = sizeof(int);
    int type;

    if (receiver->message.nr_fds == VHOST_FDS_MOST)
        receiver->fault = too_many_fds;
    else if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0)
        receiver->fault =
            (struct vhost_fault){"descriptor that is a socket, of type", (uint64_t)type};
    return !receiver->fault.what;
}

/* Those from the first wrong one on are closed, and the receiver's fault tells. */
static void keep_fds(struct vhost_receiver *receiver, const struct cmsghdr *control)
{
    struct vhost_message *message = &receiver->message;
    size_t count = (control->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    size_t i;
    int fd;

    for (i = 0; i < count; i++) {
        memcpy(&fd, CMSG_DATA(control) + i * sizeof(fd), sizeof(fd));
        if (check_fd(receiver, fd))
            message->fds[message->nr_fds++] = fd;
        else
            receiver->let_go(fd);
    }
}

static void keep_all_fds(struct vhost_receiver *receiver, struct msghdr *received)
{
    struct cmsghdr *control;

    if (received->msg_flags & MSG_CTRUNC)
        receiver->fault = too_many_fds;
    for (control = CMSG_FIRSTHDR(received); control; control = CMSG_NXTHDR(received, control))
        if (control->cmsg_level == SOL_SOCKET && control->cmsg_type == SCM_RIGHTS)
            keep_fds(receiver, control);
}

/*
 * Receive the rest of the header, or of the body, and nothing beyond: descriptors that come along
 * belong to this message.
 */
static enum vhost_result receive_rest(struct vhost_receiver *receiver, int fd)
{
    struct vhost_message *message = &receiver->message;
    size_t got = receiver->got;
    char *at =
        got < HEADER ? (char *)&message->header + got : (char *)&message->body + got - HEADER;
    struct iovec rest = {at, wanted(receiver) - got};
    union received_control control;
    struct msghdr received = {
        .msg_iov = &rest,
        .msg_iovlen = 1,
        .msg_control = &control,
        .msg_controllen = sizeof(control),
    };
    ssize_t size;

    do
        size = recvmsg(fd, &received, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    while (size < 0 && errno == EINTR);
    if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return VHOST_INCOMPLETE;
    if (size <= 0)
        return closed(receiver, size < 0 ? errno : 0);
    receiver->got += (size_t)size;
    keep_all_fds(receiver, &received);
    if (receiver->fault.what)
        return wrong(receiver, receiver->fault.what, receiver->fault.value);
    return VHOST_COMPLETE;
}

static void forget_message(struct vhost_receiver *receiver)
{
    close_fds(receiver);
    memset(&receiver->message.body, 0, sizeof(receiver->message.body));
}

static bool is_complete(const struct vhost_receiver *receiver)
{
    return receiver->got >= HEADER && receiver->got == wanted(receiver);
}

enum vhost_result vhost_receive(struct vhost_receiver *receiver, int fd)
{
    enum vhost_result result;

    if (!receiver->got)
        forget_message(receiver);
    do {
        result = receive_rest(receiver, fd);
        if (result == VHOST_COMPLETE && receiver->got == HEADER)
            result = check_header(receiver);
    } while (result == VHOST_COMPLETE && !is_complete(receiver));
    if (result == VHOST_COMPLETE)
        receiver->got = 0;
    return result;
}

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * MS_PER_S + now.tv_nsec / NS_PER_MS;
}

enum vhost_result vhost_receive_within(struct vhost_receiver *receiver, int fd, int timeout_ms)
{
    struct pollfd socket = {.fd = fd, .events = POLLIN};
    int64_t end = now_ms() + timeout_ms;
    enum vhost_result result = vhost_receive(receiver, fd);
    int64_t left;

    while (result == VHOST_INCOMPLETE) {
        left = end - now_ms();
        if (left <= 0)
            break;
        poll(&socket, 1, (int)left);
        result = vhost_receive(receiver, fd);
    }
    return result;
}

static void attach_fds(struct msghdr *sent, union control *control,
                       const struct vhost_message *message)
{
    struct cmsghdr *header;
    size_t size = message->nr_fds * sizeof(int);

    sent->msg_control = control;
    sent->msg_controllen = CMSG_SPACE(size);
    header = CMSG_FIRSTHDR(sent);
    *header = (struct cmsghdr){
        .cmsg_level = SOL_SOCKET,
        .cmsg_type = SCM_RIGHTS,
        .cmsg_len = CMSG_LEN(size),
    };
    memcpy(CMSG_DATA(header), message->fds, size);
}

/* So few bytes are sent as a whole or not at all. */
bool vhost_send(int fd, const struct vhost_message *message)
{
    struct vhost_header header = message->header;
    struct iovec parts[] = {{&header, sizeof(header)}, {(void *)&message->body, header.size}};
    struct msghdr sent = {.msg_iov = parts, .msg_iovlen = 2};
    union control control = {0};
    ssize_t size;

    header.flags = (header.flags & ~(uint32_t)VHOST_USER_VERSION_MASK) | VHOST_USER_VERSION;
    if (message->nr_fds)
        attach_fds(&sent, &control, message);
    do
        size = sendmsg(fd, &sent, MSG_DONTWAIT | MSG_NOSIGNAL);
    while (size < 0 && errno == EINTR);
    return size == (ssize_t)(sizeof(header) + header.size);
}
