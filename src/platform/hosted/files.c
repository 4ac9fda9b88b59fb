/* SPDX-License-Identifier: Apache-2.0 */
#include "platform/platform.h"
#include "platform/hosted/error_code.h"
#include "platform/hosted/files.h"
#include "vaccel/error.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Who does not know it may want memory for all that is mapped. */
#ifndef MAP_NORESERVE
#define MAP_NORESERVE 0
#endif
/* Strict POSIX has no memory without a file: then there is no copy, but an error. */
#ifndef MAP_ANONYMOUS
#define MAP_ANONYMOUS 0
#endif

int platform_file_type(const char *path, enum platform_file_type *type)
{
    struct stat status;

    if (stat(path, &status))
        return hosted_error_code(errno);
    if (S_ISREG(status.st_mode))
        *type = PLATFORM_FILE;
    else if (S_ISDIR(status.st_mode))
        *type = PLATFORM_DIRECTORY;
    else
        *type = PLATFORM_OTHER;
    return VACCEL_OK;
}

bool platform_file_is_empty(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISREG(status.st_mode) && status.st_size == 0;
}

static int size_of_regular(int file, size_t *size)
{
    struct stat status;

    if (fstat(file, &status))
        return hosted_error_code(errno);
    if (!S_ISREG(status.st_mode) || status.st_size <= 0)
        return VACCEL_EINVAL;
    if ((uintmax_t)status.st_size > PTRDIFF_MAX)
        return VACCEL_ENOMEM;
    *size = (size_t)status.st_size;
    return VACCEL_OK;
}

int hosted_file_open(const char *path, int *file, size_t *size)
{
    /* Not blocking, since opening a pipe would wait for its writer. */
    int opened = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    int error;

    if (opened < 0)
        return hosted_error_code(errno);
    error = size_of_regular(opened, size);
    if (error)
        close(opened);
    else
        *file = opened;
    return error;
}

/* What the file does not have stays as it is. */
static int read_whole(int file, void *data, size_t size)
{
    char *bytes = data;

    while (size) {
        ssize_t got = read(file, bytes, size);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return hosted_error_code(errno);
        if (got == 0)
            break;
        bytes += got;
        size -= (size_t)got;
    }
    return VACCEL_OK;
}

/* Not every file system, and not every system, has files in memory that can be written. */
static int copy(int file, void **data, size_t size)
{
    void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int error;

    if (pages == MAP_FAILED)
        return hosted_error_code(errno);
    error = read_whole(file, pages, size);
    if (error)
        munmap(pages, size);
    else
        *data = pages;
    return error;
}

static bool is_unsupported(int error)
{
    return error == ENODEV || error == ENOSYS || error == ENOTSUP || error == EOPNOTSUPP;
}

/* Few of the pages will be written: a model larger than memory can be mapped all the same. */
static int map(int file, void **data, size_t size)
{
    void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, file, 0);

    if (pages == MAP_FAILED)
        return is_unsupported(errno) ? copy(file, data, size) : hosted_error_code(errno);
    *data = pages;
    return VACCEL_OK;
}

int platform_file_map(const char *path, void **data, size_t *size)
{
    size_t length = 0;
    int file = -1;
    int error = hosted_file_open(path, &file, &length);

    if (error)
        return error;
    error = map(file, data, length);
    if (!error)
        *size = length;
    close(file);
    return error;
}

void platform_file_unmap(void *data, size_t size)
{
    munmap(data, size);
}

static int write_whole(int file, const void *data, size_t size)
{
    const char *bytes = data;

    while (size) {
        ssize_t written = write(file, bytes, size);

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return hosted_error_code(errno);
        bytes += written;
        size -= (size_t)written;
    }
    return VACCEL_OK;
}

int platform_file_create(const char *path, const void *data, size_t size)
{
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    int error;

    if (file < 0)
        return hosted_error_code(errno);
    error = write_whole(file, data, size);
    /* Some file systems tell only now that there was no room. */
    if (close(file) && !error && errno != EINTR)
        error = hosted_error_code(errno);
    if (error)
        unlink(path);
    return error;
}

int platform_file_remove(const char *path)
{
    return unlink(path) ? hosted_error_code(errno) : VACCEL_OK;
}
