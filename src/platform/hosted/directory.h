/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLATFORM_HOSTED_DIRECTORY_H
#define PLATFORM_HOSTED_DIRECTORY_H

#include <dirent.h>

/* How deep a tree may be: each level holds one descriptor open. Deeper is ELOOP. */
enum { HOSTED_MAX_DEPTH = 64 };

/* As opendir(), relative to @parent. @follow: 0, or O_NOFOLLOW to refuse a link. NULL sets errno.
 */
DIR *hosted_directory_open(int parent, const char *name, int follow);

/*
 * The next name other than "." and "..". At the end NULL, and *@error is 0 or the VACCEL_E code of
 * what went wrong.
 */
const char *hosted_directory_next(DIR *directory, int *error);

#endif
