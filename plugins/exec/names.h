/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXEC_NAMES_H
#define EXEC_NAMES_H

/*
 * A table from names to pointers. Finding takes no lock, so that calls of several threads do not
 * slow each other down; for that, what is once in the table stays until it is released. Adding
 * needs the plugin's lock. All zero is an empty table.
 */

#include <stdatomic.h>
#include <stddef.h>

enum { NAMES_BUCKETS = 64 };

struct name {
    struct name *next;
    void *value;
    char text[];
};

struct names {
    _Atomic(struct name *) buckets[NAMES_BUCKETS];
};

/* NULL if @text is not there. */
void *names_find(struct names *names, const char *text);

/* Returns ENOMEM. @text, which must not be there yet, is copied; @value is not NULL. */
int names_add(struct names *names, const char *text, void *value);

/* Empty the table, which nobody uses any more. @release, if any, is called for each value. */
void names_release(struct names *names, void (*release)(void *value));

#endif
