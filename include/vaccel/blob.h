/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VACCEL_BLOB_H
#define VACCEL_BLOB_H

#include "utils/enum.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* FILE: a file, not read yet. BUFFER: memory alone. MAPPED: a file and its contents in memory. */
#define VACCEL_BLOB_TYPE_ENUM_LIST(ITEM) \
    ITEM(FILE, 0, VACCEL_BLOB) \
    ITEM(BUFFER, 1, VACCEL_BLOB) \
    ITEM(MAPPED, 2, VACCEL_BLOB)

VACCEL_ENUM_DEF_WITH_STR_FUNCS(vaccel_blob_type, VACCEL_BLOB, VACCEL_BLOB_TYPE_ENUM_LIST)

/*
 * A blob: one file or one piece of memory that a resource consists of. Threads that share a blob
 * may call vaccel_blob_read(), _data(), _path() and _valid() at once, and read its fields once its
 * contents are read; the other calls change the blob and need the application's own lock.
 */
struct vaccel_blob {
    vaccel_blob_type_t type; /* VACCEL_BLOB_MAX after release */
    char *name;              /* name of the file, or the name given to the memory */
    char *path;              /* NULL for BUFFER */
    bool path_owned;         /* release deletes the file */
    uint8_t *data;           /* NULL for FILE */
    bool data_owned;         /* release frees or unmaps the data */
    size_t size;             /* bytes of @data; 0 for FILE */
};

/*
 * Make a FILE blob. The file is not opened, and stays when the blob goes.
 * @blob  struct to fill
 * @path  path of a regular file, or of a link to one; copied. The blob's name is its last part
 * Returns EINVAL (NULL, or no regular file), ENOENT, ENOMEM, or another error of looking at @path.
 */
int vaccel_blob_init(struct vaccel_blob *blob, const char *path);

/*
 * Make a blob from memory.
 * @blob       struct to fill
 * @buf        @size bytes, at least one
 * @own        of a BUFFER blob. true: it holds a copy. false: it points at @buf, which must stay
 *             valid until release
 * @name       name of the blob, copied; not empty
 * @dir        NULL: a BUFFER blob. Otherwise a directory: the bytes are written there at
 *             once as by vaccel_blob_persist(), and @buf is not needed any more
 * @randomize  as in vaccel_blob_persist()
 * Returns EINVAL, ENOMEM, or what vaccel_blob_persist() returned.
 */
int vaccel_blob_init_from_buf(struct vaccel_blob *blob, const uint8_t *buf, size_t size, bool own,
                              const char *name, const char *dir, bool randomize);

/*
 * End a blob: free or unmap its data and delete its file, as far as they are its own. The struct
 * may be used again for an init. Returns EINVAL (NULL, or released before). A file that cannot be
 * deleted is a warning.
 */
int vaccel_blob_release(struct vaccel_blob *blob);

/* The same two, on a struct that the library allocates. *@blob is left alone on error. */
int vaccel_blob_new(struct vaccel_blob **blob, const char *path);
int vaccel_blob_from_buf(struct vaccel_blob **blob, const uint8_t *buf, size_t size, bool own,
                         const char *name, const char *dir, bool randomize);

/* As vaccel_blob_release(), and free the struct. Only for blobs allocated here. */
int vaccel_blob_delete(struct vaccel_blob *blob);

/*
 * Write a BUFFER blob to a new file, mode 0600, and map it: the blob becomes MAPPED, takes the
 * file's name for its own, frees the old data if it owned them, and will delete the file at
 * release.
 * @dir        an existing directory
 * @filename   one name: not empty, ".", "..", and without '/'
 * @randomize  put six random characters before the extension: "cat.jpg" becomes "cat_x3kq9d.jpg"
 * Returns EINVAL, EEXIST (the blob has a path, or there is such a file), ENOENT (no @dir), ENOTDIR,
 * EACCES, ENAMETOOLONG, ENOSPC, EROFS, EIO, ENOMEM. Then the blob is as before and no file is left.
 */
int vaccel_blob_persist(struct vaccel_blob *blob, const char *dir, const char *filename,
                        bool randomize);

/*
 * Map the file of a FILE blob, which becomes MAPPED. What is written to the data does not reach
 * the file. Nothing to do for a MAPPED blob. The file must not shrink while it is mapped.
 * Returns EINVAL (NULL, no path, the file is empty or not regular), ENOENT, EACCES, EIO, ENOMEM.
 */
int vaccel_blob_read(struct vaccel_blob *blob);

/*
 * The contents, valid until release. A FILE blob is mapped first.
 * @size  receives the number of bytes; may be NULL
 * Returns NULL, and a size of 0, for NULL, a released blob, or a file that cannot be mapped.
 */
uint8_t *vaccel_blob_data(struct vaccel_blob *blob, size_t *size);

/* The path, the blob's own. NULL for a BUFFER blob, a released one, or NULL. */
const char *vaccel_blob_path(struct vaccel_blob *blob);

/* Whether @blob lives and has what its type demands: a name, a path, data. Touches no file. */
bool vaccel_blob_valid(const struct vaccel_blob *blob);

#ifdef __cplusplus
}
#endif

#endif
