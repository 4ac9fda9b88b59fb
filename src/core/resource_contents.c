/* SPDX-License-Identifier: Apache-2.0 */
#include "core/resource_contents.h"
#include "core/core.h"
#include "core/error_text.h"
#include "platform/checked.h"
#include "platform/text.h"
#include "vaccel.h"

enum { RUNDIR_MAX = 4096 };

/* A local path without its scheme in *@path; or what it is and the whole in *@path. */
static int parse_path(const char **path, vaccel_path_type_t *type)
{
    const char *text = *path;

    *type = VACCEL_PATH_LOCAL_FILE;
    if (text_starts_with(text, "file://")) {
        *path = text + sizeof("file://") - 1;
    } else if (text_starts_with(text, "http://") || text_starts_with(text, "https://") ||
               text_starts_with(text, "ftp://")) {
        *type = VACCEL_PATH_REMOTE_FILE;
    } else if (text_contains(text, "://")) {
        vaccel_error("%s: unknown scheme; use file://, http://, https:// or ftp://", text);
        return VACCEL_EINVAL;
    }
    if (!**path) {
        vaccel_error("'%s' is an empty path", text);
        return VACCEL_EINVAL;
    }
    return VACCEL_OK;
}

static int local_type(const char *path, vaccel_path_type_t *type)
{
    enum platform_file_type found;
    int ret = platform_file_type(path, &found);

    if (ret != VACCEL_OK) {
        vaccel_error("%s cannot be used: %s; give the path of a file or a directory", path,
                     error_text(ret));
        return ret;
    }
    if (found == PLATFORM_OTHER) {
        vaccel_error("%s is neither a regular file nor a directory", path);
        return VACCEL_EINVAL;
    }
    *type = found == PLATFORM_DIRECTORY ? VACCEL_PATH_LOCAL_DIR : VACCEL_PATH_LOCAL_FILE;
    return VACCEL_OK;
}

static int check_mixture(const struct vaccel_resource *res, const char *path,
                         vaccel_path_type_t type, size_t nr_paths)
{
    if (nr_paths > 1 && type == VACCEL_PATH_LOCAL_DIR) {
        vaccel_error("%s is a directory: a resource has one directory or several files", path);
        return VACCEL_ENOTSUP;
    }
    if (res->nr_paths && res->path_type != type) {
        vaccel_error("%s: the files of a resource are all local or all remote", path);
        return VACCEL_EINVAL;
    }
    return VACCEL_OK;
}

static int take_path(struct vaccel_resource *res, const char *path, size_t nr_paths)
{
    vaccel_path_type_t type;
    int ret;

    if (!path)
        return VACCEL_EINVAL;
    ret = parse_path(&path, &type);
    if (ret == VACCEL_OK && type != VACCEL_PATH_REMOTE_FILE)
        ret = local_type(path, &type);
    if (ret == VACCEL_OK)
        ret = check_mixture(res, path, type, nr_paths);
    if (ret != VACCEL_OK)
        return ret;
    res->path_type = type;
    res->paths[res->nr_paths] = text_copy(path);
    if (!res->paths[res->nr_paths])
        return VACCEL_ENOMEM;
    res->nr_paths++;
    return VACCEL_OK;
}

/* A zeroed array of pointers. */
static void *alloc_pointers(size_t count)
{
    size_t bytes;

    return size_mul(count, sizeof(void *), &bytes) ? platform_alloc_zeroed(bytes) : NULL;
}

int resource_take_paths(struct vaccel_resource *res, const char **paths, size_t nr_paths)
{
    int ret = VACCEL_OK;
    size_t i;

    res->paths = alloc_pointers(nr_paths);
    if (!res->paths)
        return VACCEL_ENOMEM;
    for (i = 0; i < nr_paths && ret == VACCEL_OK; i++)
        ret = take_path(res, paths[i], nr_paths);
    return ret;
}

int resource_make_rundir(struct vaccel_resource *res)
{
    char path[RUNDIR_MAX];
    int ret;

    if (res->rundir)
        return VACCEL_OK;
    text_format(path, sizeof(path), "%s/resource.%lld", core_rundir_path(), (long long)res->id);
    ret = core_make_subdirectory(path);
    if (ret != VACCEL_OK)
        return ret;
    res->rundir = text_copy(path);
    if (!res->rundir)
        platform_directory_remove(path);
    return res->rundir ? VACCEL_OK : VACCEL_ENOMEM;
}

int resource_take_buffer(struct vaccel_resource *res, const void *buf, size_t size,
                         const char *filename, bool mem_only)
{
    int ret;

    res->blobs = alloc_pointers(1);
    if (!res->blobs)
        return VACCEL_ENOMEM;
    if (!mem_only) {
        ret = resource_make_rundir(res);
        if (ret != VACCEL_OK)
            return ret;
    }
    ret = vaccel_blob_from_buf(&res->blobs[0], buf, size, !mem_only, filename ? filename : "file",
                               mem_only ? NULL : res->rundir, !filename);
    if (ret == VACCEL_OK)
        res->nr_blobs = 1;
    return ret;
}

static int copy_blob(struct vaccel_resource *res, const struct vaccel_blob *blob,
                     struct vaccel_blob **copy)
{
    int ret = VACCEL_OK;

