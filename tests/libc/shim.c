/* SPDX-License-Identifier: Apache-2.0 */
/* Built as a guest's program: what uses structs of the guest's own. */
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

bool guest_status(const char *path, unsigned int *mode, long long *size);
bool guest_time(int clock, long long *seconds, long *nanoseconds);
int guest_names(const char *path, char *names, size_t size);

bool guest_status(const char *path, unsigned int *mode, long long *size)
{
    struct stat status;

    if (stat(path, &status) != 0)
        return false;
    *mode = status.st_mode;
    *size = status.st_size;
    return true;
}

bool guest_time(int clock, long long *seconds, long *nanoseconds)
{
    struct timespec now;

    if (clock_gettime(clock, &now) != 0)
        return false;
    *seconds = now.tv_sec;
    *nanoseconds = now.tv_nsec;
    return true;
}

static int is_wanted(const struct dirent *entry)
{
    return strcmp(entry->d_name, "unwanted") != 0;
}

int guest_names(const char *path, char *names, size_t size)
{
    struct dirent **entries;
    int count = scandir(path, &entries, is_wanted, alphasort);
    size_t length = 0;

    for (int i = 0; i < count; i++) {
        if (length < size)
            length += (size_t)snprintf(names + length, size - length, "%s\n", entries[i]->d_name);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    return count;
}
