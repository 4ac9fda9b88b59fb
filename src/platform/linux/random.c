/* SPDX-License-Identifier: Apache-2.0 */
#include "platform/platform.h"
#include "platform/hosted/random_clock.h"

#include <errno.h>
#include <sys/random.h>

void platform_random(void *data, size_t size)
{
    unsigned char *bytes = data;

    while (size) {
        ssize_t got = getrandom(bytes, size, 0);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            /* A filter forbids it: names that differ from each other still do. */
            random_from_clock(bytes, size);
            return;
        }
        bytes += got;
        size -= (size_t)got;
    }
}
