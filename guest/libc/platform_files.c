/* SPDX-License-Identifier: Apache-2.0 */
#include "archive.h"
#include "listing.h"

#include "platform/platform.h"
#include "vaccel/error.h"

/* The library's files in a guest: those of the archive. A VACCEL_E code is the errno of the same name. */

static const enum platform_file_type types[] = {
    [ARCHIVE_FILE] = PLATFORM_FILE,
    [ARCHIVE_DIRECTORY] = PLATFORM_DIRECTORY,
    [ARCHIVE_OTHER] = PLATFORM_OTHER,
};

int platform_file_type(const char *path, enum platform_file_type *type)
{
    struct archive_entry entry;
    int error = archive_find(path, &entry);

    if (!error)
        *type = types[entry.type];
    return error;
}

bool platform_file_is_empty(const char *path)
{
    struct archive_entry entry;

    return archive_find(path, &entry) == 0 && entry.type == ARCHIVE_FILE && !entry.size;
}

/*
 * The file itself, not a copy: a guest has no memory for a model twice. So what is written to it does
 * reach the file, until the machine ends. It begins at a multiple of four.
 */
int platform_file_map(const char *path, void **data, size_t *size)
{
    struct archive_entry entry;
    int error = archive_find(path, &entry);

    if (error)
        return error;
    if (entry.type != ARCHIVE_FILE || !entry.size)
        return VACCEL_EINVAL;
    *data = (void *)entry.data;
    *size = entry.size;
    return VACCEL_OK;
}

void platform_file_unmap(void *data, size_t size)
{
    (void)data;
    (void)size;
}

int platform_directory_walk(const char *path, int (*visit)(const char *relative, void *context),
                            void *context)
{
    struct listing listing;
    int error = listing_make(path, true, &listing);

    if (error)
        return error;
    for (size_t i = 0; i < listing.count && !error; i++)
        error = visit(listing.names[i], context);
    listing_free(&listing);
    return error;
}
