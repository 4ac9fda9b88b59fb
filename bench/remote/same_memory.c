/* SPDX-License-Identifier: Apache-2.0 */
#include "same_memory.h"

#include <glob.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* A byte of a file. */
struct place {
    unsigned long inode;
    unsigned int major;
    unsigned int minor;
    uintptr_t offset;
};

enum { PATH_ROOM = 64, LINE_ROOM = 512 };

static bool read_line(const char *line, uintptr_t address, struct place *place)
{
    uintptr_t start, end;
    int found = sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %*s %" SCNxPTR " %x:%x %lu", &start, &end,
                       &place->offset, &place->major, &place->minor, &place->inode);

    if (found != 6 || address < start || address >= end)
        return false;
    place->offset += address - start;
    return place->inode != 0;
}

/* False: it lies in no file. */
static bool find_place(pid_t pid, uintptr_t address, struct place *place)
{
    char path[PATH_ROOM], line[LINE_ROOM];
    bool found = false;
    FILE *maps;

    snprintf(path, sizeof(path), "/proc/%d/maps", pid);
    maps = fopen(path, "r");
    if (!maps)
        return false;
    while (!found && fgets(line, sizeof(line), maps))
        found = read_line(line, address, place);
    fclose(maps);
    return found;
}

static bool is_place_of(pid_t pid, uintptr_t address, const struct place *wanted)
{
    struct place place;

    return find_place(pid, address, &place) && place.inode == wanted->inode &&
           place.major == wanted->major && place.minor == wanted->minor &&
           place.offset == wanted->offset;
}

static bool is_place_of_child(const char *path, uintptr_t address, const struct place *wanted)
{
    FILE *children = fopen(path, "r");
    bool same = false;
    int child;

    if (!children)
        return false;
    while (!same && fscanf(children, "%d", &child) == 1)
        same = is_place_of(child, address, wanted);
    fclose(children);
    return same;
}

/* Each thread has children of its own. */
bool same_memory(pid_t pid, uintptr_t there, const void *here)
{
    char pattern[PATH_ROOM];
    struct place wanted;
    bool same = false;
    glob_t threads;
    size_t i;

    snprintf(pattern, sizeof(pattern), "/proc/%d/task/*/children", pid);
    if (!find_place(getpid(), (uintptr_t)here, &wanted) || glob(pattern, 0, NULL, &threads))
        return false;
    for (i = 0; i < threads.gl_pathc && !same; i++)
        same = is_place_of_child(threads.gl_pathv[i], there, &wanted);
    globfree(&threads);
    return same;
}
