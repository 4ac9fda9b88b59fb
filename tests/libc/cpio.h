/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_LIBC_CPIO_H
#define TESTS_LIBC_CPIO_H

/* An archive made entry by entry, of CPIO_MOST bytes. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CPIO_FILE = 0100644, CPIO_DIRECTORY = 0040755, CPIO_LINK = 0120777 };

#ifndef CPIO_MOST
#define CPIO_MOST (1 << 15)
#endif

struct cpio {
    char data[CPIO_MOST];
    size_t size;
};

static inline void cpio_bytes(struct cpio *cpio, const void *data, size_t size)
{
    if (size > sizeof(cpio->data) - 4 - cpio->size)
        abort();
    if (size)
        memcpy(cpio->data + cpio->size, data, size);
    cpio->size += size;
    while (cpio->size % 4)
        cpio->data[cpio->size++] = '\0';
}

static inline void cpio_add(struct cpio *cpio, const char *name, unsigned int mode,
                            const void *data, size_t size)
{
    char header[512];
    int length = snprintf(header, sizeof(header),
                          "070701%08x%08x%08x%08x%08x%08x%08zx%08x%08x%08x%08x%08zx%08x%s", 1, mode,
                          0, 0, 1, 0, size, 8, 1, 0, 0, strlen(name) + 1, 0, name);

    cpio_bytes(cpio, header, (size_t)length + 1);
    cpio_bytes(cpio, data, size);
}

static inline void cpio_text(struct cpio *cpio, const char *name, const char *text)
{
    cpio_add(cpio, name, CPIO_FILE, text, strlen(text));
}

static inline void cpio_end(struct cpio *cpio)
{
    cpio_add(cpio, "TRAILER!!!", 0, NULL, 0);
}

#endif
