/* SPDX-License-Identifier: Apache-2.0 */
#include "machine.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <uk/alloc.h>
#include <unistd.h>

/* What guest_calls.h renames: the host's, unless the test lets it fail. */

enum { HEAP_MOST = 1 << 30, BLOCK_ALIGN = 16 };

static unsigned int heap_left;
static unsigned int files_left;
static size_t blocks;
static size_t read_most = SIZE_MAX;
static unsigned int open_files;

unsigned int heap_fail_at(unsigned int which)
{
    unsigned int left = heap_left;

    heap_left = which;
    return left;
}

bool heap_fails(void)
{
    return heap_left && !--heap_left;
}

size_t heap_blocks(void)
{
    return blocks;
}

static bool has(size_t size)
{
    return !heap_fails() && size <= HEAP_MOST;
}

/* Where the heap is to lie, if not at the host's; each block is told its size before it. */
static unsigned char *heap;
static size_t heap_used;
static size_t heap_size;

void heap_use(void *memory, size_t size)
{
    heap = memory;
    heap_size = size;
}

/* Else it is from the time before. */
static bool is_in_heap(const void *data)
{
    return heap && (uintptr_t)data - (uintptr_t)heap < heap_size;
}

static void *take(size_t align, size_t size)
{
    void *data;

    if (!heap)
        return posix_memalign(&data, align, size) ? NULL : data;
    heap_used = (heap_used + 2 * align - 1) & ~(align - 1);
    must(size < heap_size - heap_used);
    data = heap + heap_used;
    ((size_t *)data)[-1] = size;
    heap_used += size;
    return data;
}

static void *take_zeroed(size_t size)
{
    void *data = take(BLOCK_ALIGN, size);

    return data ? memset(data, 0, size) : NULL;
}

static void *take_again(void *data, size_t size)
{
    size_t before;
    void *moved;

    if (data && !is_in_heap(data))
        return realloc(data, size);
    moved = take(BLOCK_ALIGN, size);
    before = data ? ((size_t *)data)[-1] : 0;
    return before ? memcpy(moved, data, before < size ? before : size) : moved;
}

static void *counted(void *data)
{
    must(data);
    blocks++;
    return data;
}

void *guest_malloc(size_t size);
void *guest_malloc(size_t size)
{
    return has(size) ? counted(take(BLOCK_ALIGN, size)) : NULL;
}

void *guest_calloc(size_t count, size_t size);
void *guest_calloc(size_t count, size_t size)
{
    return has(count * size) ? counted(take_zeroed(count * size)) : NULL;
}

void *guest_realloc(void *data, size_t size);
void *guest_realloc(void *data, size_t size)
{
    void *moved;

    if (!has(size))
        return NULL;
    moved = take_again(data, size);
    return data ? moved : counted(moved);
}

int guest_posix_memalign(void **data, size_t align, size_t size);
int guest_posix_memalign(void **data, size_t align, size_t size)
{
    if (!has(size))
        return ENOMEM;
    *data = counted(take(align, size));
    return 0;
}

void guest_free(void *data);
void guest_free(void *data)
{
    if (data)
        blocks--;
    if (!is_in_heap(data))
        free(data);
}

static void *uk_malloc_(struct uk_alloc *allocator, size_t size)
{
    (void)allocator;
    return guest_malloc(size);
}

static int uk_posix_memalign_(struct uk_alloc *allocator, void **data, size_t align, size_t size)
{
    (void)allocator;
    return guest_posix_memalign(data, align, size);
}

static void uk_free_(struct uk_alloc *allocator, void *data)
{
    (void)allocator;
    guest_free(data);
}

struct uk_alloc *uk_alloc_get_default(void)
{
    static struct uk_alloc allocator = {uk_malloc_, uk_posix_memalign_, uk_free_};

    return &allocator;
}

void files_fail_at(unsigned int which)
{
    files_left = which;
}

void files_read_at_most(size_t size)
{
    read_most = size;
}

unsigned int files_open(void)
{
    return open_files;
}

static bool file_fails(void)
{
    if (!files_left || --files_left)
        return false;
    errno = EIO;
    return true;
}

int guest_open(const char *path, int flags);
int guest_open(const char *path, int flags)
{
    int file = file_fails() ? -1 : open(path, flags | O_CLOEXEC);

    open_files += file >= 0;
    return file;
}

int guest_close(int file);
int guest_close(int file)
{
    open_files--;
    return close(file);
}

ssize_t guest_read(int file, void *data, size_t size);
ssize_t guest_read(int file, void *data, size_t size)
{
    return file_fails() ? -1 : read(file, data, size < read_most ? size : read_most);
}

int guest_stat(const char *path, struct stat *status);
int guest_stat(const char *path, struct stat *status)
{
    return file_fails() ? -1 : stat(path, status);
}

int guest_fstat(int file, struct stat *status);
int guest_fstat(int file, struct stat *status)
{
    return file_fails() ? -1 : fstat(file, status);
}
