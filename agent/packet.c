/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/packet.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

union rights {
    struct cmsghdr header;
    char space[CMSG_SPACE(PACKET_FDS_MOST * sizeof(int))];
};

bool packet_send(int socket, const void *data, size_t size, const int *fds, size_t nr_fds)
{
    struct iovec body = {.iov_base = (void *)(uintptr_t)data, .iov_len = size};
    union rights rights = {0};
    const struct msghdr packet = {.msg_iov = &body,
                                  .msg_iovlen = 1,
                                  .msg_control = &rights,
                                  .msg_controllen = CMSG_SPACE(nr_fds * sizeof(int))};

    rights.header.cmsg_level = SOL_SOCKET;
    rights.header.cmsg_type = SCM_RIGHTS;
    rights.header.cmsg_len = CMSG_LEN(nr_fds * sizeof(int));
    memcpy(CMSG_DATA(&rights.header), fds, nr_fds * sizeof(int));
    return sendmsg(socket, &packet, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)size;
}

static void take_descriptors(struct msghdr *packet, int *fds, size_t room)
{
    struct cmsghdr *header = CMSG_FIRSTHDR(packet);
    size_t count;

    if (!header || header->cmsg_type != SCM_RIGHTS)
        return;
    count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    memcpy(fds, CMSG_DATA(header), (count < room ? count : room) * sizeof(int));
}

bool packet_receive(int socket, int flags, void *data, size_t size, int *fds, size_t room)
{
    union rights rights;
    struct iovec body = {data, size};
    struct msghdr packet = {.msg_iov = &body,
                            .msg_iovlen = 1,
                            .msg_control = &rights,
                            .msg_controllen = CMSG_SPACE(room * sizeof(int))};
    ssize_t got;
    size_t i;

    for (i = 0; i < room; i++)
        fds[i] = -1;
    do
        got = recvmsg(socket, &packet, flags | MSG_CMSG_CLOEXEC);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return false;
    take_descriptors(&packet, fds, room);
    errno = 0;
    return got == (ssize_t)size;
}
