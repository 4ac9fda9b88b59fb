/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VACCEL_UTILS_FS_H
#define VACCEL_UTILS_FS_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Read a whole file into memory. On a host only.
 * @path  path of a regular file, or of a link to one
 * @data  receives the contents, allocated here; the caller passes them to free()
 * @size  receives their number of bytes
 * Returns EINVAL (NULL, the file is empty or not regular), ENOENT, EACCES, EIO, ENOMEM; then
 * @data and @size are left alone.
 */
int fs_file_read(const char *path, void **data, size_t *size);

#ifdef __cplusplus
}
#endif

#endif
