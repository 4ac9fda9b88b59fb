/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/worker/buffer.h"

#include <stdlib.h>
#include <sys/mman.h>

/* What is smaller comes from the heap; what is larger than KEPT_MOST is not kept. */
enum { LARGE = 256 * 1024, KEPT_MOST = 64 * 1024 * 1024 };

void buffer_cache_begin(struct buffer_cache *cache)
{
    pthread_mutex_init(&cache->lock, NULL);
    cache->kept = (struct buffer){0};
}

static void discard(struct buffer *buffer)
{
    if (buffer->size >= LARGE)
        munmap(buffer->data, buffer->size);
    else
        free(buffer->data);
}

void buffer_cache_end(struct buffer_cache *cache)
{
    discard(&cache->kept);
    pthread_mutex_destroy(&cache->lock);
}

static bool take_kept(struct buffer_cache *cache, size_t size, struct buffer *buffer)
{
    bool fits;

    pthread_mutex_lock(&cache->lock);
    fits = cache->kept.size >= size;
    if (fits) {
        *buffer = cache->kept;
        cache->kept = (struct buffer){0};
    }
    pthread_mutex_unlock(&cache->lock);
    return fits;
}

static bool map(size_t size, struct buffer *buffer)
{
    void *data = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (data == MAP_FAILED)
        return false;
    madvise(data, size, MADV_HUGEPAGE); /* fewer faults, where the system has such pages */
    *buffer = (struct buffer){.data = data, .size = size, .zeroed = true};
    return true;
}

bool buffer_take(struct buffer_cache *cache, size_t size, struct buffer *buffer)
{
    size = (size + BUFFER_ALIGN - 1) / BUFFER_ALIGN * BUFFER_ALIGN;
    if (size >= LARGE)
        return take_kept(cache, size, buffer) || map(size, buffer);
    *buffer = (struct buffer){.size = size};
    if (size)
        buffer->data = aligned_alloc(BUFFER_ALIGN, size);
    return buffer->data || !size;
}

void buffer_give(struct buffer_cache *cache, struct buffer *buffer)
{
    struct buffer old = *buffer;

    if (buffer->size >= LARGE && buffer->size <= KEPT_MOST) {
        pthread_mutex_lock(&cache->lock);
        old = cache->kept;
        cache->kept = *buffer;
        cache->kept.zeroed = false;
        pthread_mutex_unlock(&cache->lock);
    }
    discard(&old);
    *buffer = (struct buffer){0};
}
