/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/worker/resource.h"
#include "platform/hosted/error_code.h"
#include "vaccel.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* The contents of a resource, as they come. */

static int refuse(const char *why, uint64_t value)
{
    vaccel_error("%s (%llu)", why, (unsigned long long)value);
    return VACCEL_EINVAL;
}

static uint64_t size_of_last(const struct worker_resource *resource)
{
    return resource->nr_blobs ? resource->blobs[resource->nr_blobs - 1].size : 0;
}

static bool last_is_complete(const struct worker_resource *resource)
{
    return resource->received == size_of_last(resource);
}

static int check_first(const struct worker_resource *resource,
                       const struct wire_resource_chunk *chunk)
{
    if (chunk->blob != resource->nr_blobs || !last_is_complete(resource))
        return refuse("blobs come one after the other, and each but once", chunk->blob);
    if (chunk->blob >= resource->wanted.nr_blobs)
        return refuse("the resource has fewer blobs", chunk->blob);
    if (chunk->blob_size > resource->wanted.size - resource->promised)
        return refuse("blobs are larger than the resource was to be", chunk->blob_size);
    if (resource->wanted.kind == WIRE_REMOTE && chunk->blob_size)
        return refuse("a remote resource has no contents", chunk->blob_size);
    if (resource->wanted.kind == WIRE_MEMORY && !chunk->blob_size)
        return refuse("a piece of memory is not empty", chunk->blob);
    return VACCEL_OK;
}

int contents_check_chunk(const struct worker_resource *resource,
                         const struct wire_resource_chunk *chunk)
{
    if (resource->res)
        return refuse("the resource is registered, and complete", chunk->blob);
    if (chunk->name_size)
        return check_first(resource, chunk);
    if (chunk->blob + 1 != resource->nr_blobs || chunk->blob_size != size_of_last(resource))
        return refuse("a chunk is not of the blob that has begun", chunk->blob);
    if (chunk->offset != resource->received)
        return refuse("chunks come one after the other, and each but once", chunk->offset);
    return VACCEL_OK;
}

static int make_directory(struct worker_resource *resource)
{
    if (!resource->directory)
        resource->directory = tree_new_directory(NULL);
    return resource->directory ? VACCEL_OK : VACCEL_ENOSPC;
}

/* Two files may have one name. */
static int create_apart(struct worker_resource *resource, const struct wire_text *name, int *file,
                        char **path)
{
    char *directory = tree_new_directory(resource->directory);
    int ret = VACCEL_ENOSPC;

    if (directory)
        ret = tree_create(directory, name, false, &resource->directories, file, path);
    free(directory);
    return ret;
}

int contents_create_file(struct worker_resource *resource, const struct wire_text *name, int *file,
                         char **path)
{
    bool deep = resource->wanted.kind == WIRE_DIRECTORY;
    int ret = make_directory(resource);

    if (ret == VACCEL_OK)
        ret = tree_create(resource->directory, name, deep, &resource->directories, file, path);
    if (ret == VACCEL_EEXIST && !deep)
        ret = create_apart(resource, name, file, path);
    return ret;
}

