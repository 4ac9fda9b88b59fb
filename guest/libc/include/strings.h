/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GUEST_STRINGS_H
#define GUEST_STRINGS_H

#include <stddef.h>

/* Of letters only a to z have two cases. */
int strcasecmp(const char *a, const char *b);
int strncasecmp(const char *a, const char *b, size_t size);

#endif
