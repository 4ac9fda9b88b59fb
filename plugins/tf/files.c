/* SPDX-License-Identifier: Apache-2.0 */
#include "files.h"

#include <vaccel.h>

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char model_name[] = "saved_model.pb";

static bool is_model(const char *name)
{
    const char *last = strrchr(name, '/');

    return !strcmp(last ? last + 1 : name, model_name);
}

static const struct vaccel_blob *find_model(const struct vaccel_resource *resource)
{
    size_t i;

    for (i = 0; i < resource->nr_blobs; i++)
        if (is_model(resource->blobs[i]->name))
            return resource->blobs[i];
    vaccel_error("[tf] none of the model's %zu files is called %s", resource->nr_blobs, model_name);
    return NULL;
}

/* TensorFlow would take the same model in another form, which nobody has looked at. */
static bool has_other_form(const struct vaccel_resource *resource)
{
    static const char *const forms[] = {"saved_model.pbtxt", "saved_model.cpb"};
    const char *last;
    size_t i;
    size_t j;

    for (i = 0; i < resource->nr_blobs; i++) {
        last = strrchr(resource->blobs[i]->name, '/');
        last = last ? last + 1 : resource->blobs[i]->name;
        for (j = 0; j < sizeof(forms) / sizeof(*forms); j++)
            if (!strcmp(last, forms[j])) {
                vaccel_error(
                    "[tf] the model has a file %s: only %s is read, and nothing else may be "
                    "beside it",
                    last, model_name);
                return true;
            }
    }
    return false;
}

/* Of a file's path within the tree, the directory in which the SavedModel begins. */
static int place_tree(struct files *files, char *root, const char *name)
{
    const int below = (int)(strlen(name) - strlen(model_name));

    if (asprintf(&files->directory, "%s/%.*s", root, below, name) < 0)
        files->directory = NULL;
    free(root);
    return files->directory ? VACCEL_OK : VACCEL_ENOMEM;
}

static const char *folder_of(const char *name)
{
    if (!strcmp(name, model_name) || !strcmp(name, "fingerprint.pb"))
        return "";
    return strncmp(name, "variables.", strlen("variables.")) ? "/assets" : "/variables";
}

static int failed(const char *what, const char *path)
{
    vaccel_error("[tf] cannot %s %s to lay out the model: %s", what, path, strerror(errno));
    return VACCEL_EIO;
}

static int write_file(const char *path, const struct vaccel_blob *blob)
{
    FILE *file = fopen(path, "wxe");
    size_t written;

    if (!file)
        return failed("write", path);
    written = fwrite(blob->data, 1, blob->size, file);
    if (fclose(file) || written != blob->size)
        return failed("write", path);
    return VACCEL_OK;
}

static int lay_out(const struct files *files, struct vaccel_blob *blob)
{
    const char *source = vaccel_blob_path(blob);
    char *path;
    char *whole = NULL;
    int ret = VACCEL_OK;

    if (strchr(blob->name, '/') ||
        asprintf(&path, "%s%s/%s", files->directory, folder_of(blob->name), blob->name) < 0)
        return VACCEL_EBACKEND;
    if (!source)
        ret = write_file(path, blob);
    else if (!(whole = realpath(source, NULL)) || symlink(whole, path))
        ret = failed("link", path);
    free(whole);
    free(path);
    return ret;
}

static int make_directory(const struct files *files, const char *folder)
{
    char *path;
    int ret = VACCEL_OK;

    if (asprintf(&path, "%s%s", files->directory, folder) < 0)
        return VACCEL_ENOMEM;
    if (mkdir(path, 0700))
        ret = failed("make", path);
    free(path);
    return ret;
}

static int place_several(struct files *files, const struct vaccel_resource *resource)
{
    const char *where = getenv("TMPDIR");
    size_t i;
    int ret;

    if (asprintf(&files->directory, "%s/vaccel-tf-XXXXXX", where ? where : "/tmp") < 0)
        return VACCEL_ENOMEM;
    if (!mkdtemp(files->directory)) {
        ret = failed("make", files->directory);
        free(files->directory);
        return ret;
    }
    files->is_ours = true;
    ret = make_directory(files, "/variables");
    if (!ret)
        ret = make_directory(files, "/assets");
    for (i = 0; i < resource->nr_blobs && !ret; i++)
        ret = lay_out(files, resource->blobs[i]);
    if (ret)
        files_remove(files);
    return ret;
}

int files_place(struct files *files, struct vaccel_resource *resource)
{
    const struct vaccel_blob *blob = find_model(resource);
    char *root;
    int ret;

    *files = (struct files){0};
    if (!blob || has_other_form(resource))
        return VACCEL_EBACKEND;
    if (!resource->nr_paths || resource->path_type != VACCEL_PATH_LOCAL_DIR)
        return place_several(files, resource);
    ret = vaccel_resource_directory(resource, NULL, 0, &root);
    return ret ? ret : place_tree(files, root, blob->name);
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
    (void)status;
    (void)kind;
    (void)walk;
    return remove(path);
}

void files_remove(struct files *files)
{
    if (files->is_ours && nftw(files->directory, remove_one, 8, FTW_DEPTH | FTW_PHYS))
        vaccel_warn("[tf] cannot remove %s: %s", files->directory, strerror(errno));
    free(files->directory);
    *files = (struct files){0};
}

static int read_whole(FILE *file, struct text *bytes)
{
    struct stat status;
    char *room;

    if (fstat(fileno(file), &status) || status.st_size < 0)
        return VACCEL_EBACKEND;
    room = malloc((size_t)status.st_size + 1);
    if (!room)
        return VACCEL_ENOMEM;
    *bytes = (struct text){room, fread(room, 1, (size_t)status.st_size, file)};
    if (bytes->size == (size_t)status.st_size)
        return VACCEL_OK;
    free(room);
    return VACCEL_EBACKEND;
}

int files_read(const char *directory, const char *name, struct text *bytes)
{
    char *path;
    FILE *file;
    int ret = VACCEL_EBACKEND;

    if (asprintf(&path, "%s/%s", directory, name) < 0)
        return VACCEL_ENOMEM;
    file = fopen(path, "re");
    if (file) {
        ret = read_whole(file, bytes);
        fclose(file);
    }
    if (ret == VACCEL_EBACKEND)
        vaccel_error("[tf] cannot read %s: %s", path, strerror(errno));
    free(path);
    return ret;
}

int files_graph(struct vaccel_resource *resource, struct text *bytes)
{
    const uint8_t *data = NULL;
    size_t size = 0;
    char *room;

    if (resource->nr_blobs == 1)
        data = vaccel_blob_data(resource->blobs[0], &size);
    if (!data) {
        vaccel_error("[tf] a frozen graph is one file that can be read; the model has %zu files",
                     resource->nr_blobs);
        return VACCEL_EBACKEND;
    }
    room = malloc(size);
    if (!room)
        return VACCEL_ENOMEM;
    memcpy(room, data, size);
    *bytes = (struct text){room, size};
    return VACCEL_OK;
}
