/* SPDX-License-Identifier: Apache-2.0 */
#include "archive.h"
#include "system.h"

#include "platform/checked.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* A header: the magic number and thirteen fields of eight hexadecimal digits. */
enum {
    MAGIC_SIZE = 6,
    FIELD_SIZE = 8,
    FIELDS = 13,
    HEADER_SIZE = MAGIC_SIZE + FIELDS * FIELD_SIZE
};
enum { INODE = 0, MODE = 1, LINKS = 4, FILE_SIZE = 6, MAJOR = 7, MINOR = 8, NAME_SIZE = 11 };

static const char trailer[] = "TRAILER!!!";

static bool read_digit(char digit, uint32_t *value)
{
    if (digit >= '0' && digit <= '9')
        *value = *value << 4 | (uint32_t)(digit - '0');
    else if (digit >= 'a' && digit <= 'f')
        *value = *value << 4 | (uint32_t)(digit - 'a' + 10);
    else if (digit >= 'A' && digit <= 'F')
        *value = *value << 4 | (uint32_t)(digit - 'A' + 10);
    else
        return false;
    return true;
}

static bool read_field(const char *header, int field, uint32_t *value)
{
    const char *digits = header + MAGIC_SIZE + field * FIELD_SIZE;
    bool valid = true;

    *value = 0;
    for (int i = 0; i < FIELD_SIZE; i++)
        valid = valid && read_digit(digits[i], value);
    return valid;
}

static bool has_magic(const char *header)
{
    return memcmp(header, "070701", MAGIC_SIZE) == 0 || memcmp(header, "070702", MAGIC_SIZE) == 0;
}

static enum archive_type type_of(uint32_t mode)
{
    if (S_ISREG(mode))
        return ARCHIVE_FILE;
    return S_ISDIR(mode) ? ARCHIVE_DIRECTORY : ARCHIVE_OTHER;
}

/* The next @size bytes of the archive; what fills them up to a multiple of four is passed over. */
static const char *take(const char *archive, size_t archive_size, size_t *position, size_t size)
{
    const char *data = archive + *position;
    size_t end, filled;

    if (!size_add(*position, size, &end) || end > archive_size)
        return NULL;
    filled = end + (4 - end % 4) % 4;
    *position = filled < archive_size ? filled : archive_size;
    return data;
}

static bool is_text(const char *name, size_t size)
{
    return size && memchr(name, '\0', size) == name + size - 1;
}

/* Read one entry. False: it is damaged, or cut off. */
static bool read_entry(const char *archive, size_t archive_size, size_t *position,
                       struct archive_entry *entry)
{
    const char *header = archive + *position;
    uint32_t name_size, size;

    if (archive_size - *position < HEADER_SIZE || !has_magic(header) ||
        !read_field(header, INODE, &entry->inode) || !read_field(header, MODE, &entry->mode) ||
        !read_field(header, LINKS, &entry->links) || !read_field(header, FILE_SIZE, &size) ||
        !read_field(header, MAJOR, &entry->device[0]) ||
        !read_field(header, MINOR, &entry->device[1]) || !read_field(header, NAME_SIZE, &name_size))
        return false;
    if (name_size > archive_size)
        return false;
    header = take(archive, archive_size, position, (size_t)HEADER_SIZE + name_size);
    if (!header || !is_text(header + HEADER_SIZE, name_size))
        return false;
    entry->name = header + HEADER_SIZE;
    entry->data = take(archive, archive_size, position, size);
    entry->size = size;
    entry->type = type_of(entry->mode);
    return entry->data != NULL;
}

static void report_damage(size_t position)
{
    static bool reported;

    if (!reported)
        fprintf(stderr,
                "the archive of files is damaged at byte %zu: what follows is not seen. Make it "
                "with cpio -o -H newc, not compressed\n",
                position);
    reported = true;
}

bool archive_next(size_t *position, struct archive_entry *entry)
{
    const void *archive = NULL;
    size_t size = 0;
    size_t start = *position;

    system_files(&archive, &size);
    if (!size)
        return false;
    if (!read_entry(archive, size, position, entry)) {
        report_damage(start);
        *position = start;
        return false;
    }
    return strcmp(entry->name, trailer) != 0;
}

const char *archive_part(const char **path, size_t *length)
{
    const char *part = *path;

    do {
        part += strspn(part, "/");
        *length = strcspn(part, "/");
        *path = part + *length;
        if (*length != 1 || part[0] != '.')
            return *length ? part : NULL;
        part = *path;
    } while (true);
}

static bool is_parent(const char *part, size_t length)
{
    return length == 2 && part[0] == '.' && part[1] == '.';
}

static bool climbs(const char *path)
{
    size_t length;
    const char *part;

    while ((part = archive_part(&path, &length)))
        if (is_parent(part, length))
            return true;
    return false;
}

const char *archive_below(const char *name, const char *directory)
{
    size_t length, name_length;
    const char *part;
    const char *name_part;

    if (climbs(name))
        return NULL;
    while ((part = archive_part(&directory, &length))) {
        name_part = archive_part(&name, &name_length);
        if (!name_part || name_length != length || memcmp(name_part, part, length) != 0)
            return NULL;
    }
    return name;
}

static bool is_root(const char *path)
{
    size_t length;

    return !archive_part(&path, &length);
}

/* Other names of a file that has several have no contents; those are with the last one. */
static void find_contents(struct archive_entry *file)
{
    struct archive_entry entry;
    size_t position = 0;

    if (file->type != ARCHIVE_FILE || file->links < 2)
        return;
    while (!file->size && archive_next(&position, &entry)) {
        if (entry.type != ARCHIVE_FILE || entry.inode != file->inode ||
            entry.device[0] != file->device[0] || entry.device[1] != file->device[1])
            continue;
        file->data = entry.data;
        file->size = entry.size;
    }
}

static const struct archive_entry directory = {
    .name = "", .type = ARCHIVE_DIRECTORY, .mode = S_IFDIR | 0755};

/* ENOENT if nothing is there, and ENOTDIR if a file stands where a directory should. */
static int find_entry(const char *path, struct archive_entry *entry)
{
    const char *rest;
    size_t position = 0;
    int ret = ENOENT;

    while (archive_next(&position, entry)) {
        rest = archive_below(entry->name, path);
        if (rest && is_root(rest))
            return 0;
        if (rest) {
            *entry = directory;
            return 0;
        }
        if (entry->type == ARCHIVE_FILE && !is_root(entry->name) &&
            archive_below(path, entry->name))
            ret = ENOTDIR;
    }
    return ret;
}

int archive_find(const char *path, struct archive_entry *entry)
{
    int ret;

    if (!path[0])
        return ENOENT;
    if (is_root(path)) {
        *entry = directory;
        return 0;
    }
    ret = find_entry(path, entry);
    if (ret == 0)
        find_contents(entry);
    if (ret == 0 && entry->type != ARCHIVE_DIRECTORY && path[strlen(path) - 1] == '/')
        return ENOTDIR;
    return ret;
}
