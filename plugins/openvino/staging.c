/* SPDX-License-Identifier: Apache-2.0 */
#include "staging.h"

#include "bytes.h"
#include "failure.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where the part of a path begins that is the blob's name; 0: nowhere. */
static size_t name_begin(const struct vaccel_blob *blob)
{
    size_t path_length = blob->path ? strlen(blob->path) : 0;
    size_t name_length = strlen(blob->name);

    if (path_length <= name_length ||
        strcmp(blob->path + path_length - name_length, blob->name) != 0)
        return 0;
    return path_length - name_length;
}

bool staging_is_needless(const struct vaccel_resource *resource)
{
    size_t begin = name_begin(resource->blobs[0]);
    size_t i;

    for (i = 0; i < resource->nr_blobs; i++) {
        const struct vaccel_blob *blob = resource->blobs[i];

        if (!begin || name_begin(blob) != begin ||
            strncmp(blob->path, resource->blobs[0]->path, begin) != 0)
            return false;
    }
    return true;
}

bool has_extension(const char *name, const char *extension)
{
    size_t length = strlen(name);
    size_t extension_length = strlen(extension);

    return length >= extension_length && !strcmp(name + length - extension_length, extension);
}

/* To be freed. */
static char *path_of(const struct staging *staging, const struct vaccel_blob *blob)
{
    bool lacks = blob == staging->first && !has_extension(blob->name, staging->extension);
    char *path = NULL;

    if (asprintf(&path, "%s/%s%s", staging->directory, blob->name,
                 lacks ? staging->extension : "") < 0)
        return NULL;
    return path;
}

static int write_all(int file, const uint8_t *data, size_t size)
{
    while (size) {
        ssize_t written = write(file, data, size);

        if (written < 0 && errno != EINTR)
            return errno;
        if (written > 0) {
            data += written;
            size -= (size_t)written;
        }
    }
    return 0;
}

static int write_file(const char *path, struct bytes bytes)
{
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    int error = file < 0 ? errno : write_all(file, bytes.data, bytes.size);

    if (file >= 0 && close(file) && !error)
        error = errno;
    if (!error)
        return VACCEL_OK;
    vaccel_error("[openvino] %s: %s", path, strerror(error));
    return VACCEL_EIO;
}

static int write_blob(const struct staging *staging, struct vaccel_blob *blob)
{
    struct bytes bytes;
    char *path;
    int ret;

    if (strchr(blob->name, '/')) {
        vaccel_error("[openvino] \"%.200s\" is no name for a file", blob->name);
        return VACCEL_EINVAL;
    }
    ret = bytes_of_blob(blob, &bytes);
    if (ret != VACCEL_OK)
        return ret;
    path = path_of(staging, blob);
    if (!path)
        return no_memory("a path");
    ret = write_file(path, bytes);
    free(path);
    return ret;
}

static int make_directory(struct staging *staging)
{
    const char *parent = getenv("TMPDIR");

    if (asprintf(&staging->directory, "%s/vaccel-openvino-XXXXXX", parent ? parent : "/tmp") < 0) {
        staging->directory = NULL;
        return no_memory("a path");
    }
    if (mkdtemp(staging->directory))
        return VACCEL_OK;
    vaccel_error("[openvino] %s: %s", staging->directory, strerror(errno));
    free(staging->directory);
    staging->directory = NULL;
    return VACCEL_EIO;
}

int staging_make(struct staging *staging, const struct vaccel_resource *resource,
                 const struct vaccel_blob *first, const char *extension)
{
    int ret;
    size_t i;

    *staging = (struct staging){.resource = resource, .first = first, .extension = extension};
    ret = make_directory(staging);
    for (i = 0; ret == VACCEL_OK && i < resource->nr_blobs; i++)
        ret = write_blob(staging, resource->blobs[i]);
    if (ret == VACCEL_OK) {
        staging->model = path_of(staging, first);
        ret = staging->model ? VACCEL_OK : no_memory("a path");
    }
    if (ret != VACCEL_OK)
        staging_remove(staging);
    return ret;
}

void staging_remove(struct staging *staging)
{
    size_t i;

    for (i = 0; staging->directory && i < staging->resource->nr_blobs; i++) {
        char *path = path_of(staging, staging->resource->blobs[i]);

        if (path && !strchr(staging->resource->blobs[i]->name, '/'))
            unlink(path);
        free(path);
    }
    if (staging->directory)
        rmdir(staging->directory);
    free(staging->directory);
    free(staging->model);
    *staging = (struct staging){0};
}
