/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "objects.h"

#include "vaccel.h"

#include <dlfcn.h>
#include <sys/mman.h>
#include <unistd.h>

struct object {
    void *handle;
    const char *name; /* for messages: the path, or that of a blob in memory */
    char *path;
    int memory_fd; /* -1: the library lies in a file */
};

struct objects {
    size_t count;
    struct object list[];
};

static struct objects *new_objects(size_t count, int *error)
{
    struct objects *objects = calloc(1, sizeof(*objects) + count * sizeof(objects->list[0]));

    if (!objects)
        *error = VACCEL_ENOMEM;
    return objects;
}

static int open_object(struct object *object, int mode)
{
    object->handle = dlopen(object->path, mode);
    if (object->handle)
        return VACCEL_OK;
    vaccel_error("[exec] cannot load library %s: %s", object->name, dlerror());
    return VACCEL_EINVAL;
}

struct objects *objects_open(const char *path, int mode, int *error)
{
    struct objects *objects;

    if (!path[0]) {
        vaccel_error("[exec] the name of the library is empty: give a file name or path");
        *error = VACCEL_EINVAL;
        return NULL;
    }
    objects = new_objects(1, error);
    if (!objects)
        return NULL;
    objects->count = 1;
    objects->list[0].memory_fd = -1;
    objects->list[0].path = strdup(path);
    objects->list[0].name = objects->list[0].path;
    *error = objects->list[0].path ? open_object(&objects->list[0], mode) : VACCEL_ENOMEM;
    if (*error == VACCEL_OK)
        return objects;
    objects_close(objects, true);
    return NULL;
}

static int write_all(int fd, const uint8_t *data, size_t size)
{
    ssize_t written;

    while (size) {
        written = write(fd, data, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return VACCEL_EIO;
        data += written;
        size -= (size_t)written;
    }
    return VACCEL_OK;
}

/* The dynamic linker wants a file: make one that lies in memory. */
static int place_in_memory(struct object *object, const struct vaccel_blob *blob)
{
    enum { PATH_ROOM = 32 };

    object->memory_fd = memfd_create("vaccel-exec", MFD_CLOEXEC);
    if (object->memory_fd < 0 || write_all(object->memory_fd, blob->data, blob->size)) {
        vaccel_error("[exec] cannot make a file in memory of the %zu bytes of %s: %s", blob->size,
                     blob->name, strerror(errno));
        return VACCEL_EIO;
    }
    object->path = malloc(PATH_ROOM);
    if (!object->path)
        return VACCEL_ENOMEM;
    object->name = blob->name;
    snprintf(object->path, PATH_ROOM, "/proc/self/fd/%d", object->memory_fd);
    return VACCEL_OK;
}

/* Without a '/' dlopen() would search the system's directories instead of the current one. */
static int place_in_file(struct object *object, const char *path)
{
    size_t size = strlen(path) + sizeof("./");

    object->path = malloc(size);
    if (!object->path)
        return VACCEL_ENOMEM;
    object->name = object->path;
    snprintf(object->path, size, "%s%s", strchr(path, '/') ? "" : "./", path);
    return VACCEL_OK;
}

static int open_blob(struct object *object, const struct vaccel_blob *blob, int mode)
{
    int ret;

    object->memory_fd = -1;
    if (blob->path)
        ret = place_in_file(object, blob->path);
    else
        ret = place_in_memory(object, blob);
    return ret == VACCEL_OK ? open_object(object, mode) : ret;
}

/* Libraries that need each other can come in any order only if functions may be bound later. */
static int open_dependency(struct object *object, const struct vaccel_blob *blob)
{
    int ret = open_blob(object, blob, RTLD_LAZY | RTLD_GLOBAL);

    if (ret != VACCEL_OK)
        vaccel_error("[exec] %s could not be loaded: list the libraries that it needs before it",
                     blob->name);
    return ret;
}

struct objects *objects_open_resource(const struct vaccel_resource *resource, int mode, int *error)
{
    struct objects *objects;
    struct object *object;
    size_t i;

    if (!resource->nr_blobs) {
        vaccel_error("[exec] resource %lld has no files: make it of a shared library",
                     (long long)resource->id);
        *error = VACCEL_EINVAL;
        return NULL;
    }
    objects = new_objects(resource->nr_blobs, error);
    if (!objects)
        return NULL;
    *error = VACCEL_OK;
    for (i = 0; i < resource->nr_blobs && *error == VACCEL_OK; i++) {
        object = &objects->list[objects->count++];
        if (objects->count < resource->nr_blobs)
            *error = open_dependency(object, resource->blobs[i]);
        else
            *error = open_blob(object, resource->blobs[i], mode);
    }
    if (*error == VACCEL_OK)
        return objects;
    objects_close(objects, true);
    return NULL;
}

void *objects_symbol(const struct objects *objects, const char *symbol)
{
    void *function = dlsym(objects->list[objects->count - 1].handle, symbol);
    const char *reason;

    if (!function) {
        reason = dlerror();
        vaccel_error("[exec] no function \"%s\" in library %s: %s", symbol, objects_name(objects),
                     reason ? reason : "its address is 0");
    }
    return function;
}

const char *objects_name(const struct objects *objects)
{
    return objects->list[objects->count - 1].name;
}

/*
 * The dynamic linker knows a library by its path. If this one stays in the process, its descriptor
 * must stay as well, lest another library come to the same path and be taken for it.
 */
static void close_memory(const struct object *object)
{
    void *still_there = object->path ? dlopen(object->path, RTLD_LAZY | RTLD_NOLOAD) : NULL;

    if (still_there)
        dlclose(still_there);
    else
        close(object->memory_fd);
}

static void close_object(struct object *object, bool unload)
{
    if (object->handle && unload)
        dlclose(object->handle);
    if (object->memory_fd >= 0)
        close_memory(object);
    free(object->path);
}

void objects_close(struct objects *objects, bool unload)
{
    while (objects->count)
        close_object(&objects->list[--objects->count], unload);
    free(objects);
}