static int create_memory(struct resource_blob *blob, const struct wire_text *name)
{
    int ret = tree_check_name(name, false);

    if (ret != VACCEL_OK)
        return ret;
    blob->data = mmap(NULL, blob->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (blob->data == MAP_FAILED)
        blob->data = NULL;
    blob->name = strndup(name->text, name->size);
    if (blob->data && blob->name)
        return VACCEL_OK;
    vaccel_error("the agent has no memory for a resource of %llu bytes",
                 (unsigned long long)blob->size);
    return VACCEL_ENOMEM;
}

static bool identify(int file, struct file_identity *identity)
{
    struct stat status;

    if (fstat(file, &status))
        return false;
    *identity = (struct file_identity){status.st_dev, status.st_ino};
    return true;
}

static int refuse_file(const char *path, int error)
{
    vaccel_error("the agent cannot open a resource's file, %s: %s", path, strerror(error));
    return hosted_error_code(error);
}

static int create_file(struct worker_resource *resource, struct resource_blob *blob,
                       const struct wire_text *name)
{
    int file;
    int ret = contents_create_file(resource, name, &file, &blob->path);

    if (ret != VACCEL_OK)
        return ret;
    if (!identify(file, &resource->file))
        ret = refuse_file(blob->path, errno);
    close(file);
    return ret;
}

static int create_blob(struct worker_resource *resource, struct resource_blob *blob,
                       const struct wire_text *name)
{
    switch (resource->wanted.kind) {
    case WIRE_MEMORY:
        return create_memory(blob, name);
    case WIRE_REMOTE:
        blob->path = strndup(name->text, name->size);
        return blob->path ? VACCEL_OK : VACCEL_ENOMEM;
    default:
        return create_file(resource, blob, name);
    }
}

int contents_begin_blob(struct worker_resource *resource, const struct wire_resource_chunk *chunk,
                        const struct wire_text *name)
{
    struct resource_blob *blob = &resource->blobs[resource->nr_blobs];
    int ret;

    *blob = (struct resource_blob){.size = chunk->blob_size};
    ret = create_blob(resource, blob, name);
    if (ret != VACCEL_OK) {
        free(blob->path);
        free(blob->name);
        if (blob->data)
            munmap(blob->data, blob->size);
        return ret;
    }
    resource->nr_blobs++;
    resource->received = 0;
    resource->promised += chunk->blob_size;
    return VACCEL_OK;
}

/* Where it belongs, so that what failed half-way can be sent again. */
static int write_all(int file, const unsigned char *data, size_t size, uint64_t offset)
{
    ssize_t written;

    while (size) {
        written = pwrite(file, data, size, (off_t)offset);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0) {
            vaccel_error("the agent cannot write a resource's file: %s", strerror(errno));
            return hosted_error_code(errno);
        }
        data += written;
        offset += (uint64_t)written;
        size -= (size_t)written;
    }
    return VACCEL_OK;
}

/* What a plugin may have put in its place meanwhile is not written to. -1: there is none, with errno. */
static int open_again(const char *path, const struct file_identity *expected)
{
    int file = open(path, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct file_identity found;

    if (file < 0)
        return -1;
    if (identify(file, &found) && found.device == expected->device &&
        found.inode == expected->inode)
        return file;
    close(file);
    errno = ESTALE;
    return -1;
}

static int write_pieces(int file, const struct piece *pieces, size_t count, uint64_t at)
{
    int ret = VACCEL_OK;
    size_t i;

    for (i = 0; i < count && ret == VACCEL_OK; i++) {
        ret = write_all(file, pieces[i].data, pieces[i].size, at);
        at += pieces[i].size;
    }
    return ret;
}

/*
 * A descriptor that stayed open would be one for each resource whose client takes its time, and all clients share
 * those that the process may have.
 */
static int take_into_file(const struct worker_resource *resource, const char *path,
                          const struct piece *pieces, size_t count, uint64_t at)
{
    int file = open_again(path, &resource->file);
    int ret;

    if (file < 0)
        return refuse_file(path, errno);
    ret = write_pieces(file, pieces, count, at);
    close(file);
    return ret;
}

static void take_into_memory(unsigned char *memory, const struct piece *pieces, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++) {
        if (pieces[i].size)
            memcpy(memory, pieces[i].data, pieces[i].size);
        memory += pieces[i].size;
    }
}

int contents_take(struct worker_resource *resource, const struct wire_resource_chunk *chunk,
                  const struct piece *pieces, size_t count)
{
    const struct resource_blob *blob = &resource->blobs[chunk->blob];
    int ret = VACCEL_OK;

    if (blob->data)
        take_into_memory(blob->data + chunk->offset, pieces, count);
    else if (chunk->size)
        ret = take_into_file(resource, blob->path, pieces, count, chunk->offset);
    if (ret == VACCEL_OK)
        resource->received += chunk->size;
    return ret;
}

bool contents_complete(const struct worker_resource *resource)
{
    return resource->nr_blobs == resource->wanted.nr_blobs && last_is_complete(resource) &&
           resource->promised == resource->wanted.size;
}

void contents_free(struct worker_resource *resource)
{
    struct resource_blob *blob;

    while (resource->nr_blobs) {
        blob = &resource->blobs[--resource->nr_blobs];
        free(blob->path);
        free(blob->name);
        if (blob->data)
            munmap(blob->data, blob->size);
    }
    free(resource->blobs);
    if (resource->directory)
        tree_remove(resource->directory);
    free(resource->directory);
}
