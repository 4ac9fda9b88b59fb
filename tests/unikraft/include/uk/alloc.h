/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STAND_IN_UK_ALLOC_H
#define STAND_IN_UK_ALLOC_H

#include <stddef.h>

struct uk_alloc {
    void *(*malloc)(struct uk_alloc *allocator, size_t size);
    int (*posix_memalign)(struct uk_alloc *allocator, void **data, size_t align, size_t size);
    void (*free)(struct uk_alloc *allocator, void *data);
};

struct uk_alloc *uk_alloc_get_default(void);

static inline void *uk_malloc(struct uk_alloc *allocator, size_t size)
{
    return allocator->malloc(allocator, size);
}

static inline int uk_posix_memalign(struct uk_alloc *allocator, void **data, size_t align,
                                    size_t size)
{
    return allocator->posix_memalign(allocator, data, align, size);
}

static inline void uk_free(struct uk_alloc *allocator, void *data)
{
    allocator->free(allocator, data);
}

#endif
