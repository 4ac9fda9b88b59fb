/* SPDX-License-Identifier: Apache-2.0 */
#include "vaccel/blob.h"
#include "core/blob.h"
#include "core/error_text.h"
#include "platform/platform.h"
#include "platform/text.h"
#include "vaccel/error.h"
#include "vaccel/log.h"

static const struct vaccel_blob empty = {VACCEL_BLOB_MAX, NULL, NULL, false, NULL, false, 0};

static int invalid(const char *sentence)
{
    vaccel_error("%s", sentence);
    return VACCEL_EINVAL;
}

static int out_of_memory(void)
{
    vaccel_error("no memory for a blob");
    return VACCEL_ENOMEM;
}

static bool is_alive(const struct vaccel_blob *blob)
{
    return blob && (int)blob->type >= VACCEL_BLOB_FILE && blob->type < VACCEL_BLOB_MAX;
}

static const char *last_part(const char *path)
{
    const char *name = path;

    for (; *path; path++)
        if (*path == '/')
            name = path + 1;
    return name;
}

static int check_regular(const char *path)
{
    enum platform_file_type type;
    int error = platform_file_type(path, &type);

    if (error) {
        vaccel_error("cannot make a blob of %s: %s", path, error_text(error));
        return error;
    }
    if (type != PLATFORM_FILE) {
        vaccel_error("cannot make a blob of %s: it must be a regular file", path);
        return VACCEL_EINVAL;
    }
    return VACCEL_OK;
}

int vaccel_blob_init(struct vaccel_blob *blob, const char *path)
{
    struct vaccel_blob made = empty;
    int error;

    if (!blob || !path || !path[0])
        return invalid("a blob of a file needs its struct and a path");
    error = check_regular(path);
    if (error)
        return error;
    made.type = VACCEL_BLOB_FILE;
    made.path = text_copy(path);
    made.name = text_copy(last_part(path));
    if (!made.path || !made.name) {
        platform_free(made.path);
        platform_free(made.name);
        return out_of_memory();
    }
    *blob = made;
    return VACCEL_OK;
}

static int copy_data(struct vaccel_blob *blob)
{
    uint8_t *copy = platform_alloc(blob->size);

    if (!copy) {
        vaccel_error("no memory for a blob of %zu bytes", blob->size);
        return VACCEL_ENOMEM;
    }
    memcpy(copy, blob->data, blob->size);
    blob->data = copy;
    blob->data_owned = true;
    return VACCEL_OK;
}

static int init_buffer(struct vaccel_blob *blob, const uint8_t *buf, size_t size, bool own,
                       const char *name)
{
    struct vaccel_blob made = empty;

    made.type = VACCEL_BLOB_BUFFER;
    /* As the caller's bytes may be constant, the library never writes to data that it does not own.
     */
    made.data = (uint8_t *)(uintptr_t)buf;
    made.size = size;
    if (own && copy_data(&made))
        return VACCEL_ENOMEM;
    made.name = text_copy(name);
    if (!made.name) {
        if (own)
            platform_free(made.data);
        return out_of_memory();
    }
    *blob = made;
    return VACCEL_OK;
}

int vaccel_blob_init_from_buf(struct vaccel_blob *blob, const uint8_t *buf, size_t size, bool own,
                              const char *name, const char *dir, bool randomize)
{
    struct vaccel_blob made;
    int error;

    if (!blob || !buf || !size || !name || !name[0])
        return invalid("a blob of memory needs its struct, at least one byte and a name");
    error = init_buffer(&made, buf, size, own && !dir, name);
    if (error)
        return error;
    if (dir)
        error = vaccel_blob_persist(&made, dir, name, randomize);
    if (error)
        vaccel_blob_release(&made);
    else
        *blob = made;
    return error;
}

static void free_data(struct vaccel_blob *blob)
{
    if (!blob->data_owned)
        return;
    if (blob->type == VACCEL_BLOB_MAPPED)
        platform_file_unmap(blob->data, blob->size);
    else
        platform_free(blob->data);
}

