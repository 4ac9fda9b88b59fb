/* SPDX-License-Identifier: Apache-2.0 */
#include "machine.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <uk/alloc.h>
#include <unistd.h>

/* What guest_calls.h renames: the host's, unless the test lets it fail. */

enum { HEAP_MOST = 1 << 30 };

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

static void *counted(void *data)
{
    must(data);
    blocks++;
    return data;
}

void *guest_malloc(size_t size);
void *guest_malloc(size_t size)
{
    return has(size) ? counted(malloc(size)) : NULL;
}

void *guest_calloc(size_t count, size_t size);
void *guest_calloc(size_t count, size_t size)
{
    return has(count * size) ? counted(calloc(count, size)) : NULL;
}

void *guest_realloc(void *data, size_t size);
void *guest_realloc(void *data, size_t size)
{
    void *moved;

    if (!has(size))
        return NULL;
    moved = realloc(data, size);
    return data ? moved : counted(moved);
}

int guest_posix_memalign(void **data, size_t align, size_t size);
int guest_posix_memalign(void **data, size_t align, size_t size)
{
    if (!has(size))
        return ENOMEM;
    must(!posix_memalign(data, align, size));
    counted(*data);
    return 0;
}

void guest_free(void *data);
void guest_free(void *data)
{
    if (data)
        blocks--;
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
