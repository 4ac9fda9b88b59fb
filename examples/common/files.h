/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXAMPLES_FILES_H
#define EXAMPLES_FILES_H

#include <stddef.h>

/* Both say on stderr what went wrong, and return 0 or -1. */

/* Read a whole file; the caller frees @data. An empty file is an error. */
int read_file(const char *path, void **data, size_t *size);

int write_file(const char *path, const void *data, size_t size);

#endif
