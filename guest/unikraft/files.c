/* SPDX-License-Identifier: Apache-2.0 */
#include "platform/platform.h"

#include "vaccel/error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* The library's files where there is Unikraft's virtual file system, which is only read. */

/* A VACCEL_E code is the errno of the same name. */
int platform_file_type(const char *path, enum platform_file_type *type)
{
    struct stat status;

    if (stat(path, &status) != 0)
        return errno;
    *type = PLATFORM_OTHER;
    if (S_ISREG(status.st_mode))
        *type = PLATFORM_FILE;
    else if (S_ISDIR(status.st_mode))
        *type = PLATFORM_DIRECTORY;
    return VACCEL_OK;
}

bool platform_file_is_empty(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISREG(status.st_mode) && !status.st_size;
}

static int read_all(int file, unsigned char *data, size_t size)
{
    ssize_t got;

    while (size) {
        got = read(file, data, size);
        if (got <= 0)
            return got ? errno : VACCEL_EIO;
        data += got;
        size -= (size_t)got;
    }
    return VACCEL_OK;
}

static int read_file(int file, void **data, size_t *size)
{
    struct stat status;
    int error;

    if (fstat(file, &status) != 0)
        return errno;
    if (!S_ISREG(status.st_mode) || status.st_size <= 0)
        return VACCEL_EINVAL;
    *size = (size_t)status.st_size;
    *data = malloc(*size);
    if (!*data)
        return VACCEL_ENOMEM;
    error = read_all(file, *data, *size);
    if (error)
        free(*data);
    return error;
}

int platform_file_map(const char *path, void **data, size_t *size)
{
    int file = open(path, O_RDONLY);
    int error;

    if (file < 0)
        return errno;
    error = read_file(file, data, size);
    close(file);
    return error;
}

void platform_file_unmap(void *data, size_t size)
{
    (void)size;
    free(data);
}

int platform_directory_walk(const char *path, int (*visit)(const char *relative, void *context),
                            void *context)
{
    (void)path;
    (void)visit;
    (void)context;
    return VACCEL_ENOTSUP;
}
