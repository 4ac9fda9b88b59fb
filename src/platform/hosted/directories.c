/* SPDX-License-Identifier: Apache-2.0 */
#include "platform/platform.h"
#include "platform/hosted/directory.h"
#include "platform/hosted/error_code.h"
#include "vaccel/error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* As strdup(), without a '/' at the end: "link/" would be followed, "link" is not. */
static char *copy_path(const char *path)
{
    char *copy = strdup(path);
    size_t length = copy ? strlen(copy) : 0;

    while (length > 1 && copy[length - 1] == '/')
        copy[--length] = '\0';
    return copy;
}

static int make_path(char *path)
{
    char *slash;
    int error;

    if (mkdir(path, 0700) == 0)
        return VACCEL_OK;
    slash = errno == ENOENT ? strrchr(path, '/') : NULL;
    if (!slash || slash == path)
        return hosted_error_code(errno);
    *slash = '\0';
    error = make_path(path);
    *slash = '/';
    if (error && error != VACCEL_EEXIST)
        return error;
    return mkdir(path, 0700) ? hosted_error_code(errno) : VACCEL_OK;
}

int platform_directory_make(const char *path, bool parents)
{
    char *copy;
    int error;

    if (!parents)
        return mkdir(path, 0700) ? hosted_error_code(errno) : VACCEL_OK;
    copy = copy_path(path);
    if (!copy)
        return VACCEL_ENOMEM;
    error = make_path(copy);
    free(copy);
    return error;
}

static int remove_tree(int parent, const char *name, int depth);

static int remove_entry(int directory, const char *name, int depth)
{
    if (unlinkat(directory, name, 0) == 0)
        return VACCEL_OK;
    /* Linux says the first of a directory, POSIX the second. */
    if (errno != EISDIR && errno != EPERM)
        return hosted_error_code(errno);
    return remove_tree(directory, name, depth);
}

/* Removes what can be removed; the first error is returned. */
static int remove_tree(int parent, const char *name, int depth)
{
    DIR *directory;
    const char *entry;
    int first_error = VACCEL_OK;
    int error;

    /* An empty one goes also when there is neither memory nor a descriptor left. */
    if (unlinkat(parent, name, AT_REMOVEDIR) == 0)
        return VACCEL_OK;
    if (depth == HOSTED_MAX_DEPTH)
        return VACCEL_ELOOP;
    directory = hosted_directory_open(parent, name, O_NOFOLLOW);
    if (!directory)
        return hosted_error_code(errno);
    while ((entry = hosted_directory_next(directory, &error))) {
        error = remove_entry(dirfd(directory), entry, depth + 1);
        if (!first_error)
            first_error = error;
    }
    closedir(directory);
    if (!first_error)
        first_error = error;
    if (unlinkat(parent, name, AT_REMOVEDIR) && !first_error)
        first_error = hosted_error_code(errno);
    return first_error;
}

int platform_directory_remove(const char *path)
{
    char *copy;
    int error;

    if (rmdir(path) == 0)
        return VACCEL_OK;
    copy = copy_path(path);
    if (!copy)
        return VACCEL_ENOMEM;
    error = remove_tree(AT_FDCWD, copy, 0);
    free(copy);
    return error;
}

int platform_run_base(char *path, size_t size)
{
    const char *runtime = platform_environment("XDG_RUNTIME_DIR");
    int length;

    if (runtime && runtime[0] == '/')
        length = snprintf(path, size, "%s/vaccel", runtime);
    else
        length = snprintf(path, size, "/run/user/%lu/vaccel", (unsigned long)getuid());
    return length < 0 || (size_t)length >= size ? VACCEL_ENAMETOOLONG : VACCEL_OK;
}
