/* SPDX-License-Identifier: Apache-2.0 */
#include "platform/hosted/directory.h"
#include "platform/hosted/error_code.h"
#include "vaccel/error.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

DIR *hosted_directory_open(int parent, const char *name, int follow)
{
    int descriptor = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | follow);
    DIR *directory;

    if (descriptor < 0)
        return NULL;
    directory = fdopendir(descriptor);
    if (!directory)
        close(descriptor);
    return directory;
}

const char *hosted_directory_next(DIR *directory, int *error)
{
    struct dirent *entry;

    do {
        errno = 0;
        entry = readdir(directory);
    } while (entry && (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")));
    if (entry)
        return entry->d_name;
    *error = errno ? hosted_error_code(errno) : VACCEL_OK;
    return NULL;
}
