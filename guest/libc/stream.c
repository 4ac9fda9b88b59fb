/* SPDX-License-Identifier: Apache-2.0 */
#include "stream.h"

#include "archive.h"
#include "system.h"

#include "platform/checked.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct stream console_output = {.console = 1};
static struct stream console_error = {.console = 2};

FILE *const stdout = &console_output;
FILE *const stderr = &console_error;

/* What was written to the standard output, and not to the console yet. */
static struct {
    char data[512];
    size_t size;
} pending;

static void write_pending(void)
{
    if (pending.size)
        system_write(1, pending.data, pending.size);
    pending.size = 0;
}

static void write_output(const char *data, size_t size)
{
    if (size > sizeof(pending.data) - pending.size)
        write_pending();
    if (size > sizeof(pending.data)) {
        system_write(1, data, size);
        return;
    }
    memcpy(pending.data + pending.size, data, size);
    pending.size += size;
    if (memchr(data, '\n', size))
        write_pending();
}

bool stream_write(struct stream *stream, const char *data, size_t size)
{
    if (!stream->console) {
        stream->error = true;
        errno = EBADF;
        return false;
    }
    if (stream->console == 1)
        write_output(data, size);
    else
        system_write(2, data, size);
    return true;
}

/* Whether a file can be opened so; sets errno. */
static bool can_open(const char *mode, int found, const struct archive_entry *entry)
{
    if (mode[0] == 'w' || mode[0] == 'a' || strchr(mode, '+'))
        errno = EROFS;
    else if (mode[0] != 'r')
        errno = EINVAL;
    else if (found)
        errno = found;
    else if (entry->type == ARCHIVE_DIRECTORY)
        errno = EISDIR;
    else if (entry->type == ARCHIVE_OTHER)
        errno = ENODEV;
    else
        return true;
    return false;
}

FILE *fopen(const char *path, const char *mode)
{
    struct archive_entry entry = {0};
    struct stream *stream;

    if (!can_open(mode, archive_find(path, &entry), &entry))
        return NULL;
    stream = malloc(sizeof(*stream));
    if (stream)
        *stream = (struct stream){.data = entry.data, .size = entry.size};
    return stream;
}

int fclose(FILE *stream)
{
    fflush(stream);
    if (!stream->console)
        free(stream);
    return 0;
}

size_t fread(void *data, size_t size, size_t count, FILE *stream)
{
    size_t wanted;
    size_t left = stream->size - stream->position;

    if (stream->console) {
        stream->error = true;
        errno = EBADF;
        return 0;
    }
    if (!size || !count)
        return 0;
    if (!size_mul(size, count, &wanted) || wanted > left) {
        wanted = left;
        stream->at_end = true;
    }
    if (wanted)
        memcpy(data, stream->data + stream->position, wanted);
    stream->position += wanted;
    return wanted / size;
}

size_t fwrite(const void *data, size_t size, size_t count, FILE *stream)
{
    size_t whole;

    if (!size || !count)
        return 0;
    if (!size_mul(size, count, &whole)) {
        stream->error = true;
        errno = EINVAL;
        return 0;
    }
    return stream_write(stream, data, whole) ? count : 0;
}

int feof(FILE *stream)
{
    return stream->at_end;
}

int ferror(FILE *stream)
{
    return stream->error;
}

int fflush(FILE *stream)
{
    if (!stream || stream == stdout)
        write_pending();
    return 0;
}
