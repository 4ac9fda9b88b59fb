/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_PINGPONG_H
#define BENCH_PINGPONG_H

/*
 * The least that a call through shared memory costs: another process that answers a turn with one. It
 * sleeps while it is not measured.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct pingpong {
    bool spins;                 /* both look at @turn; else they sleep in each, on an eventfd */
    atomic_uint_fast64_t *turn; /* odd: the other process's */
    int there;
    int back;
    pid_t pid;
};

/* Start the other process, confined to @core as by stay_on_core(). 0 or an error. */
int pingpong_begin(struct pingpong *pingpong, bool spins, int core);
void pingpong_end(struct pingpong *pingpong);

/* So often there and back. 0 or an error. */
int pingpong_run(struct pingpong *pingpong, size_t turns);

#endif
