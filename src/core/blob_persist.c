/* SPDX-License-Identifier: Apache-2.0 */
#include "core/error_text.h"
#include "platform/platform.h"
#include "platform/text.h"
#include "vaccel/blob.h"
#include "vaccel/error.h"
#include "vaccel/log.h"

enum { RANDOM_CHARACTERS = 6, ATTEMPTS = 16, PATH_SIZE = 4096 };

/* What is written where, and its state on the way. */
struct new_file {
    char path[PATH_SIZE];
    size_t name_at; /* where the name begins in @path */
    void *data;
    size_t size;
};

/* A name that comes from elsewhere must not lead out of the directory. */
static int check_name(const char *name)
{
    const char *character = name;

    while (*character && *character != '/')
        character++;
    if (name[0] && !*character && !text_equal(name, ".") && !text_equal(name, ".."))
        return VACCEL_OK;
    vaccel_error("'%s' is no name for a file: it must not be empty, \".\", \"..\" or contain '/'",
                 name);
    return VACCEL_EINVAL;
}

/* Where the last extension of @name begins; the end if there is none. ".profile" is no extension.
 */
static size_t extension_at(const char *name)
{
    size_t length = text_length(name);

    for (size_t i = length; i > 1; i--)
        if (name[i - 1] == '.')
            return i - 1;
    return length;
}

static void random_text(char *text)
{
    static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz012345";
    unsigned char bytes[RANDOM_CHARACTERS];

    platform_random(bytes, sizeof(bytes));
    for (size_t i = 0; i < RANDOM_CHARACTERS; i++)
        text[i] = alphabet[bytes[i] % (sizeof(alphabet) - 1)];
    text[RANDOM_CHARACTERS] = '\0';
}

static int compose_path(struct new_file *file, const char *dir, const char *name, bool randomize)
{
    size_t stem = randomize ? extension_at(name) : text_length(name);
    size_t dir_length = text_length(dir);
    const char *slash = dir_length && dir[dir_length - 1] == '/' ? "" : "/";
    char random[1 + RANDOM_CHARACTERS + 1] = "";
    int length;

    if (randomize) {
        random[0] = '_';
        random_text(random + 1);
    }
    file->name_at = dir_length + text_length(slash);
    if (file->name_at + text_length(name) + sizeof(random) > PATH_SIZE)
        return VACCEL_ENAMETOOLONG;
    length = text_format(file->path, PATH_SIZE, "%s%s%.*s%s%s", dir, slash, (int)stem, name, random,
                         name + stem);
    return length < 0 || length >= PATH_SIZE ? VACCEL_ENAMETOOLONG : VACCEL_OK;
}

static int create(struct new_file *file, const struct vaccel_blob *blob, const char *dir,
                  const char *name, bool randomize)
{
    int attempts = randomize ? ATTEMPTS : 1;
    int error;

    do {
        error = compose_path(file, dir, name, randomize);
        if (!error)
            error = platform_file_create(file->path, blob->data, blob->size);
    } while (error == VACCEL_EEXIST && --attempts);
    return error;
}

static int create_and_map(struct new_file *file, const struct vaccel_blob *blob, const char *dir,
                          const char *name, bool randomize)
{
    int error = create(file, blob, dir, name, randomize);

    if (!error) {
        error = platform_file_map(file->path, &file->data, &file->size);
        if (error)
            platform_file_remove(file->path);
    }
    if (error)
        vaccel_error("cannot write %s to %s: %s", name, dir, error_text(error));
    return error;
}

static void become_mapped(struct vaccel_blob *blob, const struct new_file *file, char *path,
                          char *name)
{
    if (blob->data_owned)
        platform_free(blob->data);
    platform_free(blob->name);
    blob->type = VACCEL_BLOB_MAPPED;
    blob->name = name;
    blob->path = path;
    blob->path_owned = true;
    blob->data = file->data;
    blob->data_owned = true;
    blob->size = file->size;
}

static int persist(struct vaccel_blob *blob, struct new_file *file)
{
    char *path = text_copy(file->path);
    char *name = text_copy(file->path + file->name_at);

    if (path && name) {
        become_mapped(blob, file, path, name);
        return VACCEL_OK;
    }
    platform_free(path);
    platform_free(name);
    platform_file_unmap(file->data, file->size);
    platform_file_remove(file->path);
    vaccel_error("no memory for the path %s", file->path);
    return VACCEL_ENOMEM;
}

static int check_blob(const struct vaccel_blob *blob)
{
    if (blob->path) {
        vaccel_error("blob %s lies in a file already: %s", blob->name, blob->path);
        return VACCEL_EEXIST;
    }
    if (!vaccel_blob_valid(blob)) {
        vaccel_error("only a blob of memory can be written to a file: this one holds no data");
        return VACCEL_EINVAL;
    }
    return VACCEL_OK;
}

int vaccel_blob_persist(struct vaccel_blob *blob, const char *dir, const char *filename,
                        bool randomize)
{
    struct new_file *file;
    int error;

    if (!blob || !dir || !dir[0] || !filename) {
        vaccel_error("writing a blob needs the blob, a directory and a file name");
        return VACCEL_EINVAL;
    }
    error = check_blob(blob);
    if (!error)
        error = check_name(filename);
    if (error)
        return error;
    file = platform_alloc(sizeof(*file));
    if (!file) {
        vaccel_error("no memory to write %s", filename);
        return VACCEL_ENOMEM;
    }
    error = create_and_map(file, blob, dir, filename, randomize);
    if (!error)
        error = persist(blob, file);
    platform_free(file);
    return error;
}
