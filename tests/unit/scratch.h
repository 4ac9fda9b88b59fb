/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SCRATCH_H
#define TESTS_SCRATCH_H

/* A directory for one test, removed after it: cmocka_unit_test_setup_teardown(t, scratch_make,
 * scratch_remove). */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char scratch[64];

static inline int scratch_make(void **state)
{
    (void)state;
    strcpy(scratch, "/tmp/vaccel-test-XXXXXX");
    return mkdtemp(scratch) ? 0 : -1;
}

static inline int scratch_remove(void **state)
{
    char command[128];

    (void)state;
    snprintf(command, sizeof(command), "rm -rf '%s'", scratch);
    return system(command);
}

/* The path of @name in the directory; good until the eighth call after this one. */
static inline const char *scratch_path(const char *name)
{
    static char paths[8][512];
    static unsigned int next;
    char *path = paths[next++ % 8];

    snprintf(path, sizeof(paths[0]), "%s/%s", scratch, name);
    return path;
}

static inline const char *scratch_bytes(const char *name, const void *bytes, size_t size)
{
    const char *path = scratch_path(name);
    FILE *file = fopen(path, "w");

    if (!file || fwrite(bytes, 1, size, file) != size || fclose(file))
        abort();
    return path;
}

static inline const char *scratch_file(const char *name, const char *contents)
{
    return scratch_bytes(name, contents, strlen(contents));
}

static inline void scratch_unlink(const char *name)
{
    if (unlink(scratch_path(name)))
        abort();
}

static inline const char *scratch_directory(const char *name)
{
    const char *path = scratch_path(name);

    if (mkdir(path, 0700))
        abort();
    return path;
}

/* The number of files and directories in the directory. */
static inline int scratch_count(void)
{
    char command[128];
    FILE *pipe;
    int count = -1;

    snprintf(command, sizeof(command), "find '%s' -mindepth 1 | wc -l", scratch);
    pipe = popen(command, "r");
    if (!pipe || fscanf(pipe, "%d", &count) != 1)
        abort();
    pclose(pipe);
    return count;
}

#endif
