/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINES_WATCHES_H
#define MACHINES_WATCHES_H

#include <stdbool.h>
#include <stddef.h>

enum { WATCHES_MOST = 4096 };

/* Directories in which something may come or go. A look says which are wanted; it gives up the others. */
struct watches {
    int fd; /* can be read when something has changed */
    struct watch {
        int number;
        bool is_wanted;
    } list[WATCHES_MOST];
    size_t count;
    size_t next; /* looks take the same way, so this one is likely to come next */
};

/* False: with errno. */
bool watches_begin(struct watches *watches);
void watches_end(struct watches *watches);

/* Returns an errno value; ENOSPC also if there are WATCHES_MOST. */
int watches_want(struct watches *watches, int directory);

/* The look is over. */
void watches_sweep(struct watches *watches);

/* Forget what has changed. */
void watches_drain(const struct watches *watches);

#endif
