/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLATFORM_LINUX_SHARED_H
#define PLATFORM_LINUX_SHARED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Where all memory of platform_alloc_shared() lies: a file without a name, mapped once and for ever.
 * It is sparse, cannot shrink or grow, and whoever gets the descriptor can write to all of it.
 */
struct shared_arena {
    int fd; /* stays the platform's */
    unsigned char *base;
    size_t size;
};

/*
 * The arena of this process; it is made if there is none yet. It stays what it is until a fork(), whose
 * child gets one of its own. False: there is no memory; logged.
 */
bool platform_shared_arena(struct shared_arena *arena);

static inline bool shared_arena_holds(const struct shared_arena *arena, const void *data,
                                      size_t size)
{
    uintptr_t offset = (uintptr_t)data - (uintptr_t)arena->base;

    return offset < arena->size && size <= arena->size - offset;
}

#endif
