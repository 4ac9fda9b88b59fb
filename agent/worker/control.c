/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/worker/control.h"
#include "agent/device.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { PAUSE_MS = 100 };

void control_send(const struct control_message *message)
{
    const struct timespec pause = {.tv_nsec = PAUSE_MS * 1000000};

    while (send(CONTROL_FD, message, sizeof(*message), MSG_NOSIGNAL) < 0) {
        if (errno == ENOBUFS || errno == ENOMEM)
            nanosleep(&pause, NULL);
        else if (errno != EINTR)
            return;
    }
}

static void take_descriptors(struct msghdr *message, int *fds, size_t room)
{
    struct cmsghdr *header = CMSG_FIRSTHDR(message);
    size_t count;

    if (!header || header->cmsg_type != SCM_RIGHTS)
        return;
    count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    memcpy(fds, CMSG_DATA(header), (count < room ? count : room) * sizeof(int));
}

bool control_receive(void *data, size_t size, int *fds, size_t room)
{
    union {
        char bytes[CMSG_SPACE(DEVICE_FDS_MOST * sizeof(int))];
        struct cmsghdr alignment;
    } control;
    struct iovec piece = {data, size};
    struct msghdr message = {.msg_iov = &piece,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = CMSG_SPACE(room * sizeof(int))};
    ssize_t got;
    size_t i;

    for (i = 0; i < room; i++)
        fds[i] = -1;
    do
        got = recvmsg(CONTROL_FD, &message, MSG_CMSG_CLOEXEC);
    while (got < 0 && errno == EINTR);
    if (got > 0)
        take_descriptors(&message, fds, room);
    return got == (ssize_t)size;
}
