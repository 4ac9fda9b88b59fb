/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_GUEST_STREAMS_H
#define BENCH_GUEST_STREAMS_H

#include <stddef.h>

/* Many processes, each with a stream of its own to the agent, which call at once when they are told. */

enum { STREAMS = 63 };

struct streams {
    int tell[STREAMS]; /* how many calls, to each */
    int hear;          /* from all, what they returned */
    int silent;        /* a stream that never reads; -1: there is none */
};

/* The library has no connection yet. streams_end() must follow. 0 or an error. */
int streams_begin(struct streams *streams);
void streams_end(struct streams *streams);

/* @calls of all together, alone and beside a stream that never reads. */
int streams_call(void *context, size_t calls);
int streams_call_beside(void *context, size_t calls);

#endif
