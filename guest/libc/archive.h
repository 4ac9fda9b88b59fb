/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GUEST_LIBC_ARCHIVE_H
#define GUEST_LIBC_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The files: a cpio archive in the format "newc" that stays as it is in memory. Directories need no entry
 * of their own. Links are not followed. Of two files with the same name the first counts. What is behind
 * a damaged place is not seen, which is said once on the standard error.
 */

enum archive_type { ARCHIVE_FILE, ARCHIVE_DIRECTORY, ARCHIVE_OTHER };

struct archive_entry {
    const char *name; /* as in the archive */
    enum archive_type type;
    const char *data;
    size_t size;
    uint32_t mode;
    uint32_t links;
    uint32_t inode;
    uint32_t device[2];
};

/* The entry at @position, which moves to the next; it begins as 0. False: there is none. */
bool archive_next(size_t *position, struct archive_entry *entry);

/*
 * What is at @path. "." and doubled '/' do not count, and all paths begin at the root; nothing is found
 * by "..". Returns 0, ENOENT or ENOTDIR.
 */
int archive_find(const char *path, struct archive_entry *entry);

/* If @name lies below @directory, what remains of it there; else NULL. Not "..", wherever it stands. */
const char *archive_below(const char *name, const char *directory);

/* The next part of a path and its length; NULL at the end. @path moves behind it. */
const char *archive_part(const char **path, size_t *length);

#endif
