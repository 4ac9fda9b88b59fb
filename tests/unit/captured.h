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

/* Valid until it is called again. */
static inline const char *capture_end(void)
{
    static char *text;
    off_t length = lseek(STDERR_FILENO, 0, SEEK_END);

    free(text);
    text = malloc((size_t)length + 1);
    if (length < 0 || !text || pread(STDERR_FILENO, text, (size_t)length, 0) != length ||
        dup2(captured_stderr, STDERR_FILENO) < 0)
        abort();
    close(captured_stderr);
    text[length] = '\0';
    return text;
}

#endif
