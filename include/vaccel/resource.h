/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VACCEL_RESOURCE_H
#define VACCEL_RESOURCE_H

#include "blob.h"
#include "id.h"
#include "utils/enum.h"
#include "utils/path.h"

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct vaccel_session;

/* LIB: a shared library, or the source or binary of a kernel. DATA: anything. MODEL: a network. */
#define VACCEL_RESOURCE_TYPE_ENUM_LIST(ITEM) \
    ITEM(LIB, 0, VACCEL_RESOURCE) \
    ITEM(DATA, 1, VACCEL_RESOURCE) \
    ITEM(MODEL, 2, VACCEL_RESOURCE)

VACCEL_ENUM_DEF_WITH_STR_FUNCS(vaccel_resource_type, VACCEL_RESOURCE,
                               VACCEL_RESOURCE_TYPE_ENUM_LIST)

/*
 * A resource: what an operation needs beside its arguments and what is worth sending once: a
 * model, a library, data. The struct is the caller's and must stay where it is from init to
 * release. It can be registered with any number of sessions. Every call is thread safe; releasing
 * waits for the calls that use the resource.
 *
 * Blobs are its files or buffers. For a directory there is one blob for each regular file
 * of its tree, sorted by its path relative to the directory, which is the blob's name.
 */
struct vaccel_resource {
    vaccel_id_t id;        /* > 0 while the resource lives */
    vaccel_id_t remote_id; /* the id on the other side; written by a transport plugin */
    vaccel_resource_type_t type;
    vaccel_path_type_t path_type; /* meaningful if nr_paths > 0 */
    char **paths;
    size_t nr_paths;
    char *rundir;               /* its run directory, or NULL if it has none */
    struct vaccel_blob **blobs; /* filled by the first registration at the latest */
    size_t nr_blobs;
    void *plugin_priv; /* for a plugin written for vAccel 0.8; others use the calls in plugin.h */
    void *core;        /* the library's own */
};

/*
 * Make a resource from a file or a directory.
 * @res   struct to fill
 * @path  a path, or file://, http://, https:// or ftp:// and the rest. Copied. A local path must
 *        exist and be a regular file or a directory; it is read at the first registration.
 * @type  what it is
 * Returns EINVAL (NULL, empty path, bad type, unknown scheme, neither file nor directory), ENOENT
 * (no such file), EPERM (library not initialised), ENOMEM.
 */
int vaccel_resource_init(struct vaccel_resource *res, const char *path,
                         vaccel_resource_type_t type);

/*
 * Make a resource from several files, in that order.
 * @paths     @nr_paths paths, all local files or all remote ones; copied
 * Returns as vaccel_resource_init(); EINVAL for a mixture, ENOTSUP for a directory among several.
 */
int vaccel_resource_init_multi(struct vaccel_resource *res, const char **paths, size_t nr_paths,
                               vaccel_resource_type_t type);

/*
 * Make a resource from memory.
 * @buf       @nr_bytes bytes, at least one
 * @filename  the blob's name, or NULL for a made-up one. No '/'.
 * @mem_only  true: the resource points at @buf, which must stay valid until release. false: the
 *            bytes are written to a file in the resource's run directory.
 * Returns EINVAL, EPERM (library not initialised), ENOMEM, or the error of writing the file.
 */
int vaccel_resource_init_from_buf(struct vaccel_resource *res, const void *buf, size_t nr_bytes,
                                  vaccel_resource_type_t type, const char *filename, bool mem_only);

/*
 * Make a resource from blobs, which stay the caller's.
 * @blobs  @nr_blobs blobs. Of a FILE blob the path is taken over, a MAPPED one is written to the
 *         resource's run directory, a BUFFER one is copied if it owns its data, else pointed at.
 * Returns as vaccel_resource_init_from_buf().
 */
