/* SPDX-License-Identifier: Apache-2.0 */
#include "host.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

bool exists(const char *path)
{
    return access(path, F_OK) == 0;
}

bool is_directory(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static int is_picture(const struct dirent *entry)
{
    const char *suffix = strrchr(entry->d_name, '.');

    return suffix && (!strcasecmp(suffix, ".png") || !strcasecmp(suffix, ".jpg") ||
                      !strcasecmp(suffix, ".jpeg"));
}

void free_names(char **names, size_t count)
{
    while (count)
        free(names[--count]);
    free(names);
}

int list_pictures(const char *directory, char ***names, size_t *count)
{
    struct dirent **entries;
    int found = scandir(directory, &entries, is_picture, alphasort);
    int i;

    if (found < 0) {
        fprintf(stderr, "cannot read directory %s: %s\n", directory, strerror(errno));
        return -1;
    }
    *names = calloc((size_t)found + 1, sizeof(**names));
    for (*count = 0, i = 0; i < found; i++) {
        if (*names && ((*names)[*count] = strdup(entries[i]->d_name)))
            ++*count;
        free(entries[i]);
    }
    free(entries);
    if (*count && *count == (size_t)found)
        return 0;
    fprintf(stderr, "%s: %s\n", directory, found ? strerror(ENOMEM) : "no PNG or JPEG files");
    free_names(*names, *count);
    return -1;
}

bool is_watched(void)
{
    return isatty(STDERR_FILENO);
}

double now_in_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}
