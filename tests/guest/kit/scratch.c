/* SPDX-License-Identifier: Apache-2.0 */
#define CPIO_MOST (8 << 20)

#include "scratch.h"

#include "../../libc/cpio.h"
#include "libc/system.h"

static struct cpio files;
static size_t shown; /* bytes of the archive; 0: none is shown */

/* The image is linked with --wrap=system_files. */
void __real_system_files(const void **archive, size_t *size);
void __wrap_system_files(const void **archive, size_t *size);

void __wrap_system_files(const void **archive, size_t *size)
{
    if (!shown) {
        __real_system_files(archive, size);
        return;
    }
    *archive = files.data;
    *size = shown;
}

/* Files that are read where they lie stay there, so the end alone moves. */
static void show(void)
{
    size_t size = files.size;

    cpio_end(&files);
    shown = files.size;
    files.size = size;
}

int scratch_make(void **state)
{
    (void)state;
    files.size = 0;
    cpio_add(&files, "scratch", CPIO_DIRECTORY, NULL, 0);
    show();
    return 0;
}

int scratch_remove(void **state)
{
    (void)state;
    shown = 0;
    return 0;
}

const char *scratch_path(const char *name)
{
    static char paths[8][512];
    static unsigned int next;
    char *path = paths[next++ % 8];

    snprintf(path, sizeof(paths[0]), "/scratch/%s", name);
    return path;
}

static const char *add(const char *name, unsigned int mode, const void *bytes, size_t size)
{
    const char *path = scratch_path(name);

    cpio_add(&files, path + 1, mode, bytes, size);
    show();
    return path;
}

const char *scratch_bytes(const char *name, const void *bytes, size_t size)
{
    return add(name, CPIO_FILE, bytes, size);
}

const char *scratch_directory(const char *name)
{
    return add(name, CPIO_DIRECTORY, NULL, 0);
}

/* It gets a name that nobody asks for. */
void scratch_unlink(const char *name)
{
    const char *path = scratch_path(name) + 1;
    size_t size = strlen(path) + 1;

    for (size_t i = 0; i + size <= files.size; i++)
        if (!memcmp(files.data + i, path, size)) {
            files.data[i] = '-';
            return;
        }
    abort();
}