int vaccel_resource_init_from_blobs(struct vaccel_resource *res, const struct vaccel_blob **blobs,
                                    size_t nr_blobs, vaccel_resource_type_t type);

/*
 * Wait for the calls that use the resource, unregister it everywhere, free its blobs, delete the
 * files it made. Returns EINVAL (NULL or no id), ESESS (library not initialised, or released by
 * another thread), EBUSY (called from within an operation that uses it).
 */
int vaccel_resource_release(struct vaccel_resource *res);

/* The same four, on a struct that the library allocates; end it with vaccel_resource_delete(). */
int vaccel_resource_new(struct vaccel_resource **res, const char *path,
                        vaccel_resource_type_t type);
int vaccel_resource_multi_new(struct vaccel_resource **res, const char **paths, size_t nr_paths,
                              vaccel_resource_type_t type);
int vaccel_resource_from_buf(struct vaccel_resource **res, const void *buf, size_t nr_bytes,
                             vaccel_resource_type_t type, const char *filename, bool mem_only);
int vaccel_resource_from_blobs(struct vaccel_resource **res, const struct vaccel_blob **blobs,
                               size_t nr_blobs, vaccel_resource_type_t type);

/* As vaccel_resource_release(), and free the struct. Only for resources allocated here. */
int vaccel_resource_delete(struct vaccel_resource *res);

/*
 * Find a live resource by id. It stays its owner's.
 * Returns EINVAL (NULL, @id < 1), EPERM (library not initialised), ENOENT.
 */
int vaccel_resource_get_by_id(struct vaccel_resource **res, vaccel_id_t id);

/* The live resource of that type that was made first. Errors as above; EINVAL for a bad type. */
int vaccel_resource_get_by_type(struct vaccel_resource **res, vaccel_resource_type_t type);

/*
 * All live resources of that type, first made first.
 * @resources  array allocated here; the caller passes it to free()
 */
int vaccel_resource_get_all_by_type(struct vaccel_resource ***resources, size_t *nr_resources,
                                    vaccel_resource_type_t type);

/* The number of sessions it is registered with; -VACCEL_EINVAL for NULL or a released one. */
long int vaccel_resource_refcount(const struct vaccel_resource *res);

/*
 * Make the resource usable in a session: its files are read (a remote path is refused in a local
 * session: nothing is downloaded), and every plugin of the session is told. Registering twice is no
 * error and has no effect.
 * Returns EINVAL (NULL), ESESS (released), ENOENT or EIO (a file), ENOTSUP (a remote path),
 * ENOMEM, or what a plugin's hook returned; then nothing is registered.
 */
int vaccel_resource_register(struct vaccel_resource *res, struct vaccel_session *sess);

/*
 * Undo a registration: wait for the calls of this session that use the resource, tell the plugins.
 * Returns EINVAL (NULL or not registered), ESESS (released), EBUSY (called from within such a
 * call), or what a plugin's hook returned (it is unregistered all the same).
 */
int vaccel_resource_unregister(struct vaccel_resource *res, struct vaccel_session *sess);

/*
 * Bring the contents of an in-memory resource up to date after the other side has changed them. Its
 * memory must be writable.
 * Returns EINVAL (NULL, or not made from memory), ESESS, EPERM (not registered with @sess),
 * or what the plugin returned. In a local session there is nothing to do.
 */
int vaccel_resource_sync(struct vaccel_resource *res, struct vaccel_session *sess);

/*
 * The directory where the files of a directory resource lie.
 * @out       @out_size bytes for the path, or NULL
 * @alloc_out if not NULL, receives a copy allocated here; the caller passes it to free()
 * Returns EINVAL (NULL, or neither @out nor @alloc_out), ENOTSUP (not a directory), ERANGE (too
 * long for @out), ENOMEM.
 */
int vaccel_resource_directory(struct vaccel_resource *res, char *out, size_t out_size,
                              char **alloc_out);

#ifdef __cplusplus
}
#endif

#endif
