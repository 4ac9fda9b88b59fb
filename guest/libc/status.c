/* SPDX-License-Identifier: Apache-2.0 */
#include "archive.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

static int find(const char *path, struct archive_entry *entry)
{
    int error = archive_find(path, entry);

    if (!error)
        return 0;
    errno = error;
    return -1;
}

int stat(const char *path, struct stat *status)
{
    struct archive_entry entry;

    if (find(path, &entry) != 0)
        return -1;
    *status = (struct stat){.st_mode = entry.mode, .st_size = (off_t)entry.size};
    return 0;
}

int lstat(const char *path, struct stat *status)
{
    return stat(path, status);
}

int access(const char *path, int mode)
{
    struct archive_entry entry;

    if (find(path, &entry) != 0)
        return -1;
    if (mode & W_OK)
        errno = EROFS;
    else if ((mode & X_OK) && entry.type != ARCHIVE_DIRECTORY)
        errno = EACCES;
    else
        return 0;
    return -1;
}
