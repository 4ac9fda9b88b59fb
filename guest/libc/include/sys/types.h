/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GUEST_SYS_TYPES_H
#define GUEST_SYS_TYPES_H

#include <stddef.h>

typedef __PTRDIFF_TYPE__ ssize_t;
typedef __INT64_TYPE__ off_t;
typedef __INT64_TYPE__ time_t;
typedef __UINT64_TYPE__ ino_t;
typedef __UINT32_TYPE__ mode_t;
typedef int clockid_t;

#endif
