/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXAMPLES_HOST_H
#define EXAMPLES_HOST_H

/* What an operating system has and the C language does not. */

#include <stdbool.h>
#include <stddef.h>

bool exists(const char *path);
bool is_directory(const char *path);

/*
 * The names of the PNG and JPEG files in a directory, sorted. Returns 0, or -1 after saying on
 * stderr what is wrong. End them with free_names().
 */
int list_pictures(const char *directory, char ***names, size_t *count);
void free_names(char **names, size_t count);

/* Whether somebody is looking at stderr. */
bool is_watched(void);

double now_in_ms(void);

#endif
