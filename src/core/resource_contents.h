/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_RESOURCE_CONTENTS_H
#define CORE_RESOURCE_CONTENTS_H

#include "core/resource.h"

/*
 * The three kinds of contents of a new resource: paths, bytes, blobs. On an error what was taken so
 * far stays for resource_free_contents().
 */
int resource_take_paths(struct vaccel_resource *res, const char **paths, size_t nr_paths);
int resource_take_buffer(struct vaccel_resource *res, const void *buf, size_t size,
                         const char *filename, bool mem_only);
int resource_take_blobs(struct vaccel_resource *res, const struct vaccel_blob **blobs,
                        size_t nr_blobs);

/* Make res->rundir, if it has none yet. */
int resource_make_rundir(struct vaccel_resource *res);

/* Fill res->blobs from res->paths, if that was not done yet. @remote: their contents as well. */
int resource_fill_blobs(struct vaccel_resource *res, bool remote);

/* Its files are not its own any more. */
void resource_disown_files(struct vaccel_resource *res);

/* Free blobs, paths and the run directory. */
void resource_free_contents(struct vaccel_resource *res);

#endif
