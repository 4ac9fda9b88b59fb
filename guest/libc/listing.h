/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GUEST_LIBC_LISTING_H
#define GUEST_LIBC_LISTING_H

#include <stdbool.h>
#include <stddef.h>

/* Names in a directory, sorted, each once. */
struct listing {
    char **names;
    size_t count;
    size_t room;
};

/*
 * @deep  false: what is in @directory, of any type; true: the regular files in it and in what it
 *        contains, with their path from there ("a/b.txt")
 * Returns 0, ENOENT, ENOTDIR or ENOMEM. End it with listing_free(), unless it failed.
 */
int listing_make(const char *directory, bool deep, struct listing *listing);
void listing_free(struct listing *listing);

#endif
