/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_CAPTURED_H
#define TESTS_CAPTURED_H

/* What the code between capture_begin() and capture_end() writes to stderr. */

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static int captured_stderr;

static inline void capture_begin(void)
{
    int file = memfd_create("stderr", 0);

    captured_stderr = dup(STDERR_FILENO);
    if (file < 0 || captured_stderr < 0 || dup2(file, STDERR_FILENO) < 0)
        abort();
    /* Else threads that write at once would write to the same place. */
    if (fcntl(file, F_SETFL, O_APPEND))
        abort();
    close(file);
}

static inline const char *capture_end(void)
{
    static char text[1 << 16];
    ssize_t length = pread(STDERR_FILENO, text, sizeof(text) - 1, 0);

    if (length < 0 || dup2(captured_stderr, STDERR_FILENO) < 0)
        abort();
    close(captured_stderr);
    text[length] = '\0';
    return text;
}

#endif
