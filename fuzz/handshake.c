/* SPDX-License-Identifier: Apache-2.0 */
/* What a VMM, or something else at its path, answers to who wants to connect through it. */
#include "stream/address_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ASKED_SIZE = sizeof("CONNECT 65500\n") - 1 };

/* What stands behind the first line is there still, and a line that was none is no success. */
static void check(int fd, const uint8_t *data, size_t size, int error)
{
    const uint8_t *end = memchr(data, '\n', size);
    size_t left = end ? (size_t)(data + size - end) - 1 : 0;
    char rest[4096];

    if (!end && !error)
        abort();
    if (!error && recv(fd, rest, sizeof(rest), MSG_DONTWAIT) != (ssize_t)left)
        abort();
    if (!error && memcmp(rest, end + 1, left) != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char asked[ASKED_SIZE];
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends))
        abort();
    if (size && send(ends[1], data, size, 0) != (ssize_t)size)
        abort();
    shutdown(ends[1], SHUT_WR);
    check(ends[0], data, size, address_handshake(ends[0], 65500, INT64_MAX));
    if (recv(ends[1], asked, sizeof(asked), 0) != ASKED_SIZE)
        abort();
    close(ends[0]);
    close(ends[1]);
    return 0;
}
