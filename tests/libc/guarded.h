/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_LIBC_GUARDED_H
#define TESTS_LIBC_GUARDED_H

/* Bytes at the end of their page: whoever reads or writes past them dies. */

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { GUARDED_MOST = 1 << 16 };

/* The place where @size bytes end at the last readable one. @which: one of two such places. */
static inline char *guarded(int which, size_t size)
{
    static char *pages[2];

    if (!pages[which]) {
        pages[which] = mmap(NULL, 2 * GUARDED_MOST, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (pages[which] == MAP_FAILED ||
            mprotect(pages[which] + GUARDED_MOST, GUARDED_MOST, PROT_NONE))
            abort();
    }
    return pages[which] + GUARDED_MOST - size;
}

static inline char *guarded_copy(int which, const void *data, size_t size)
{
    return memcpy(guarded(which, size), data, size);
}

#endif
