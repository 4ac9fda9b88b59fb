/* SPDX-License-Identifier: Apache-2.0 */
#include "listing.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct found {
    struct dirent **entries;
    size_t count;
};

static bool keep(struct found *found, const char *name, int (*filter)(const struct dirent *entry))
{
    struct dirent entry = {0};
    struct dirent *copy;
    size_t length = strlen(name);

    if (length > NAME_MAX)
        return true;
    memcpy(entry.d_name, name, length);
    if (filter && !filter(&entry))
        return true;
    copy = malloc(sizeof(*copy));
    if (!copy)
        return false;
    *copy = entry;
    found->entries[found->count++] = copy;
    return true;
}

static bool keep_all(struct found *found, const struct listing *listing,
                     int (*filter)(const struct dirent *entry))
{
    bool kept = keep(found, ".", filter) && keep(found, "..", filter);

    for (size_t i = 0; kept && i < listing->count; i++)
        kept = keep(found, listing->names[i], filter);
    return kept;
}

static void drop(struct found *found)
{
    while (found->count)
        free(found->entries[--found->count]);
    free(found->entries);
}

/* Returns 0 or ENOMEM. */
static int choose(struct found *found, const struct listing *listing,
                  int (*filter)(const struct dirent *entry))
{
    found->entries = malloc((listing->count + 2) * sizeof(struct dirent *));
    if (found->entries && keep_all(found, listing, filter))
        return 0;
    drop(found);
    return ENOMEM;
}

int scandir(const char *path, struct dirent ***entries, int (*filter)(const struct dirent *entry),
            int (*compare)(const struct dirent **a, const struct dirent **b))
{
    struct found found = {0};
    struct listing listing;
    int ret = listing_make(path, false, &listing);

    if (ret == 0) {
        ret = choose(&found, &listing, filter);
        listing_free(&listing);
    }
    if (ret) {
        errno = ret;
        return -1;
    }
    if (compare)
        qsort(found.entries, found.count, sizeof(struct dirent *),
              (int (*)(const void *, const void *))compare);
    *entries = found.entries;
    return (int)found.count;
}

int alphasort(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}
