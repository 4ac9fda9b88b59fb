/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GUEST_SCRATCH_H
#define GUEST_SCRATCH_H

#include <stddef.h>

/*
 * Files for one case. A guest's files are those of an archive in memory, so this is one that grows; what
 * the machine brought along is seen again after scratch_remove().
 */

int scratch_make(void **state);
int scratch_remove(void **state);

/* The path of @name; good until the eighth call after this one. */
const char *scratch_path(const char *name);
const char *scratch_bytes(const char *name, const void *bytes, size_t size);
const char *scratch_directory(const char *name);
void scratch_unlink(const char *name);

#endif
