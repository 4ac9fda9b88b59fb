/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VACCEL_UTILS_STR_H
#define VACCEL_UTILS_STR_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Turn the letters A to Z of a string into lower case.
 * @str    the string; stays as it is
 * @lower  @size bytes for the result, cut to @size - 1 characters; or NULL. May be @str itself
 * @alloc  if not NULL, receives the whole result, allocated here; the caller passes it to free()
 * Returns EINVAL (@str NULL, neither @lower nor @alloc, @lower without a size), ENOMEM.
 */
int vaccel_str_to_lower(const char *str, char *lower, size_t size, char **alloc);

#ifdef __cplusplus
}
#endif

#endif
