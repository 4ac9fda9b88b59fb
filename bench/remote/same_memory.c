/* SPDX-License-Identifier: Apache-2.0 */
#include "same_memory.h"

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

bool same_memory(pid_t pid, uintptr_t there, const void *here)
{
    char path[PATH_ROOM];
    struct place wanted;
    bool same = false;
    FILE *children;
    int child;

    snprintf(path, sizeof(path), "/proc/%d/task/%d/children", pid, pid);
    children = fopen(path, "r");
    if (!children)
        return false;
    if (find_place(getpid(), (uintptr_t)here, &wanted))
        while (!same && fscanf(children, "%d", &child) == 1)
            same = is_place_of(child, there, &wanted);
    fclose(children);
    return same;
}
