/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OPENVINO_STAGING_H
#define OPENVINO_STAGING_H

#include "vaccel.h"

/* A temporary directory with the files of a resource, for what OpenVINO reads from files alone. */
struct staging {
    char *directory;
    char *model; /* the path of the file to read first */
    const struct vaccel_resource *resource;
    const struct vaccel_blob *first;
    const char *extension;
};

/* Whether a file's name ends so. */
bool has_extension(const char *name, const char *extension);

/* Whether the resource's files lie together already, each under its own name. */
bool staging_is_needless(const struct vaccel_resource *resource);

/*
 * Write all blobs into a new directory, in TMPDIR or /tmp.
 * @first      the blob that is to have @extension
 * Returns EINVAL (a blob's name is no file name), ENOMEM, EBACKEND (a blob's file cannot be mapped), EIO (the
 * directory or a file in it cannot be written); the log has the reason.
 */
int staging_make(struct staging *staging, const struct vaccel_resource *resource,
                 const struct vaccel_blob *first, const char *extension);
void staging_remove(struct staging *staging);

#endif