static void delete_file(const char *path)
{
    int error = platform_file_remove(path);

    if (error && error != VACCEL_ENOENT)
        vaccel_warn("cannot delete %s: %s", path, error_text(error));
}

int vaccel_blob_release(struct vaccel_blob *blob)
{
    if (!is_alive(blob))
        return invalid("no blob to release: it is NULL or was released before");
    free_data(blob);
    if (blob->path && blob->path_owned)
        delete_file(blob->path);
    platform_free(blob->path);
    platform_free(blob->name);
    *blob = empty;
    return VACCEL_OK;
}

static int keep_copy(struct vaccel_blob **blob, struct vaccel_blob *made)
{
    struct vaccel_blob *kept = platform_alloc(sizeof(*kept));

    if (!kept) {
        vaccel_blob_release(made);
        return out_of_memory();
    }
    *kept = *made;
    *blob = kept;
    return VACCEL_OK;
}

int vaccel_blob_new(struct vaccel_blob **blob, const char *path)
{
    struct vaccel_blob made;
    int error;

    if (!blob)
        return invalid("nowhere to put the blob: pass the address of a pointer");
    error = vaccel_blob_init(&made, path);
    return error ? error : keep_copy(blob, &made);
}

int vaccel_blob_from_buf(struct vaccel_blob **blob, const uint8_t *buf, size_t size, bool own,
                         const char *name, const char *dir, bool randomize)
{
    struct vaccel_blob made;
    int error;

    if (!blob)
        return invalid("nowhere to put the blob: pass the address of a pointer");
    error = vaccel_blob_init_from_buf(&made, buf, size, own, name, dir, randomize);
    return error ? error : keep_copy(blob, &made);
}

int vaccel_blob_delete(struct vaccel_blob *blob)
{
    int error = vaccel_blob_release(blob);

    if (!error)
        platform_free(blob);
    return error;
}

/* Plugins that share a resource share no lock of their own to read its files under. */
static struct platform_mutex reading;

void blob_lock_reading(void)
{
    platform_lock(&reading);
}

void blob_unlock_reading(void)
{
    platform_unlock(&reading);
}

/* Under the lock. */
static int read_file(struct vaccel_blob *blob)
{
    void *data;
    size_t size;
    int error;

    if (!is_alive(blob) || !blob->path)
        return invalid("only a blob with a path can be read: this one is NULL, released or memory");
    if (blob->type == VACCEL_BLOB_MAPPED)
        return VACCEL_OK;
    error = platform_file_map(blob->path, &data, &size);
    if (error) {
        vaccel_error("cannot map %s: %s", blob->path,
                     error == VACCEL_EINVAL ? "it must be a regular file that is not empty"
                                            : error_text(error));
        return error;
    }
    blob->type = VACCEL_BLOB_MAPPED;
    blob->data = data;
    blob->data_owned = true;
    blob->size = size;
    return VACCEL_OK;
}

int vaccel_blob_read(struct vaccel_blob *blob)
{
    int error;

    platform_lock(&reading);
    error = read_file(blob);
    platform_unlock(&reading);
    return error;
}

uint8_t *vaccel_blob_data(struct vaccel_blob *blob, size_t *size)
{
    bool ready;

    platform_lock(&reading);
    ready = is_alive(blob) && (blob->type != VACCEL_BLOB_FILE || !read_file(blob));
    platform_unlock(&reading);
    if (!is_alive(blob))
        invalid("no blob to take data from: it is NULL or was released");
    if (size)
        *size = ready ? blob->size : 0;
    return ready ? blob->data : NULL;
}

const char *vaccel_blob_path(struct vaccel_blob *blob)
{
    return is_alive(blob) ? blob->path : NULL;
}

bool vaccel_blob_valid(const struct vaccel_blob *blob)
{
    bool has_data;

    if (!is_alive(blob) || !blob->name)
        return false;
    has_data = blob->data && blob->size;
    switch (blob->type) {
    case VACCEL_BLOB_FILE:
        return blob->path;
    case VACCEL_BLOB_MAPPED:
        return blob->path && has_data;
    default:
        return has_data;
    }
}
