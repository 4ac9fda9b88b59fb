/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WORKER_RESOURCE_H
#define WORKER_RESOURCE_H

#include "agent/worker/incoming.h"
#include "vaccel/resource.h"

#include <sys/types.h>

/*
 * A client's resource. Its contents come chunk by chunk, into files of its own directory or into memory.
 * The first registration makes it one of the library's.
 */

struct resource_blob {
    char *path; /* of its file; of a remote one the URL, until it is fetched */
    bool fetched;
    char *name;          /* of a piece of memory */
    unsigned char *data; /* of a piece of memory */
    uint64_t size;
};

/* Which file stands at a path. */
struct file_identity {
    dev_t device;
    ino_t inode;
};

struct worker_resource {
    struct object object;
    pthread_mutex_t lock; /* of what follows */
    struct wire_resource_new wanted;
    struct resource_blob *blobs;
    uint64_t nr_blobs;           /* that have begun to come */
    uint64_t received;           /* bytes of the last one of them */
    uint64_t promised;           /* bytes of all of them */
    struct file_identity file;   /* of the last one, if it is a file */
    char *directory;             /* NULL: it has none yet */
    uint64_t directories;        /* in it, for the files' names */
    struct vaccel_resource *res; /* NULL: not registered yet */
};

/* Until resource_leave(). NULL: there is none, which is logged. */
struct worker_resource *resource_use(struct client *client, uint64_t id);
void resource_leave(struct client *client, struct worker_resource *resource);

/* Its contents: contents.c. Under its lock. Errors are logged. */
int contents_check_chunk(const struct worker_resource *resource,
                         const struct wire_resource_chunk *chunk);
/* Begin the blob that the first chunk brings. Its file is open while a chunk is written, and not between them. */
int contents_begin_blob(struct worker_resource *resource, const struct wire_resource_chunk *chunk,
                        const struct wire_text *name);
/* Take the bytes of a chunk that was checked: the first chunk->size of @count @pieces. */
int contents_take(struct worker_resource *resource, const struct wire_resource_chunk *chunk,
                  const struct piece *pieces, size_t count);
/* A new file for @name in the resource's directory; see tree_create(). */
int contents_create_file(struct worker_resource *resource, const struct wire_text *name, int *file,
                         char **path);
bool contents_complete(const struct worker_resource *resource);
void contents_free(struct worker_resource *resource);

/*
 * Whether a stranger may call a file or a piece of memory so: tree.c. Returns EINVAL, logged.
 * @deep  whether the name may have directories
 */
int tree_check_name(const struct wire_text *name, bool deep);
/*
 * A file of its own below @directory for @name, in directories made on the way: tree.c. Nothing that
 * exists is followed or overwritten. Returns EINVAL (no name for a file), EEXIST, or an error of
 * making it; logged. *@path is allocated.
 * @deep  whether the name may have directories
 * @made  is raised by how many there are now that were not
 */
int tree_create(const char *directory, const struct wire_text *name, bool deep, uint64_t *made,
                int *file, char **path);
/* A new directory @within another, or the process's if that is NULL. NULL: there is none; logged. */
char *tree_new_directory(const char *within);
void tree_remove(const char *directory);
/* Remove the files in a directory, but not itself, as others may be about to add some. */
void tree_empty(const char *directory);

/*
 * Of a remote one: fetch its files, at most @most bytes, as policy_check_url() allows. Their paths are
 * local then. *@size is what they take up, also if one failed.
 */
int contents_fetch(struct worker_resource *resource, uint64_t most, uint64_t *size);

/*
 * Fetch @url into @file: fetch.c. At most @most bytes; *@size is how many.
 * Returns ENOTSUP (built without libcurl), ENOSPC, EREMOTEIO; logged.
 */
int fetch_url(const char *url, int file, uint64_t most, uint64_t *size);

#endif
