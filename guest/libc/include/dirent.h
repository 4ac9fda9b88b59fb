/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GUEST_DIRENT_H
#define GUEST_DIRENT_H

#include <limits.h>
#include <sys/types.h>

struct dirent {
    ino_t d_ino; /* 0: not known */
    char d_name[NAME_MAX + 1];
};

/* Names longer than NAME_MAX are left out. */
int scandir(const char *path, struct dirent ***entries, int (*filter)(const struct dirent *entry),
            int (*compare)(const struct dirent **a, const struct dirent **b));
int alphasort(const struct dirent **a, const struct dirent **b);

#endif