    if (!vaccel_blob_valid(blob)) {
        vaccel_error("a blob is NULL or was not initialised");
        return VACCEL_EINVAL;
    }
    if (blob->type == VACCEL_BLOB_FILE)
        return vaccel_blob_new(copy, blob->path);
    if (blob->type == VACCEL_BLOB_BUFFER)
        return vaccel_blob_from_buf(copy, blob->data, blob->size, blob->data_owned, blob->name,
                                    NULL, false);
    ret = resource_make_rundir(res);
    if (ret != VACCEL_OK)
        return ret;
    return vaccel_blob_from_buf(copy, blob->data, blob->size, true, blob->name, res->rundir, true);
}

int resource_take_blobs(struct vaccel_resource *res, const struct vaccel_blob **blobs,
                        size_t nr_blobs)
{
    int ret = VACCEL_OK;

    res->blobs = alloc_pointers(nr_blobs);
    if (!res->blobs)
        return VACCEL_ENOMEM;
    while (res->nr_blobs < nr_blobs && ret == VACCEL_OK) {
        ret = copy_blob(res, blobs[res->nr_blobs], &res->blobs[res->nr_blobs]);
        if (ret == VACCEL_OK)
            res->nr_blobs++;
    }
    return ret;
}

static int add_blob(struct vaccel_resource *res, const char *path)
{
    struct vaccel_blob **grown =
        platform_realloc(res->blobs, (res->nr_blobs + 1) * sizeof(struct vaccel_blob *));
    int ret;

    if (!grown)
        return VACCEL_ENOMEM;
    res->blobs = grown;
    ret = vaccel_blob_new(&grown[res->nr_blobs], path);
    if (ret == VACCEL_OK)
        res->nr_blobs++;
    return ret;
}

/* A file of a directory resource; its blob's name is the path within the directory. */
static int add_file_of_tree(const char *relative, void *context)
{
    struct vaccel_resource *res = context;
    char path[RUNDIR_MAX];
    struct vaccel_blob *blob;
    char *name;
    int ret;

    if (text_length(res->paths[0]) + text_length(relative) + 2 > sizeof(path)) {
        vaccel_error("%s/%s: the path is too long", res->paths[0], relative);
        return VACCEL_ENAMETOOLONG;
    }
    text_format(path, sizeof(path), "%s/%s", res->paths[0], relative);
    ret = add_blob(res, path);
    if (ret != VACCEL_OK)
        return ret;
    name = text_copy(relative);
    if (!name)
        return VACCEL_ENOMEM;
    blob = res->blobs[res->nr_blobs - 1];
    platform_free(blob->name);
    blob->name = name;
    return VACCEL_OK;
}

static void free_blobs(struct vaccel_resource *res)
{
    while (res->nr_blobs)
        vaccel_blob_delete(res->blobs[--res->nr_blobs]);
    platform_free(res->blobs);
    res->blobs = NULL;
}

static int fill_from_paths(struct vaccel_resource *res)
{
    int ret = VACCEL_OK;
    size_t i;

    if (res->path_type == VACCEL_PATH_LOCAL_DIR) {
        ret = platform_directory_walk(res->paths[0], add_file_of_tree, res);
        if (ret != VACCEL_OK)
            vaccel_error("%s: not all that is in the directory can be read: %s", res->paths[0],
                         error_text(ret));
    } else {
        for (i = 0; i < res->nr_paths && ret == VACCEL_OK; i++)
            ret = add_blob(res, res->paths[i]);
    }
    if (ret == VACCEL_OK && !res->nr_blobs) {
        vaccel_error("%s: the directory has no files", res->paths[0]);
        ret = VACCEL_EINVAL;
    }
    if (ret != VACCEL_OK)
        free_blobs(res);
    return ret;
}

/* A transport sends contents, wherever they are. An empty file has none, and cannot be mapped. */
static int read_blobs(struct vaccel_resource *res)
{
    int ret = VACCEL_OK;
    size_t i;

    for (i = 0; i < res->nr_blobs && ret == VACCEL_OK; i++)
        if (!res->blobs[i]->data && !platform_file_is_empty(res->blobs[i]->path))
            ret = vaccel_blob_read(res->blobs[i]);
    return ret;
}

static int fill_locked(struct vaccel_resource *res, bool remote)
{
    int ret = VACCEL_OK;

    if (res->nr_paths && res->path_type == VACCEL_PATH_REMOTE_FILE) {
        if (remote)
            return VACCEL_OK;
        vaccel_error("%s: this library does not download; fetch the file and give its local path",
                     res->paths[0]);
        return VACCEL_ENOTSUP;
    }
    if (!res->nr_blobs)
        ret = fill_from_paths(res);
    if (ret == VACCEL_OK && remote)
        ret = read_blobs(res);
    return ret;
}

int resource_fill_blobs(struct vaccel_resource *res, bool remote)
{
    struct resource_core *core = resource_core_of(res);
    int ret;

    platform_lock(&core->blobs_lock);
    ret = fill_locked(res, remote);
    platform_unlock(&core->blobs_lock);
    return ret;
}

void resource_disown_files(struct vaccel_resource *res)
{
    size_t i;

    for (i = 0; i < res->nr_blobs; i++)
        res->blobs[i]->path_owned = false;
    platform_free(res->rundir);
    res->rundir = NULL;
}

void resource_free_contents(struct vaccel_resource *res)
{
    free_blobs(res);
    while (res->nr_paths)
        platform_free(res->paths[--res->nr_paths]);
    platform_free(res->paths);
    res->paths = NULL;
    if (res->rundir)
        platform_directory_remove(res->rundir);
    platform_free(res->rundir);
    res->rundir = NULL;
}
