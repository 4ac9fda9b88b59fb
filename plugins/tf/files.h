/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TF_FILES_H
#define TF_FILES_H

/* Where a resource's files lie, as TensorFlow wants them. */

#include "protobuf.h"

struct vaccel_resource;

struct files {
    char *directory; /* of the SavedModel */
    bool is_ours;    /* made here, to be removed with what is in it */
};

/*
 * Find the SavedModel in a tree; or lay out the files of a resource that is none, in a new directory.
 * Returns EBACKEND (no SavedModel), ENOMEM, or the error of making it; the log says which.
 */
int files_place(struct files *files, struct vaccel_resource *resource);
void files_remove(struct files *files);

/* A whole file, for free(). Returns EBACKEND, ENOMEM. */
int files_read(const char *directory, const char *name, struct text *bytes);

/* A copy of the one file of a graph, which nobody else can change; for free(). */
int files_graph(struct vaccel_resource *resource, struct text *bytes);

#endif
