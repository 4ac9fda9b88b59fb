/* SPDX-License-Identifier: Apache-2.0 */
#include "platform/platform.h"
#include "platform/hosted/random_clock.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* Returns how many of the last bytes are still to be filled. */
static size_t fill_from_file(unsigned char *bytes, size_t size)
{
    int file = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
    ssize_t got = 1;

    if (file < 0)
        return size;
    while (size && (got > 0 || (got < 0 && errno == EINTR))) {
        got = read(file, bytes, size);
        if (got <= 0)
            continue;
        bytes += got;
        size -= (size_t)got;
    }
    close(file);
    return size;
}

void platform_random(void *data, size_t size)
{
    unsigned char *bytes = data;
    size_t left = fill_from_file(bytes, size);

    random_from_clock(bytes + (size - left), left);
}
