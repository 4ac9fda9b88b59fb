/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_WITNESS_H
#define BENCH_WITNESS_H

/* The plugin "witness": its SGEMM begins C with this instead of the product; its torch_model_run is it. */

#include <stdint.h>

/* Where it found the matrices. */
struct witness {
    uintptr_t a;
    uintptr_t b;
    uintptr_t c;
};

/* For this alpha it also copies A to C before, so that a copy is there to be counted. */
#define WITNESS_COPIES 2.0F

#endif
