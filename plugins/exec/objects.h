/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXEC_OBJECTS_H
#define EXEC_OBJECTS_H

#include <stdbool.h>
#include <stddef.h>

struct vaccel_resource;

/* A shared library in the process, with those that were loaded for it. */
struct objects;

/* Load the library of this file name. *@error is set if NULL is returned. */
struct objects *objects_open(const char *path, int mode, int *error);

/*
 * Load the libraries that are the blobs of @resource; the last one is the library itself, those
 * before it become visible to it. Blobs without a file are loaded from memory.
 */
struct objects *objects_open_resource(const struct vaccel_resource *resource, int mode, int *error);

/* Where a function begins; NULL, with a line in the log, if there is none of that name. */
void *objects_symbol(const struct objects *objects, const char *symbol);

/* The library's name, for messages. */
const char *objects_name(const struct objects *objects);

/* @unload: give the libraries back to the dynamic linker, else they stay in the process. */
void objects_close(struct objects *objects, bool unload);

#endif
