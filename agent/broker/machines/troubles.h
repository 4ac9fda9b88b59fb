/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINES_TROUBLES_H
#define MACHINES_TROUBLES_H

#include <stdbool.h>
#include <stddef.h>

enum { TROUBLES_MOST = 64, TROUBLE_SIZE = 768 };

/*
 * What keeps the agent from listening for machines. Each look finds it again, and it is logged once, until
 * a look does not find it. Above TROUBLES_MOST at once nothing is logged, nor above a few lines a second:
 * a later look tells it then.
 */
struct troubles {
    struct trouble {
        char sentence[TROUBLE_SIZE];
        bool lasts;
    } list[TROUBLES_MOST];
    size_t count;
};

void troubles_tell(struct troubles *troubles, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The look is over. */
void troubles_sweep(struct troubles *troubles);

#endif
