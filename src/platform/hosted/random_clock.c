/* SPDX-License-Identifier: Apache-2.0 */
#include "platform/hosted/random_clock.h"
#include "platform/platform.h"

void random_from_clock(unsigned char *bytes, size_t size)
{
    static size_t counter;
    uint64_t state = platform_clock() + (uintptr_t)&state;

    /* A word that any processor adds to by itself. */
    state += __atomic_add_fetch(&counter, (size_t)0x9e3779b97f4a7c15u, __ATOMIC_RELAXED);
    while (size--) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        bytes[size] = (unsigned char)(state >> 56);
    }
}
