/* SPDX-License-Identifier: Apache-2.0 */
#include "listing.h"
#include "archive.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The parts of @path, or the first of them, joined by single '/'. */
static char *copy_parts(const char *path, bool all)
{
    char *copy = malloc(strlen(path) + 1);
    size_t length = 0;
    size_t part_length;
    const char *part;

    while (copy && (part = archive_part(&path, &part_length)) && (all || !length)) {
        if (length)
            copy[length++] = '/';
        memcpy(copy + length, part, part_length);
        length += part_length;
    }
    if (copy)
        copy[length] = '\0';
    return copy;
}

static int add(struct listing *listing, char *name)
{
    size_t room = listing->room ? 2 * listing->room : 16;
    char **names;

    if (listing->count == listing->room) {
        names = realloc(listing->names, room * sizeof(*names));
        if (!names)
            return ENOMEM;
        listing->names = names;
        listing->room = room;
    }
    listing->names[listing->count++] = name;
    return 0;
}

static int add_copy(struct listing *listing, const char *path, bool all)
{
    char *name = copy_parts(path, all);
    int ret = 0;

    if (!name)
        return ENOMEM;
    if (name[0])
        ret = add(listing, name);
    if (ret || !name[0]) /* no name: it is the directory itself */
        free(name);
    return ret;
}

static int add_all(struct listing *listing, const char *directory, bool deep)
{
    struct archive_entry entry;
    size_t position = 0;
    const char *rest;
    int ret = 0;

    while (ret == 0 && archive_next(&position, &entry)) {
        rest = archive_below(entry.name, directory);
        if (rest && (!deep || entry.type == ARCHIVE_FILE))
            ret = add_copy(listing, rest, deep);
    }
    return ret;
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void remove_doubles(struct listing *listing)
{
    size_t kept = 0;

    for (size_t i = 0; i < listing->count; i++) {
        if (kept && strcmp(listing->names[i], listing->names[kept - 1]) == 0)
            free(listing->names[i]);
        else
            listing->names[kept++] = listing->names[i];
    }
    listing->count = kept;
}

int listing_make(const char *directory, bool deep, struct listing *listing)
{
    struct archive_entry entry = {0};
    int ret = archive_find(directory, &entry);

    *listing = (struct listing){0};
    if (ret)
        return ret;
    if (entry.type != ARCHIVE_DIRECTORY)
        return ENOTDIR;
    ret = add_all(listing, directory, deep);
    if (ret) {
        listing_free(listing);
        return ret;
    }
    qsort(listing->names, listing->count, sizeof(*listing->names), compare);
    remove_doubles(listing);
    return 0;
}

void listing_free(struct listing *listing)
{
    for (size_t i = 0; i < listing->count; i++)
        free(listing->names[i]);
    free(listing->names);
}
