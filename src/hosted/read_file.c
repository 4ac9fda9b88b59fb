/* SPDX-License-Identifier: Apache-2.0 */
#include "core/error_text.h"
#include "platform/hosted/error_code.h"
#include "platform/hosted/files.h"
#include "vaccel/error.h"
#include "vaccel/log.h"
#include "vaccel/utils/fs.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static int read_whole(int file, char *data, size_t size)
{
    while (size) {
        ssize_t got = read(file, data, size);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return hosted_error_code(errno);
        if (!got)
            return VACCEL_EIO;
        data += got;
        size -= (size_t)got;
    }
    return VACCEL_OK;
}

static int read_file(const char *path, void **data, size_t *size)
{
    void *contents;
    size_t length = 0;
    int file = -1;
    int error = hosted_file_open(path, &file, &length);

    if (error)
        return error;
    contents = malloc(length);
    error = contents ? read_whole(file, contents, length) : VACCEL_ENOMEM;
    close(file);
    if (error) {
        free(contents);
        return error;
    }
    *data = contents;
    *size = length;
    return VACCEL_OK;
}

int fs_file_read(const char *path, void **data, size_t *size)
{
    int error;

    if (!path || !data || !size) {
        vaccel_error("reading a file needs a path and somewhere to put the data and their size");
        return VACCEL_EINVAL;
    }
    error = read_file(path, data, size);
    if (error == VACCEL_EINVAL)
        vaccel_error("cannot read %s: it must be a regular file that is not empty", path);
    else if (error)
        vaccel_error("cannot read %s: %s", path, error_text(error));
    return error;
}
