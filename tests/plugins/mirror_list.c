/* SPDX-License-Identifier: Apache-2.0 */
#include "digest.h"
#include "mirror.h"

#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { PATH_SIZE = 4096 };

/* A text that grows within an argument. */
struct list {
    char *text;
    size_t size, used;
};

static void __attribute__((format(printf, 2, 3))) say(struct list *list, const char *format, ...)
{
    va_list args;
    int length;

    va_start(args, format);
    length = vsnprintf(list->text + list->used, list->size - list->used, format, args);
    va_end(args);
    list->used += (size_t)length;
    if (list->used >= list->size)
        list->used = list->size - 1;
}

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

static void say_bytes(struct list *list, const char *name, const void *data, size_t size,
                      const char *kind)
{
    say(list, "%s: %zu bytes, %016llx, %s\n", name, size,
        (unsigned long long)digest_add(0, data, size), kind);
}

/* By its path, as a framework opens it; the library does not map empty files. */
static void say_file(struct list *list, const char *name, const char *path, const char *kind)
{
    struct stat status;
    FILE *file = fopen(path, "r");
    char *data = file && !stat(path, &status) ? malloc((size_t)status.st_size + 1) : NULL;

    if (data)
        say_bytes(list, name, data, fread(data, 1, (size_t)status.st_size + 1, file), kind);
    else
        say(list, "%s cannot be read\n", name);
    free(data);
    if (file)
        fclose(file);
}

static void say_blob(struct list *list, struct vaccel_blob *blob)
{
    const char *path = vaccel_blob_path(blob);

    if (path)
        say_file(list, blob->name, path, last_part(path));
    else
        say_bytes(list, blob->name, blob->data, blob->size, "memory");
}

/* What lies in the directory @root/@below, in order. */
static void say_tree(struct list *list, const char *root, const char *below)
{
    struct dirent **entries;
    char path[2 * PATH_SIZE];
    char name[PATH_SIZE];
    struct stat status;
    int count;

    snprintf(path, sizeof(path), "%s/%s", root, below);
    count = scandir(path, &entries, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        bool itself = !strcmp(entries[i]->d_name, ".") || !strcmp(entries[i]->d_name, "..");

        snprintf(name, sizeof(name), "%s%s%s", below, *below ? "/" : "", entries[i]->d_name);
        snprintf(path, sizeof(path), "%s/%s", root, name);
        free(entries[i]);
        if (itself || lstat(path, &status))
            continue;
        if (S_ISDIR(status.st_mode))
            say_tree(list, root, name);
        else
            say_file(list, name, path, "in the tree");
    }
    if (count >= 0)
        free(entries);
}

static int find(struct vaccel_session *sess, const struct vaccel_arg *read, size_t nr_read,
                struct vaccel_resource **res)
{
    int32_t type;

    if (nr_read != 1 || read[0].size != sizeof(type))
        return VACCEL_EINVAL;
    memcpy(&type, read[0].buf, sizeof(type));
    return vaccel_session_resource_by_type(sess, res, (vaccel_resource_type_t)type);
}

int mirror_list(struct vaccel_session *sess, struct vaccel_arg *read, size_t nr_read,
                struct vaccel_arg *write, size_t nr_write)
{
    char root[PATH_SIZE];
    struct vaccel_resource *res;
    struct list list = {0};
    int ret = nr_write == 1 ? find(sess, read, nr_read, &res) : VACCEL_EINVAL;

    if (ret != VACCEL_OK)
        return ret;
    list.text = write[0].buf;
    list.size = write[0].size;
    for (size_t i = 0; i < res->nr_blobs; i++)
        say_blob(&list, res->blobs[i]);
    if (res->path_type == VACCEL_PATH_LOCAL_DIR && res->nr_paths) {
        ret = vaccel_resource_directory(res, root, sizeof(root), NULL);
        if (ret == VACCEL_OK)
            say_tree(&list, root, "");
    }
    return ret;
}

int mirror_change(struct vaccel_session *sess, struct vaccel_arg *read, size_t nr_read,
                  struct vaccel_arg *write, size_t nr_write)
{
    struct vaccel_resource *res;
    int ret = find(sess, read, nr_read, &res);

    (void)write, (void)nr_write;
    for (size_t i = 0; ret == VACCEL_OK && i < res->blobs[0]->size; i++)
        res->blobs[0]->data[i]++;
    return ret;
}
