/* SPDX-License-Identifier: Apache-2.0 */
#include "stream/address_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int address_socket(int family)
{
    int fd = socket(family, SOCK_STREAM, 0);
    int error;

    if (fd < 0)
        return -1;
    if (fcntl(fd, F_SETFL, O_NONBLOCK) == 0) {
        /* Where there is no exec, there may be no such flag. */
        (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
        return fd;
    }
    error = errno;
    close(fd);
    errno = error;
    return -1;
}
