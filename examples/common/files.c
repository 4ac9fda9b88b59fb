/* SPDX-License-Identifier: Apache-2.0 */
#include "files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int complain(const char *what, const char *path)
{
    fprintf(stderr, "cannot %s %s: %s\n", what, path, strerror(errno));
    return -1;
}

/* Read to the end of @file into memory that grows. NULL: an error, or nothing to read. */
static char *read_all(FILE *file, size_t *size)
{
    size_t room = 64 * 1024;
    char *data = malloc(room);
    char *larger;

    *size = 0;
    while (data) {
        *size += fread(data + *size, 1, room - *size, file);
        if (*size < room)
            break;
        room *= 2;
        larger = realloc(data, room);
        if (!larger)
            free(data);
        data = larger;
    }
    if (!data || (!ferror(file) && *size))
        return data;
    free(data);
    if (!ferror(file))
        errno = ENODATA;
    return NULL;
}

int read_file(const char *path, void **data, size_t *size)
{
    FILE *file = fopen(path, "rb");

    if (!file)
        return complain("open", path);
    *data = read_all(file, size);
    if (!*data)
        complain("read", path);
    fclose(file);
    return *data ? 0 : -1;
}

int write_file(const char *path, const void *data, size_t size)
{
    FILE *file = fopen(path, "wb");
    size_t written;

    if (!file)
        return complain("create", path);
    written = fwrite(data, 1, size, file);
    if (fclose(file) || written < size)
        return complain("write", path);
    return 0;
}
