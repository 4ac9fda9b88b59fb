/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages of vhost-user from a stranger, in pieces of the input's choice: each is its length, how many
 * descriptors come with it, and its bytes. What is accepted is within its bounds, and no descriptor
 * stays open.
 */
#include "bytes.h"
#include "vhost/io.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { FDS = 16 };

static bool send_piece(int fd, const uint8_t *data, size_t size, size_t nr_fds)
{
    union {
        struct cmsghdr header;
        char data[CMSG_SPACE(FDS * sizeof(int))];
    } control = {0};
    struct iovec bytes = {(void *)data, size};
    struct msghdr message = {.msg_iov = &bytes, .msg_iovlen = 1};
    int fds[FDS];
    size_t i;

    for (i = 0; i < nr_fds; i++)
        fds[i] = fd;
    if (nr_fds) {
        control.header = (struct cmsghdr){.cmsg_level = SOL_SOCKET,
                                          .cmsg_type = SCM_RIGHTS,
                                          .cmsg_len = CMSG_LEN(nr_fds * sizeof(int))};
        memcpy(CMSG_DATA(&control.header), fds, nr_fds * sizeof(int));
        message.msg_control = &control;
        message.msg_controllen = CMSG_SPACE(nr_fds * sizeof(int));
    }
    return sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)size;
}

static void check(const struct vhost_receiver *receiver)
{
    const struct vhost_message *message = &receiver->message;
    uint32_t flags = message->header.flags;

    if (message->header.size > sizeof(message->body) || message->nr_fds > VHOST_FDS_MOST ||
        (flags & VHOST_USER_VERSION_MASK) != VHOST_USER_VERSION ||
        (flags & VHOST_USER_REPLY) != receiver->reply)
        abort();
}

/* Takes every other message's first descriptor, as an agent would, and turns it into its reply. */
static void take(struct vhost_receiver *receiver, size_t number)
{
    struct vhost_message *message = &receiver->message;

    if (number % 2 && message->nr_fds) {
        close(message->fds[0]);
        message->fds[0] = -1;
    }
    message->header.size = (uint32_t)sizeof(uint64_t);
    message->header.flags |= VHOST_USER_REPLY;
}

static bool receive_all(struct vhost_receiver *receiver, int fd, size_t *number)
{
    enum vhost_result result;

    while ((result = vhost_receive(receiver, fd)) == VHOST_COMPLETE) {
        check(receiver);
        take(receiver, ++*number);
    }
    if (result != VHOST_INCOMPLETE && receiver->message.nr_fds)
        abort();
    if (result == VHOST_WRONG && !receiver->fault.what)
        abort();
    return result == VHOST_INCOMPLETE;
}

static void converse(struct vhost_receiver *receiver, const int *ends, struct bytes *input)
{
    uint8_t piece[UINT8_MAX];
    size_t number = 0;
    size_t size;
    size_t nr_fds;

    do {
        if (!input->size)
            return;
        size = bytes_take_8(input);
        nr_fds = bytes_take_8(input) % (FDS + 1);
        bytes_take(input, piece, size);
    } while ((!size || send_piece(ends[1], piece, size, nr_fds)) &&
             receive_all(receiver, ends[0], &number));
}

/* The lowest number that is free tells whether one below it was left open. */
static int lowest_free(void)
{
    int fd = dup(STDERR_FILENO);

    close(fd);
    return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes input = {data, size};
    struct vhost_receiver receiver;
    int before = lowest_free();
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends))
        return 0;
    vhost_receiver_begin(&receiver, bytes_take_8(&input) % 2);
    converse(&receiver, ends, &input);
    vhost_receiver_end(&receiver);
    close(ends[0]);
    close(ends[1]);
    if (lowest_free() != before)
        abort();
    return 0;
}
