/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_PINGPONG_H
#define BENCH_PINGPONG_H

/* The least that a call through shared memory costs: another process that answers a turn with one. */

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct pingpong {
    bool spins;                 /* both look at @turn; else both sleep, on an eventfd each */
    atomic_uint_fast64_t *turn; /* odd: the other process's */
    int there;
    int back;
    pid_t pid;
};

/* Start the other process, confined to @core as by stay_on_core(). 0 or an error. */
int pingpong_begin(struct pingpong *pingpong, bool spins, int core);
void pingpong_end(struct pingpong *pingpong);

/* There and back. 0 or an error. */
int pingpong_once(struct pingpong *pingpong);

#endif
