/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLATFORM_HOSTED_FILES_H
#define PLATFORM_HOSTED_FILES_H

#include <stddef.h>

/*
 * Open a file to read the whole of it. EINVAL if it is empty or not regular. The caller closes
 * *@file.
 */
int hosted_file_open(const char *path, int *file, size_t *size);

#endif
