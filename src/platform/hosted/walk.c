/* SPDX-License-Identifier: Apache-2.0 */
#include "platform/platform.h"
#include "platform/checked.h"
#include "platform/hosted/directory.h"
#include "platform/hosted/error_code.h"
#include "vaccel/error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct found_files {
    char **paths;
    size_t count;
    size_t capacity;
};

static int add_file(struct found_files *files, char *path)
{
    if (files->count == files->capacity) {
        size_t capacity = files->capacity ? 2 * files->capacity : 16;
        size_t bytes;
        char **paths =
            size_mul(capacity, sizeof(*paths), &bytes) ? realloc(files->paths, bytes) : NULL;

        if (!paths)
            return VACCEL_ENOMEM;
        files->paths = paths;
        files->capacity = capacity;
    }
    files->paths[files->count++] = path;
    return VACCEL_OK;
}

/* @prefix is "" or ends with '/'. */
static char *join(const char *prefix, const char *name, const char *end)
{
    size_t size = strlen(prefix) + strlen(name) + strlen(end) + 1;
    char *path = malloc(size);

    if (path)
        snprintf(path, size, "%s%s%s", prefix, name, end);
    return path;
}

static int find_below(struct found_files *files, DIR *directory, const char *prefix, int depth);

static int find_in_subdirectory(struct found_files *files, int parent, const char *name,
                                const char *prefix, int depth)
{
    DIR *directory;
    char *path;
    int error;

    if (depth == HOSTED_MAX_DEPTH)
        return VACCEL_ELOOP;
    directory = hosted_directory_open(parent, name, O_NOFOLLOW);
    if (!directory)
        return hosted_error_code(errno);
    path = join(prefix, name, "/");
    error = path ? find_below(files, directory, path, depth) : VACCEL_ENOMEM;
    free(path);
    closedir(directory);
    return error;
}

static int find_entry(struct found_files *files, int parent, const char *name, const char *prefix,
                      int depth)
{
    struct stat status;
    char *path;
    int error;

    if (fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW))
        return hosted_error_code(errno);
    if (S_ISDIR(status.st_mode))
        return find_in_subdirectory(files, parent, name, prefix, depth + 1);
    if (!S_ISREG(status.st_mode))
        return VACCEL_OK;
    path = join(prefix, name, "");
    error = path ? add_file(files, path) : VACCEL_ENOMEM;
    if (error)
        free(path);
    return error;
}

static int find_below(struct found_files *files, DIR *directory, const char *prefix, int depth)
{
    const char *name;
    int error;

    while ((name = hosted_directory_next(directory, &error))) {
        error = find_entry(files, dirfd(directory), name, prefix, depth);
        if (error)
            return error;
    }
    return error;
}

static int compare_paths(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int visit_sorted(struct found_files *files,
                        int (*visit)(const char *relative, void *context), void *context)
{
    int error = VACCEL_OK;

    if (files->count)
        qsort(files->paths, files->count, sizeof(*files->paths), compare_paths);
    for (size_t i = 0; i < files->count && !error; i++)
        error = visit(files->paths[i], context);
    return error;
}

static void free_found(struct found_files *files)
{
    for (size_t i = 0; i < files->count; i++)
        free(files->paths[i]);
    free(files->paths);
}

int platform_directory_walk(const char *path, int (*visit)(const char *relative, void *context),
                            void *context)
{
    struct found_files files = {NULL, 0, 0};
    DIR *directory = hosted_directory_open(AT_FDCWD, path, 0);
    int error;

    if (!directory)
        return hosted_error_code(errno);
    error = find_below(&files, directory, "", 0);
    closedir(directory);
    if (!error)
        error = visit_sorted(&files, visit, context);
    free_found(&files);
    return error;
}
