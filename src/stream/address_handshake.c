/* SPDX-License-Identifier: Apache-2.0 */
#include "stream/address_parts.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

enum { LINE_SIZE = 32 /* more than the longest answer */ };

static int say(int fd, uint32_t port)
{
    char line[LINE_SIZE];
    int size = snprintf(line, sizeof(line), "CONNECT %" PRIu32 "\n", port);
    ssize_t sent = send(fd, line, (size_t)size, MSG_NOSIGNAL);

    if (sent == size)
        return 0;
    return sent >= 0 || errno == EPIPE ? ECONNRESET : errno;
}

/* One byte, as what follows the line is for others. */
static int hear(int fd, char *byte, int64_t until)
{
    struct pollfd poller = {.fd = fd, .events = POLLIN};
    ssize_t size;
    int ready;

    for (;;) {
        size = recv(fd, byte, 1, 0);
        if (size == 1)
            return 0;
        if (size == 0)
            return ECONNRESET;
        if (errno != EAGAIN && errno != EINTR)
            return errno;
        ready = poll(&poller, 1, address_left_ms(until));
        if (ready == 0)
            return ETIMEDOUT;
        if (ready < 0 && errno != EINTR)
            return errno;
    }
}

/* "OK " and the port that the VMM chose for our end. */
static bool is_welcome(const char *line)
{
    return strncmp(line, "OK ", 3) == 0 && line[3] &&
           strspn(line + 3, "0123456789") == strlen(line + 3);
}

int address_handshake(int fd, uint32_t port, int64_t until)
{
    char line[LINE_SIZE];
    size_t length = 0;
    int error = say(fd, port);

    while (!error && length < sizeof(line)) {
        error = hear(fd, &line[length], until);
        if (!error && line[length] == '\n') {
            line[length] = '\0';
            return is_welcome(line) ? 0 : EPROTO;
        }
        length++;
    }
    return error ? error : EPROTO;
}
