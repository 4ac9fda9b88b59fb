/* SPDX-License-Identifier: Apache-2.0 */
#include "platform/linux/shared.h"
#include "platform/linux/blocks.h"
#include "platform/platform.h"
#include "vaccel/log.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

/* Pages of a sparse file cost nothing until they are written; so there is room for all that can be. */
enum { LEAST = 16 * 1024 * 1024 };

static struct {
    struct platform_mutex lock;
    struct shared_arena arena; /* base is NULL: none yet */
    struct blocks blocks;
} shared;

/* As much as there is memory, if a file may be so long. */
static size_t wanted_size(void)
{
    long pages = sysconf(_SC_PHYS_PAGES);
    long page = sysconf(_SC_PAGESIZE);
    size_t size = pages > 0 && page > 0 ? (size_t)pages * (size_t)page : LEAST;
    struct rlimit limit;

    /* The signal for a file that is too long would end the process. */
    if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur < size)
        size = limit.rlim_cur;
    return size / LEAST * LEAST;
}

/* Sealed against shrinking, so that nobody with the descriptor can make us fault. */
static int make_file(size_t size)
{
    int fd = memfd_create("vaccel", MFD_CLOEXEC | MFD_ALLOW_SEALING);

    if (fd < 0)
        return -1;
    if (ftruncate(fd, (off_t)size) == 0 &&
        fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0)
        return fd;
    close(fd);
    return -1;
}

static bool make_arena(struct shared_arena *arena, size_t size)
{
    void *base;
    int fd = make_file(size);

    if (fd < 0)
        return false;
    base = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd, 0);
    if (base == MAP_FAILED) {
        close(fd);
        return false;
    }
    *arena = (struct shared_arena){fd, base, size};
    return true;
}

static void unmake_arena(struct shared_arena *arena)
{
    munmap(arena->base, arena->size);
    close(arena->fd);
    arena->base = NULL;
}

/* Under the lock. The address space may be limited, so less has to do. */
static bool have_arena(void)
{
    size_t size = wanted_size();

    if (shared.arena.base)
        return true;
    while (size >= LEAST && !make_arena(&shared.arena, size))
        size = size / 2 / LEAST * LEAST;
    if (!shared.arena.base) {
        vaccel_error("memory that can be shared: %s; it needs memfd_create() and a file of at "
                     "least %d bytes",
                     strerror(errno), LEAST);
        return false;
    }
    if (blocks_begin(&shared.blocks, shared.arena.size))
        return true;
    unmake_arena(&shared.arena);
    return false;
}

bool platform_shared_arena(struct shared_arena *arena)
{
    bool found;

    platform_lock(&shared.lock);
    found = have_arena();
    *arena = shared.arena;
    platform_unlock(&shared.lock);
    return found;
}

void *platform_alloc_shared(size_t size)
{
    void *data = NULL;
    size_t offset;

    platform_lock(&shared.lock);
    if (have_arena() && blocks_take(&shared.blocks, size, &offset))
        data = shared.arena.base + offset;
    platform_unlock(&shared.lock);
    return data;
}

/* Under the lock, lest somebody gets them first. Page by page: others may be in use at the edges. */
static void return_pages(const struct extent *idle)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t start = (idle->offset + page - 1) / page * page;
    size_t end = (idle->offset + idle->size) / page * page;

    if (end > start)
        fallocate(shared.arena.fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)start,
                  (off_t)(end - start));
}

/* What lies elsewhere is of before a fork(), and the parent's. */
void platform_free_shared(void *data)
{
    struct extent idle;

    platform_lock(&shared.lock);
    if (data && shared.arena.base && shared_arena_holds(&shared.arena, data, 1) &&
        blocks_give_back(&shared.blocks, (size_t)((unsigned char *)data - shared.arena.base),
                         &idle))
        return_pages(&idle);
    platform_unlock(&shared.lock);
}

static void before_fork(void)
{
    platform_lock(&shared.lock);
}

static void in_parent(void)
{
    platform_unlock(&shared.lock);
}

/* What the parent wrote can still be read there; the mapping stays. */
static void in_child(void)
{
    if (shared.arena.base) {
        blocks_end(&shared.blocks);
        close(shared.arena.fd);
        shared.arena.base = NULL;
    }
    platform_unlock(&shared.lock);
}

__attribute__((constructor)) static void watch_forks(void)
{
    pthread_atfork(before_fork, in_parent, in_child);
}
