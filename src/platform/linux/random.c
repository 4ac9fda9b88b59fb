/* SPDX-License-Identifier: Apache-2.0 */
#include "platform/platform.h"

#include <errno.h>
#include <sys/random.h>

/* Where the kernel gives none (a filter), names that differ from each other still do. */
static void fill_from_clock(unsigned char *bytes, size_t size)
{
    static uint64_t counter;
    uint64_t state = platform_clock() + (uintptr_t)&state;

    state += __atomic_add_fetch(&counter, 0x9e3779b97f4a7c15u, __ATOMIC_RELAXED);
    while (size--) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        bytes[size] = (unsigned char)(state >> 56);
    }
}

void platform_random(void *data, size_t size)
{
    unsigned char *bytes = data;

    while (size) {
        ssize_t got = getrandom(bytes, size, 0);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            fill_from_clock(bytes, size);
            return;
        }
        bytes += got;
        size -= (size_t)got;
    }
}
