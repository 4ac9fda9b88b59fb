/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GUEST_LIBC_STREAM_H
#define GUEST_LIBC_STREAM_H

#include <stdbool.h>
#include <stddef.h>

/* The console, or a file of the archive, which is read where it lies. */
struct stream {
    int console; /* 1 or 2 as system_write() has it; 0: a file */
    bool error;
    bool at_end;
    const char *data;
    size_t size;
    size_t position;
};

/* Write to it. False, errno and its error are set: it is a file, which is only read. */
bool stream_write(struct stream *stream, const char *data, size_t size);

#endif
